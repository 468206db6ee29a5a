import type {Post} from '@mattermost/types/posts';
import React, {useState} from 'react';
import type {BridgeError} from '../../client/bridge.ts';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {intentOf} from '../../state/said.ts';
import type {Reply, ReplyAction} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {Words} from '../words.tsx';

type Props = {post: Post; reply: Reply | undefined; conversation_id: string | undefined};

/** How far a reply has come, why not further, and what can be done about it. */
export function Delivery({post, reply, conversation_id}: Props) {
    const desk = useDesk();
    const [isBusy, setBusy] = useState(false);
    const [error, setError] = useState<BridgeError | null>(null);
    const isReady = useOurs((state) => state.connection.kind === 'ready');
    const policy = useOurs((state) => state.me?.integration.reply_policy);
    async function run(work: Promise<BridgeError | null>): Promise<void> {
        setBusy(true);
        setError(await work);
        setBusy(false);
    }
    const relay = (id: string) => run(desk.writing.relay(id, post.id));
    const act = (id: string, action: ReplyAction, reply_id: string) =>
        run(desk.conversations.act(id, action, {reply_id}).then((answer) => (answer.ok ? null : answer.error)));

    if (!reply) {
        const intent = intentOf(post);
        if (intent === 'note') return null;
        const isInternal = isReady && policy === 'explicit' && intent === null;
        return (
            <p className="IReserve__delivery">
                <i className={`icon ${ICONS[isInternal ? 'internal' : 'queued']}`} aria-hidden="true" />
                <Words id={isInternal ? 'ireserve.delivery.internal' : 'ireserve.delivery.unknown'} />
                {isInternal && conversation_id && (
                    <Do id="ireserve.delivery.send" isBusy={isBusy} onClick={() => void relay(conversation_id)} />
                )}
                {error && <Problem error={error} />}
            </p>
        );
    }
    if (reply.state === 'note') return null;

    const isSeen = reply.state === 'delivered' && reply.remote_state === 'seen';
    return (
        <div
            className={`IReserve__delivery ${reply.state}`}
            role={reply.state === 'failed' || reply.state === 'asked' ? 'group' : undefined}
        >
            <i className={`icon ${ICONS[reply.state]}`} aria-hidden="true" />
            <span>
                <Words id={reply.state === 'unknown' ? 'ireserve.status.unknown' : `ireserve.delivery.${isSeen ? 'seen' : reply.state}`} />
                {reply.reason && (reply.state === 'failed' || reply.state === 'queued') && (
                    <span className="IReserve__soft"> {reply.reason.detail || reply.reason.code}</span>
                )}
            </span>
            {conversation_id &&
                reply.can.map(
                    (action) =>
                        action !== 'unknown' && (
                            <Do
                                key={action}
                                id={`ireserve.delivery.${DO[action]}`}
                                isBusy={isBusy}
                                onClick={() => void act(conversation_id, action, reply.reply_id)}
                            />
                        ),
                )}
            {error && <Problem error={error} />}
            {(reply.missing_files ?? []).map(({name, code}) => (
                <p key={name} className="IReserve__delivery failed">
                    <i className="icon icon-alert-outline" aria-hidden="true" />
                    <Words id={code === 'attachment_gone' ? 'ireserve.files.missing_gone' : 'ireserve.files.missing'} values={{name}} />
                </p>
            ))}
        </div>
    );
}

const DO = {retry: 'retry', discard: 'give_up', send: 'send', keep: 'keep'} as const;

const ICONS: Record<Exclude<Reply['state'], 'note'>, string> = {
    asked: 'icon-help-circle-outline',
    internal: 'icon-lock-outline',
    queued: 'icon-clock-outline',
    delivered: 'icon-check',
    failed: 'icon-alert-outline',
    discarded: 'icon-close',
    withdrawn: 'icon-close',
    unknown: 'icon-information-outline',
};

function Do({id, isBusy, onClick}: {id: `ireserve.delivery.${(typeof DO)[keyof typeof DO]}`; isBusy: boolean; onClick: () => void}) {
    return (
        <button type="button" className="btn btn-tertiary btn-sm" disabled={isBusy} onClick={onClick}>
            <Words id={id} />
        </button>
    );
}
