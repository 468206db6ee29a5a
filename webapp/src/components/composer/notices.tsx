import React from 'react';
import type {Sent} from '../../desk/writing.ts';
import {useHost, useOurs} from '../../hooks/useDesk.ts';
import {useNow} from '../../hooks/useNow.ts';
import type {Mode} from '../../state/drafts.ts';
import {currentUserId} from '../../state/selectors.ts';
import {VISITOR} from '../../state/state.ts';
import type {Detail} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {Words} from '../words.tsx';

type Props = {detail: Detail | undefined; outcome: Sent | null; mode: Mode; conversation_key: string};

/** What one should know before sending, and what came of the last try. */
export function Notices({detail, outcome, mode, conversation_key}: Props) {
    const me = useHost(currentUserId);
    const typing = useOurs((state) => state.typing);
    const isAway = useOurs((state) => state.connection.kind === 'failed');
    const waits = useOurs((state) => state.waits === conversation_key);
    const others = Object.values(typing).filter(
        ({conversation_id, user_id}) => conversation_id === detail?.conversation_id && user_id !== VISITOR && user_id !== me,
    );
    const now = useNow(others.length > 0);
    const colleague = others.find(({until}) => until > now)?.name ?? '';
    const assignee = detail?.assignee;
    const isReply = mode === 'reply';
    return (
        <div role="status" className="IReserve__notices">
            {isReply && colleague && <Line id="ireserve.notice.colleague" values={{name: colleague}} />}
            {isReply && assignee && assignee.user_id !== me && !colleague && (
                <Line id="ireserve.notice.assigned" values={{name: assignee.name}} />
            )}
            {isReply && detail?.presence === 'left' && <Line id="ireserve.notice.left" />}
            {detail?.status === 'closed' && <Line id="ireserve.notice.closed" />}
            {waits ? <Line id="ireserve.notice.waits" /> : isReply && isAway && <Line id="ireserve.notice.bridge_away" />}
            {outcome?.ok && outcome.refusal && (
                <p className="IReserve__notice error">
                    <Words id="ireserve.notice.not_sent" /> <Problem error={outcome.refusal} />
                </p>
            )}
            {outcome && !outcome.ok && (
                <p className="IReserve__notice error">
                    <Words id="ireserve.notice.failed" values={{reason: outcome.reason}} />
                </p>
            )}
        </div>
    );
}

type LineId = Extract<Parameters<typeof Words>[0]['id'], `ireserve.notice.${string}`>;

function Line({id, values = {}}: {id: LineId; values?: Record<string, string>}) {
    return (
        <p className="IReserve__notice">
            <Words id={id} values={values} />
        </p>
    );
}
