/** `kill-switch on|off|status`. */
import type {Command} from 'commander';
import {readKillSwitch, type SwitchState, setKillSwitch} from '../admin/kill-switch.ts';
import {cliActor} from './actor.ts';
import {type Common, examples, subCommand} from './command.ts';
import {withStore} from './open-store.ts';
import {paint, present} from './output.ts';
import {harmless} from './table.ts';
import {iso, moment} from './times.ts';

const HELP = `
On: nothing is delivered in either direction, nothing is posted, and what people write in
Mattermost is not taken. Events of i-Reserve are accepted and kept. Off again, what waited goes
out in order, and what was written meanwhile is caught up with. The running service obeys within a
second.
`;

export function declare(kill: Command): void {
    const on = subCommand(kill, 'on', 'stop everything')
        .option('--reason <text>', 'shown to other admins', '')
        .action(({json, reason}: Common & {reason: string}) => turn(true, reason, json));
    on.addHelpText('after', HELP);
    examples(on, ['ireserve-bridge kill-switch on --reason "wrong texts go out"']);
    subCommand(kill, 'off', 'start it again').action(({json}: Common) => turn(false, '', json));
    subCommand(kill, 'status', 'whether it is on').action(showSwitch);
}

async function turn(on: boolean, reason: string, json: true | undefined): Promise<void> {
    await withStore(async ({database, now}) => {
        const state = await database.write((tx) => setKillSwitch(tx, on, {reason: reason.trim().slice(0, 300), by: cliActor(), at: now()}));
        show(state, json);
    });
}

async function showSwitch({json}: Common): Promise<void> {
    await withStore(async ({database}) => show(await readKillSwitch(database.read), json));
}

const show = (state: SwitchState, json: true | undefined): void =>
    present(json, {...state, since: iso(state.since)}, () => [
        state.on ? `${paint('bad', 'ON')} ${killText(state)}` : `${paint('good', 'off')}: everything runs`,
    ]);

export function killText({since, by, reason}: SwitchState): string {
    const who = `since ${since === null ? '?' : moment(since)}, by ${harmless(by ?? '?')}`;
    return `${who}${reason ? `: ${harmless(reason)}` : ''}. Off again: ireserve-bridge kill-switch off`;
}
