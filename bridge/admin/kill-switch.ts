/** One switch for all integrations: on, nothing goes out in either direction, and nothing is taken from Mattermost. Events are accepted and kept. */
import {z} from 'zod';
import type {Tx} from '../store/open.ts';
import {type Actor, writeAudit} from './audit.ts';

const KEY = 'kill_switch';

const Stored = z.object({on: z.boolean(), by: z.string().nullable(), reason: z.string()});
export type SwitchState = z.infer<typeof Stored> & {since: number | null};

export async function readKillSwitch(tx: Tx): Promise<SwitchState> {
    const row = await tx.selectFrom('bridge_setting').selectAll().where('key', '=', KEY).executeTakeFirst();
    return row ? {...Stored.parse(JSON.parse(row.value)), since: row.updated_at} : {on: false, by: null, reason: '', since: null};
}

/** Turned to what it is already, it stays as it is. */
export async function setKillSwitch(tx: Tx, on: boolean, {reason, by, at}: {reason: string; by: Actor; at: number}): Promise<SwitchState> {
    const before = await readKillSwitch(tx);
    if (before.on === on) return before;
    const value = JSON.stringify({on, by: by.name, reason} satisfies z.infer<typeof Stored>);
    await tx
        .insertInto('bridge_setting')
        .values({key: KEY, value, updated_at: at})
        .onConflict((conflict) => conflict.column('key').doUpdateSet({value, updated_at: at}))
        .execute();
    await writeAudit(tx, {at, by, action: on ? 'kill_switch.on' : 'kill_switch.off', before: {on: before.on}, after: {on, reason}});
    return {on, by: by.name, reason, since: at};
}
