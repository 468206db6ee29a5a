import React, {useEffect} from 'react';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {later} from '../../later.tsx';
import {Conversation} from '../conversation/conversation.tsx';
import {Queue} from '../queue/queue.tsx';
import {useWords} from '../words.tsx';
import {ConnectionNotice} from './connection_notice.tsx';
import './panel.css';

const CannedManager = later(() => import(/* webpackChunkName: "canned" */ '../canned/manager.tsx').then((part) => part.CannedManager));

/** What stands in the sidebar: the list of conversations, or one of them, or what belongs to it. */
export function Panel() {
    const desk = useDesk();
    const words = useWords();
    const shown = useOurs((state) => state.shown);
    const team_id = useOurs((state) => state.team_id);
    useEffect(() => desk.connection.watch(), [desk]);
    return (
        <section className="IReserve" aria-label={words('ireserve.panel.name')}>
            <ConnectionNotice />
            {shown.kind === 'queue' && <Queue key={team_id} />}
            {shown.kind === 'conversation' && <Conversation key={team_id} shown={shown} />}
            {shown.kind === 'canned' && <CannedManager key={team_id} shown={shown} />}
        </section>
    );
}
