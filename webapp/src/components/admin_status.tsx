import React from 'react';
import {useDesk, useOurs} from '../hooks/useDesk.ts';
import {beside} from '../later.tsx';
import {ConnectionNotice} from './panel/connection_notice.tsx';
import {Words} from './words.tsx';
import './panel/panel.css';

/** In the System Console: whether it works for who looks, and where everything else is set. */
export function AdminStatus() {
    const desk = useDesk();
    const connection = useOurs((state) => state.connection);
    const me = useOurs((state) => state.me);
    return (
        <div className="form-group">
            <p>
                <Words id="ireserve.admin.help" />
            </p>
            <p>
                <a href={beside('setup.html')} target="_blank" rel="noopener noreferrer">
                    <Words id="ireserve.admin.guide" />
                </a>
            </p>
            {connection.kind === 'failed' && <ConnectionNotice />}
            <p role="status">
                {connection.kind === 'connecting' && <Words id="ireserve.loading" />}
                {connection.kind === 'ready' && <Words id="ireserve.admin.ready" values={{name: me?.integration.name ?? ''}} />}
            </p>
            <button type="button" className="btn btn-primary" onClick={() => void desk.connection.retry()}>
                <Words id="ireserve.admin.check" />
            </button>
        </div>
    );
}
