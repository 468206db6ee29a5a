import React from 'react';
import type {Failure} from '../../client/session.ts';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {Words} from '../words.tsx';

/** Between the panel and the bridge: says what is wrong, who can mend it, and what still works. */
export function ConnectionNotice() {
    const desk = useDesk();
    const connection = useOurs((state) => state.connection);
    const live = useOurs((state) => state.live);
    const me = useOurs((state) => state.me);
    if (connection.kind === 'failed') {
        return (
            <div className="IReserve__notice error" role="alert">
                <i className="icon icon-alert-outline" aria-hidden="true" />
                <div>
                    <Explanation failure={connection.failure} />
                </div>
                <button type="button" className="btn btn-tertiary btn-sm" onClick={() => void desk.connection.retry()}>
                    <Words id="ireserve.connection.retry" />
                </button>
            </div>
        );
    }
    const {state, callback_set} = me?.integration ?? {state: 'active', callback_set: true};
    return (
        <div role="status">
            {connection.kind === 'ready' && live === 'down' && <Line id="ireserve.connection.reconnecting" />}
            {state !== 'active' && <Line id="ireserve.connection.paused" />}
            {!callback_set && <Line id="ireserve.problem.callback_not_set" />}
        </div>
    );
}

function Line({id}: {id: 'ireserve.connection.reconnecting' | 'ireserve.connection.paused' | 'ireserve.problem.callback_not_set'}) {
    return (
        <p className="IReserve__notice">
            <Words id={id} />
        </p>
    );
}

/** Also said in the System Console. */
export function Explanation({failure}: {failure: Failure}) {
    switch (failure.kind) {
        case 'command_missing':
            return <Words id="ireserve.connection.command_missing" />;
        case 'not_member':
            return <Words id="ireserve.connection.not_member" />;
        case 'refused':
            return <Words id="ireserve.connection.refused" values={{code: failure.code}} />;
        case 'bridge_unreachable':
            return <Words id={`ireserve.connection.${failure.why}`} values={{url: failure.url}} />;
    }
}
