/**
 * What setup made, written down before and after: begun, then made. After a crash in between, what is found in Mattermost under a key that was begun is
 * ours all the same; and `setup --remove` takes away this and nothing else.
 */
import type {Selectable} from 'kysely';
import type {SetupItemTable} from '../store/admin-schema.ts';
import type {Database} from '../store/open.ts';

export type SetupItem = Selectable<SetupItemTable>;
export type Kind =
    | 'setting'
    | 'bot'
    | 'bot_enabled'
    | 'team_member'
    | 'channel'
    | 'channel_restored'
    | 'channel_member'
    | 'token'
    | 'integration'
    | 'webhook'
    | 'command'
    | 'plugin';

export type Made = ReturnType<typeof createMade>;

export function createMade(database: Database, integration: string, server_url: string, now: () => number) {
    const rows = () =>
        database.read.selectFrom('setup_item').selectAll().where('integration', '=', integration).orderBy('begun_at').execute();
    const done = (key: string, remote_id: string) =>
        database.write((tx) =>
            tx
                .updateTable('setup_item')
                .set({remote_id, made_at: now()})
                .where('integration', '=', integration)
                .where('key', '=', key)
                .where('made_at', 'is', null)
                .execute(),
        );
    const forget = (key: string) =>
        database.write((tx) => tx.deleteFrom('setup_item').where('integration', '=', integration).where('key', '=', key).execute());
    return {
        rows,
        done,
        forget,
        async begin(key: string, kind: Kind, detail: object): Promise<void> {
            const last = (await rows()).at(-1)?.begun_at ?? 0;
            const row = {integration, key, kind, server_url, remote_id: null, detail: JSON.stringify(detail), made_at: null};
            await database.write((tx) =>
                tx
                    .insertInto('setup_item')
                    // Removed in the reverse order, so no two at the same time.
                    .values({...row, begun_at: Math.max(now(), Number(last) + 1)})
                    .onConflict((conflict) => conflict.columns(['integration', 'key']).doNothing())
                    .execute(),
            );
        },
    };
}
