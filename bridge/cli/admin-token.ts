/** `admin-token create|list|revoke`: tokens for the admin API. */
import {type Command, Option} from 'commander';
import {createAdminTokens, stateOfToken} from '../admin/admin-tokens.ts';
import type {AdminTokenRow} from '../store/admin-schema.ts';
import {cliActor} from './actor.ts';
import {type Common, examples, subCommand} from './command.ts';
import {CliError} from './failure.ts';
import {type Store, withStore} from './open-store.ts';
import {paint, present, screenWidth} from './output.ts';
import {table} from './table.ts';
import {future, iso, moment} from './times.ts';
import {TONE_OF_TOKEN} from './token.ts';

type CreateOptions = Common & {label: string; scope: 'read' | 'write'; integration?: string; expires?: number};

export function declare(token: Command): void {
    const create = subCommand(token, 'create', 'make a token; it is shown once and only its hash is kept')
        .requiredOption('--label <text>', 'what it is for; stands in the audit trail')
        .addOption(new Option('--scope <scope>', 'read only, or write too').choices(['read', 'write']).default('read'))
        .option('--integration <name>', 'it reaches only this one, and nothing that concerns the bridge as a whole')
        .option('--expires <when>', 'after 90d, 12h …, or on a date such as 2026-12-31; default: never', future)
        .action(createToken);
    examples(create, [
        'ireserve-bridge admin-token create --label monitoring --expires 365d',
        'ireserve-bridge admin-token create --label deploy --scope write --integration aurora-test --json | jq -r .token',
    ]);
    subCommand(token, 'list', 'all tokens, without the tokens themselves').action(listTokens);
    const revoke = subCommand(token, 'revoke', 'end a token; it is refused at once')
        .argument('<id>', 'from admin-token list')
        .action(revokeToken);
    examples(revoke, ['ireserve-bridge admin-token revoke 3f9a01bc']);
}

async function createToken({json, label, scope, integration, expires}: CreateOptions): Promise<void> {
    await withStore(async (store) => {
        const bound = integration === undefined ? null : await store.named(integration);
        const given = {label, scope, integration_id: bound?.id ?? null, expires_at: expires ?? null};
        const {row, token} = await createAdminTokens(store).make(given, cliActor());
        present(json, {...documentOf(row, new Map(bound ? [[bound.id, bound.name]] : []), store.now()), token}, () => [
            `Admin token ${row.id} (${label}, ${scope}, ${bound ? bound.name : 'the whole bridge'}), shown only now:`,
            token,
            'It is sent to /v1/admin/… as: Authorization: Bearer <token>',
        ]);
    });
}

const documentOf = (row: AdminTokenRow, names: ReadonlyMap<string, string>, at: number) => ({
    ...{id: row.id, label: row.label, scope: row.scope, state: stateOfToken(row, at), created_by: row.created_by},
    integration: row.integration_id === null ? null : (names.get(row.integration_id) ?? 'removed'),
    ...{
        created_at: iso(row.created_at),
        expires_at: iso(row.expires_at),
        revoked_at: iso(row.revoked_at),
        last_used_at: iso(row.last_used_at),
    },
});

const namesOf = async ({known}: Store) => new Map((await known()).map(({id, name}) => [id, name]));

async function listTokens({json}: Common): Promise<void> {
    await withStore(async (store) => {
        const rows = await createAdminTokens(store).list();
        const names = await namesOf(store);
        present(json, {tokens: rows.map((row) => documentOf(row, names, store.now()))}, () => {
            if (rows.length === 0) return ['There is no admin token. Make one: ireserve-bridge admin-token create --label NAME'];
            const titles = ['ID', 'STATE', 'SCOPE', 'REACHES', 'CREATED', 'EXPIRES', 'LAST USED', 'LABEL'];
            return table(
                titles.map((title) => ({title, keep: title === 'ID' || title === 'STATE'})),
                rows.map((row) => {
                    const state = stateOfToken(row, store.now());
                    return [
                        row.id,
                        {text: state, tone: TONE_OF_TOKEN[state]},
                        row.scope,
                        row.integration_id === null ? 'all' : (names.get(row.integration_id) ?? 'removed'),
                        moment(row.created_at),
                        row.expires_at === null ? 'never' : moment(row.expires_at),
                        row.last_used_at === null ? 'never' : moment(row.last_used_at),
                        row.label,
                    ];
                }),
                {width: screenWidth(), paint},
            );
        });
    });
}

async function revokeToken(id: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const revoked = await createAdminTokens(store).revoke(id, cliActor());
        if (revoked === null) throw new CliError('not_found', `There is no admin token ${id}.`, 'See ireserve-bridge admin-token list.');
        present(json, {id, revoked: true, already: !revoked}, () => [
            `Admin token ${id} ${revoked ? 'is revoked' : 'was revoked before'}.`,
        ]);
    });
}
