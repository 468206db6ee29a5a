/** `integration remove`: says what goes and what stays, and does nothing without --yes. */
import {sql} from 'kysely';
import type {Common} from '../command.ts';
import {CliError} from '../failure.ts';
import {type KnownIntegration, type Store, withStore} from '../open-store.ts';
import {present, print} from '../output.ts';

type Goes = {conversations: number; deliveries_waiting: number; deliveries_dead: number; log_entries: number; tokens: number};

export async function removeIntegration(name: string, {json, yes}: Common & {yes?: true}): Promise<void> {
    await withStore(async (store) => {
        const integration = await store.named(name);
        const goes = await countWhatGoes(store, integration.id);
        if (!yes) {
            if (!json) print(...consequences(integration, goes, 'would go', 'would stay'));
            throw new CliError(
                'usage',
                `Nothing was removed yet: ${name} is removed only with --yes.`,
                `ireserve-bridge integration remove ${name} --yes`,
            );
        }
        const integrations = await store.integrations();
        await integrations.remove(integration.id);
        present(json, {removed: {id: integration.id, name}, gone: goes}, () => consequences(integration, goes, 'is gone', 'stays'));
    });
}

async function countWhatGoes({database}: Store, id: string): Promise<Goes> {
    const rows = (table: 'conversation' | 'log' | 'token') =>
        database.read
            .selectFrom(table)
            .select(sql<number>`count(*)`.as('count'))
            .where('integration_id', '=', id)
            .executeTakeFirstOrThrow();
    const deliveries = (state: 'queued' | 'dead') =>
        database.read
            .selectFrom('delivery')
            .select(sql<number>`count(*)`.as('count'))
            .where('integration_id', '=', id)
            .where('state', '=', state)
            .executeTakeFirstOrThrow();
    return {
        conversations: Number((await rows('conversation')).count),
        deliveries_waiting: Number((await deliveries('queued')).count),
        deliveries_dead: Number((await deliveries('dead')).count),
        log_entries: Number((await rows('log')).count),
        tokens: Number((await rows('token')).count),
    };
}

function consequences({name, licence, environment}: KnownIntegration, goes: Goes, going: string, staying: string): string[] {
    return [
        `${name} (${licence}, ${environment})`,
        `  ${going}: its settings, bot token and signing secrets; ${goes.tokens} token(s) of i-Reserve's;`,
        `    ${goes.deliveries_waiting} waiting and ${goes.deliveries_dead} dead deliveries, never sent; ${goes.log_entries} log entries;`,
        `    the link of ${goes.conversations} conversation(s) to their threads`,
        `  ${staying}: every post, thread and file in Mattermost, the bot and its channels; i-Reserve's own settings`,
        '  i-Reserve’s calls for it are refused from then on (401). To stop only for a while: integration set --state paused',
    ];
}
