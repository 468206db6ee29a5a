import React, {useEffect, useRef, useState} from 'react';
import {Since} from '../../components/time.tsx';
import type {Query} from '../admin.ts';
import type {Delivery} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Button, Choice, Confirm, TextInput} from '../parts/controls.tsx';
import {Nothing, Refusal, Whether} from '../parts/refusal.tsx';
import {directionWord, Status} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';
import {Actions} from './actions.tsx';
import {ReplayAll} from './replay_all.tsx';
import {TraceView} from './trace.tsx';

const STATES = ['dead', 'queued', 'queued,dead', 'discarded', 'delivered'] as const;
const PAGE = 50;

/** What waits, and what was given up; one message's whole trace. */
export function Deliveries({asked}: {asked: number | null}) {
    const [traced, setTraced] = useState(asked);
    const [back, setBack] = useState<number | null>(null);
    if (traced !== null) {
        return (
            <TraceView
                key={traced}
                id={traced}
                onBack={() => {
                    setBack(traced);
                    setTraced(null);
                }}
            />
        );
    }
    return <List back={back} onTrace={setTraced} />;
}

function List({back, onTrace}: {back: number | null; onTrace: (id: number) => void}) {
    const say = useSay();
    const {admin, chosen, integrations, mayWrite, tell} = useConsole();
    const [state, setState] = useState<(typeof STATES)[number]>('queued,dead');
    const [integration, setIntegration] = useState(integrations.length === 1 ? '' : (chosen?.name ?? ''));
    const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
    const [reason, setReason] = useState('');
    const query: Query = {state, integration, limit: PAGE};
    const loaded = useLoaded(JSON.stringify(query), () => admin.deliveries(query));
    const more = useAction();
    const action = useAction();
    const list = useRef<HTMLUListElement>(null);
    const isThere = loaded.data !== null;
    useEffect(() => {
        if (isThere && back !== null) list.current?.querySelector<HTMLElement>(`[data-trace="${back}"] button`)?.focus();
    }, [back, isThere]);

    async function older(): Promise<void> {
        const {data} = loaded;
        if (!data?.next_cursor) return;
        const answer = await more.run(() => admin.deliveries({...query, cursor: data.next_cursor}));
        if (answer) loaded.set({...answer.data, items: [...data.items, ...answer.data.items]});
    }
    /** One after the other, in the order they were accepted; stops where one is refused, and shows why. */
    async function takePicked(ask: (id: number) => ReturnType<typeof admin.replay>, told: 'replayed' | 'discarded'): Promise<boolean> {
        let count = 0;
        for (const id of [...picked].sort((a, b) => a - b)) {
            const answer = await action.run(() => ask(id));
            if (!answer) break;
            count++;
        }
        if (count > 0) tell(say(`ireserve.console.delivery.${told}`, {count}));
        setPicked(new Set());
        await loaded.reload();
        return count === picked.size;
    }
    const pick = (id: number, isPicked: boolean) => {
        const next = new Set(picked);
        if (isPicked) next.add(id);
        else next.delete(id);
        setPicked(next);
    };

    return (
        <>
            <div className="IRConsole__filters">
                <label>
                    <span>{say('ireserve.console.delivery.show')}</span>
                    <Choice
                        value={state}
                        options={STATES.map((one) => ({value: one, text: say(`ireserve.console.deliveries.${one}`)}))}
                        onValue={(given) => {
                            setState(given);
                            setPicked(new Set());
                        }}
                    />
                </label>
                <label>
                    <span>{say('ireserve.console.log.integration')}</span>
                    <Choice
                        value={integration}
                        options={[
                            {value: '', text: say('ireserve.console.all')},
                            ...integrations.map(({name}) => ({value: name, text: name})),
                        ]}
                        onValue={(given) => {
                            setIntegration(given);
                            setPicked(new Set());
                        }}
                    />
                </label>
                <div>
                    <Button isBusy={loaded.isLoading} onPress={() => void loaded.reload()}>
                        <i className="icon icon-refresh" aria-hidden="true" />
                        <Say id="ireserve.console.refresh" />
                    </Button>
                </div>
            </div>
            <Whether loaded={loaded}>
                {({items, next_cursor, counts}) => (
                    <div className="IRConsole__section">
                        <p>
                            <Say id="ireserve.console.overview.queue" values={counts} />
                        </p>
                        {mayWrite && <ReplayAll integration={integration || chosen?.name || ''} onReplayed={() => void loaded.reload()} />}
                        {items.length === 0 && (
                            <Nothing>
                                <Say id="ireserve.console.deliveries.none" />
                            </Nothing>
                        )}
                        {picked.size > 0 && (
                            <div className="IRConsole__buttons IRConsole__picked">
                                <span role="status">{say('ireserve.console.deliveries.picked', {count: picked.size})}</span>
                                <Button isBusy={action.isBusy} onPress={() => void takePicked(admin.replay, 'replayed')}>
                                    <Say id="ireserve.console.delivery.replay_picked" />
                                </Button>
                                <Confirm
                                    text={<Say id="ireserve.console.delivery.discard_picked" />}
                                    question={<Say id="ireserve.console.delivery.discard.ask" />}
                                    yes={<Say id="ireserve.console.delivery.discard_picked" />}
                                    isBusy={action.isBusy}
                                    onYes={() => takePicked((id) => admin.discard(id, reason), 'discarded')}
                                >
                                    <label>
                                        <Say id="ireserve.console.reason" />
                                        <TextInput value={reason} onValue={setReason} maxLength={300} />
                                    </label>
                                </Confirm>
                            </div>
                        )}
                        {action.error && <Refusal error={action.error} />}
                        <ul ref={list} className="IRConsole__deliveries" aria-label={say('ireserve.console.tab.deliveries')}>
                            {items.map((delivery) => (
                                <Row
                                    key={delivery.id}
                                    delivery={delivery}
                                    isPicked={picked.has(delivery.id)}
                                    onPick={mayWrite && (delivery.state === 'dead' || delivery.state === 'queued') ? pick : null}
                                    onTrace={onTrace}
                                    onChanged={() => void loaded.reload()}
                                />
                            ))}
                        </ul>
                        {more.error && <Refusal error={more.error} />}
                        {next_cursor && (
                            <Button isBusy={more.isBusy} onPress={() => void older()}>
                                <Say id="ireserve.console.more" />
                            </Button>
                        )}
                    </div>
                )}
            </Whether>
        </>
    );
}

