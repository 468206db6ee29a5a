/** `token create|list|revoke`: the bearer tokens i-Reserve calls with. */
import type {Command} from 'commander';
import {stateOfToken} from '../admin/admin-tokens.ts';
import {type Common, examples, subCommand} from './command.ts';
import {CliError} from './failure.ts';
import {type Store, withStore} from './open-store.ts';
import {paint, present, screenWidth, type Tone} from './output.ts';
import {table} from './table.ts';
import {future, iso, moment} from './times.ts';

export function declare(token: Command): void {
    const create = subCommand(token, 'create', 'make a token; it is shown once and only its hash is kept')
        .argument('<integration>')
        .option('--label <text>', 'what it is for, to know it again', 'i-Reserve')
        .option('--expires <when>', 'after 90d, 12h …, or on a date such as 2026-12-31; default: never', future)
        .action(createToken);
    examples(create, [
        'ireserve-bridge token create aurora --label "i-Reserve production" --expires 90d',
        'ireserve-bridge token create aurora --json | jq -r .token',
    ]);
    subCommand(token, 'list', 'an integration’s tokens, without the tokens themselves').argument('<integration>').action(listTokens);
    const revoke = subCommand(token, 'revoke', 'end a token; the running service refuses it within a second')
        .argument('<integration>')
        .argument('<id>', 'from token list')
        .action(revokeToken);
    examples(revoke, ['ireserve-bridge token revoke aurora 3f9a01bc']);
}

async function createToken(name: string, {json, label, expires}: Common & {label: string; expires?: number}): Promise<void> {
    await withStore(async (store) => {
        const integration = await store.named(name);
        const {id, token} = await (await store.integrations()).addToken(integration.id, label, expires ?? null);
        const until = expires === undefined ? 'never expires' : `expires ${moment(expires)}`;
        present(json, {id, token, integration: name, label, expires_at: iso(expires ?? null)}, () => [
            `Token ${id} of ${name} (${label}, ${until}), shown only now:`,
            token,
            'Give it to i-Reserve; it is sent as: Authorization: Bearer <token>',
        ]);
    });
}

type TokenState = ReturnType<typeof stateOfToken>;
export const TONE_OF_TOKEN: Record<TokenState, Tone> = {live: 'good', expired: 'warning', revoked: 'quiet'};

async function tokensOf(store: Store, name: string) {
    const {id} = await store.named(name);
    const at = store.now();
    const rows = await (await store.integrations()).listTokens(id);
    return rows.map((row) => ({...row, state: stateOfToken(row, at)}));
}

async function listTokens(name: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const tokens = await tokensOf(store, name);
        const document = tokens.map(({id, label, state, created_at, expires_at, revoked_at}) => ({
            id,
            label,
            state,
            created_at: iso(created_at),
            expires_at: iso(expires_at),
            revoked_at: iso(revoked_at),
        }));
        present(json, {tokens: document}, () => {
            if (tokens.length === 0) return [`${name} has no token yet. Make one: ireserve-bridge token create ${name}`];
            return table(
                [{title: 'ID', keep: true}, {title: 'STATE', keep: true}, {title: 'CREATED'}, {title: 'EXPIRES'}, {title: 'LABEL'}],
                tokens.map(({id, state, created_at, expires_at, label}) => [
                    id,
                    {text: state, tone: TONE_OF_TOKEN[state]},
                    moment(created_at),
                    expires_at === null ? 'never' : moment(expires_at),
                    label,
                ]),
                {width: screenWidth(), paint},
            );
        });
    });
}

async function revokeToken(name: string, id: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const token = (await tokensOf(store, name)).find((one) => one.id === id);
        if (!token) throw new CliError('not_found', `${name} has no token ${id}.`, `See ireserve-bridge token list ${name}.`);
        const integrations = await store.integrations();
        const revoked = await integrations.revokeToken(integrations.named(name)?.id ?? '', id);
        present(json, {id, integration: name, revoked: true, already: !revoked}, () => [
            revoked ? `Token ${id} (${token.label}) is revoked.` : `Token ${id} (${token.label}) was revoked before.`,
        ]);
    });
}
