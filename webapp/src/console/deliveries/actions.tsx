import React, {type ReactNode, useState} from 'react';
import type {Delivery} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {ChannelSelect} from '../integrations/channel_select.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Button, Confirm, TextInput} from '../parts/controls.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';

/** As many as the admin API queues again at once. */
export const MOST_REPLAYED = 1000;

/** What an admin can do about one that waits or was given up. */
export function Actions({
    delivery,
    onChanged,
    children,
}: {
    delivery: Delivery;
    onChanged: () => void;
    /** Beside them. */
    children?: ReactNode;
}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const action = useAction();
    const [reason, setReason] = useState('');
    const {id, state, direction, conversation_id, integration} = delivery;
    if (!mayWrite || (state !== 'dead' && state !== 'queued')) return children;
    async function take(ask: () => ReturnType<typeof admin.replay>, told: 'replayed' | 'discarded'): Promise<boolean> {
        const answer = await action.run(ask);
        if (!answer) return false;
        onChanged();
        tell(say(`ireserve.console.delivery.${told}`, {count: 1}));
        return true;
    }
    async function replayFromHere(): Promise<boolean> {
        const of = {integration, conversation: conversation_id, direction, from: id};
        const answer = await action.run(() => admin.replayAll({...of, limit: MOST_REPLAYED}));
        if (!answer) return false;
        onChanged();
        tell(say('ireserve.console.delivery.replayed', {count: answer.data.replayed}));
        return true;
    }
    return (
        <>
            <div className="IRConsole__buttons">
                {children}
                <Button
                    isBusy={action.isBusy}
                    label={say('ireserve.console.delivery.replay_what', {id})}
                    onPress={() => void take(() => admin.replay(id), 'replayed')}
                >
                    <Say id="ireserve.console.delivery.replay" />
                </Button>
                {state === 'dead' && conversation_id && integration && (
                    <Confirm
                        kind="tertiary"
                        text={<Say id="ireserve.console.delivery.replay_from" />}
                        label={say('ireserve.console.delivery.replay_from_what', {id})}
                        question={<Say id="ireserve.console.delivery.replay_from.ask" />}
                        yes={<Say id="ireserve.console.delivery.replay_from.yes" />}
                        isBusy={action.isBusy}
                        onYes={replayFromHere}
                    />
                )}
                <Confirm
                    text={<Say id="ireserve.console.delivery.discard" />}
                    label={say('ireserve.console.delivery.discard_what', {id})}
                    question={<Say id="ireserve.console.delivery.discard.ask" />}
                    yes={<Say id="ireserve.console.delivery.discard" />}
                    isBusy={action.isBusy}
                    onYes={() => take(() => admin.discard(id, reason), 'discarded')}
                >
                    <label>
                        <Say id="ireserve.console.reason" />
                        <TextInput value={reason} onValue={setReason} maxLength={300} />
                    </label>
                </Confirm>
                {state === 'dead' && direction === 'to-mattermost' && integration && (
                    <Reroute delivery={delivery} integration={integration} onChanged={onChanged} />
                )}
            </div>
            {action.error && <Refusal error={action.error} />}
        </>
    );
}

/** Loads the channels only when somebody asks for them: most dead letters are simply replayed. */
function Reroute({delivery, integration, onChanged}: {delivery: Delivery; integration: string; onChanged: () => void}) {
    const say = useSay();
    const {admin, tell} = useConsole();
    const action = useAction();
    const [channel_id, setChannel] = useState(delivery.channel_id ?? '');
    const channels = useLoaded(integration, () => admin.channels(integration));
    async function reroute(): Promise<boolean> {
        const answer = await action.run(() => admin.reroute(delivery.id, channel_id || null));
        if (!answer) return false;
        onChanged();
        tell(say('ireserve.console.saved'));
        return true;
    }
    return (
        <Confirm
            kind="tertiary"
            text={<Say id="ireserve.console.delivery.reroute" />}
            label={say('ireserve.console.delivery.reroute_what', {id: delivery.id})}
            question={<Say id="ireserve.console.delivery.reroute.ask" />}
            yes={<Say id="ireserve.console.save" />}
            isBusy={action.isBusy}
            onYes={reroute}
        >
            <div>
                <ChannelSelect
                    label={say('ireserve.console.field.channel_id')}
                    channels={channels.data?.items ?? []}
                    value={channel_id}
                    none={say('ireserve.console.delivery.by_itself')}
                    onValue={setChannel}
                />
            </div>
            {(action.error ?? channels.error) && <Refusal error={(action.error ?? channels.error) as NonNullable<typeof action.error>} />}
        </Confirm>
    );
}