function Row({
    delivery,
    isPicked,
    onPick,
    onTrace,
    onChanged,
}: {
    delivery: Delivery;
    isPicked: boolean;
    onPick: ((id: number, isPicked: boolean) => void) | null;
    onTrace: (id: number) => void;
    onChanged: () => void;
}) {
    const say = useSay();
    const {id, state, type, direction, conversation_id, integration, reason, next, attempts, received_at} = delivery;
    return (
        <li>
            <div className="IRConsole__row">
                {onPick && (
                    <input
                        type="checkbox"
                        aria-label={say('ireserve.console.delivery.pick', {id})}
                        checked={isPicked}
                        onChange={({target}) => onPick(id, target.checked)}
                    />
                )}
                <Status is={state} />
                <strong>{type}</strong>
                <span>{say(directionWord(direction))}</span>
                <span className="help-text">
                    {integration} {conversation_id} · <Say id="ireserve.console.ago" values={{ago: <Since at={received_at} />}} /> ·{' '}
                    <Say id="ireserve.console.delivery.attempts" values={{attempts}} />
                </span>
            </div>
            {reason && (
                <p>
                    <code>{reason.code}</code> {reason.detail}
                    {next && (
                        <span className="help-text">
                            {' '}
                            {say('ireserve.console.mend')} {next}
                        </span>
                    )}
                </p>
            )}
            <Actions delivery={delivery} onChanged={onChanged}>
                <span data-trace={id}>
                    <Button label={say('ireserve.console.trace.of', {id})} onPress={() => onTrace(id)}>
                        <Say id="ireserve.console.trace" />
                    </Button>
                </span>
            </Actions>
        </li>
    );
}
