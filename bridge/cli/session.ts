/** `session list|revoke`: who is logged in to the panel and to the admin API. */
import type {Command} from 'commander';
import {createLivingSessions} from '../admin/sessions.ts';
import {cliActor} from './actor.ts';
import {type Common, examples, subCommand} from './command.ts';
import {CliError, usage} from './failure.ts';
import {type Store, withStore} from './open-store.ts';
import {paint, present, screenWidth} from './output.ts';
import {table} from './table.ts';
import {iso, moment} from './times.ts';

export function declare(session: Command): void {
    subCommand(session, 'list', 'living sessions of agents and of admins').argument('[integration]', 'default: all').action(listSessions);
    const revoke = subCommand(session, 'revoke', 'end one, or all of a person; they are refused at once')
        .argument('[id]', 'from session list')
        .option('--user <id>', 'all of this Mattermost user')
        .action(revokeSessions);
    examples(revoke, [
        'ireserve-bridge session revoke 3f9a01bc7d2e4411',
        'ireserve-bridge session revoke --user 4yzdw8cbqpyqmn1o6k8r3tq5ae',
    ]);
}

const idsOf = async (store: Store, name: string | undefined): Promise<string[]> =>
    name === undefined ? (await store.known()).map(({id}) => id) : [(await store.named(name)).id];

async function listSessions(name: string | undefined, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const names = new Map((await store.known()).map((one) => [one.id, one.name]));
        const sessions = await createLivingSessions(store).list(await idsOf(store, name));
        const document = sessions.map(({integration_id, created_at, expires_at, ...one}) => ({
            ...one,
            integration: names.get(integration_id) ?? 'removed',
            ...{created_at: iso(created_at), expires_at: iso(expires_at)},
        }));
        present(json, {sessions: document}, () => {
            if (sessions.length === 0) return ['Nobody is logged in.'];
            const titles = ['ID', 'KIND', 'INTEGRATION', 'MATTERMOST USER', 'SINCE', 'UNTIL'];
            return table(
                titles.map((title) => ({title, keep: title === 'ID' || title === 'MATTERMOST USER'})),
                sessions.map((one) => [
                    one.id,
                    one.kind,
                    names.get(one.integration_id) ?? 'removed',
                    one.user_id,
                    moment(one.created_at),
                    moment(one.expires_at),
                ]),
                {width: screenWidth(), paint},
            );
        });
    });
}

async function revokeSessions(id: string | undefined, {json, user}: Common & {user?: string}): Promise<void> {
    if ((id === undefined) === (user === undefined)) throw usage('Say whose.', 'Give an id from session list, or --user ID.');
    await withStore(async (store) => {
        const sessions = createLivingSessions(store);
        const revoked =
            id === undefined
                ? await sessions.revokeAllOf(user ?? '', await idsOf(store, undefined), cliActor())
                : Number(await sessions.revoke(id, cliActor(), () => true));
        if (id !== undefined && revoked === 0)
            throw new CliError('not_found', `No session ${id} is alive.`, 'See ireserve-bridge session list.');
        present(json, {revoked}, () => [`Ended: ${revoked}.`]);
    });
}
