import React, {useState} from 'react';
import type {KillSwitch} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Confirm, TextInput} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Status, When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

/** One switch for everything, for the day something goes badly wrong. */
export function KillSwitchSection({given, onChanged}: {given: KillSwitch; onChanged: (given: KillSwitch) => void}) {
    const say = useSay();
    const {admin, me, mayWrite, tell} = useConsole();
    const action = useAction();
    const [reason, setReason] = useState('');
    const may = me.bridge_wide && mayWrite;
    async function turn(on: boolean): Promise<boolean> {
        const answer = await action.run(() => admin.setKillSwitch(on, on ? reason : ''));
        if (!answer) return false;
        setReason('');
        onChanged(answer.data);
        tell(say(on ? 'ireserve.console.kill.is_on' : 'ireserve.console.kill.is_off'));
        return true;
    }
    return (
        <Section title={<Say id="ireserve.console.kill" />}>
            <div className={given.on ? 'IRConsole__notice bad' : 'IRConsole__row'}>
                <Status is={given.on ? 'off' : 'good'} />
                <div>
                    <Say id={given.on ? 'ireserve.console.kill.is_on' : 'ireserve.console.kill.is_off'} />
                    {given.on && (
                        <p className="help-text">
                            {given.since !== null && <When at={given.since} />} {given.by} {given.reason && `“${given.reason}”`}
                        </p>
                    )}
                </div>
            </div>
            {!may && <p className="help-text">{say('ireserve.console.refused.bridge_wide')}</p>}
            {may &&
                (given.on ? (
                    <Confirm
                        key="on"
                        kind="primary"
                        text={<Say id="ireserve.console.kill.turn_off" />}
                        question={<Say id="ireserve.console.kill.ask_off" />}
                        yes={<Say id="ireserve.console.kill.turn_off" />}
                        isBusy={action.isBusy}
                        onYes={() => turn(false)}
                    />
                ) : (
                    <Confirm
                        key="off"
                        text={<Say id="ireserve.console.kill.turn_on" />}
                        question={<Say id="ireserve.console.kill.ask_on" />}
                        yes={<Say id="ireserve.console.kill.turn_on" />}
                        isBusy={action.isBusy}
                        onYes={() => turn(true)}
                    >
                        <label>
                            <Say id="ireserve.console.reason" />
                            <TextInput value={reason} onValue={setReason} maxLength={300} />
                        </label>
                    </Confirm>
                ))}
            {action.error && <Refusal error={action.error} />}
        </Section>
    );
}
