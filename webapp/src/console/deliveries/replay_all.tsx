import React, {useState} from 'react';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Button, Confirm} from '../parts/controls.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';
import {MOST_REPLAYED} from './actions.tsx';

/** All dead letters of an integration. How many those are is asked first: nobody sends a thousand by mistake. */
export function ReplayAll({integration, onReplayed}: {integration: string; onReplayed: () => void}) {
    const say = useSay();
    const {admin, tell} = useConsole();
    const action = useAction();
    const [count, setCount] = useState<number | null>(null);
    const body = {integration, limit: MOST_REPLAYED};
    async function ask(): Promise<void> {
        const answer = await action.run(() => admin.replayAll({...body, dry_run: true}));
        if (!answer) return;
        const {remaining} = answer.data;
        setCount(remaining);
        tell(say('ireserve.console.replay_all.found', {count: remaining}));
    }
    async function replay(): Promise<boolean> {
        const answer = await action.run(() => admin.replayAll({...body, dry_run: false}));
        if (!answer) return false;
        setCount(null);
        tell(say('ireserve.console.delivery.replayed', {count: answer.data.replayed}));
        onReplayed();
        return true;
    }
    if (!integration) return null;
    const now = {count: Math.min(count ?? 0, MOST_REPLAYED), integration};
    return (
        <div className="IRConsole__buttons">
            <Button isBusy={action.isBusy} onPress={() => void ask()}>
                <Say id="ireserve.console.replay_all" values={{integration}} />
            </Button>
            {count !== null && <span>{say('ireserve.console.replay_all.found', {count})}</span>}
            {count !== null && count > 0 && (
                <Confirm
                    kind="primary"
                    text={<Say id="ireserve.console.replay_all.yes" values={now} />}
                    question={<Say id="ireserve.console.replay_all.ask" values={now} />}
                    yes={<Say id="ireserve.console.replay_all.yes" values={now} />}
                    isBusy={action.isBusy}
                    onYes={replay}
                />
            )}
            {action.error && <Refusal error={action.error} />}
        </div>
    );
}
