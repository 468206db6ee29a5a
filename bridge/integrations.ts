/** The integrations and i-Reserve's tokens: kept in the store, secrets sealed; the running bridge sees changes within a second. */
import {randomBytes, randomUUID} from 'node:crypto';
import {type Integration, IntegrationConfig, IntegrationSecrets, type IntegrationState} from './integration.ts';
import {type SecretBox, sha256} from './secrets.ts';
import type {Database} from './store/open.ts';

export type NewIntegration = Pick<Integration, 'name' | 'licence' | 'environment'> & {
    state?: IntegrationState;
    config: unknown;
    secrets: unknown;
};

/** Tables whose rows go with their integration; tokens go by themselves. */
const OF_AN_INTEGRATION = [
    'conversation',
    'thread',
    'message',
    'reply',
    'listed_agent',
    'agent',
    'ear',
    'erased',
    'nightly',
    'agent_session',
    'canned',
    'log',
    'notice',
    'file',
    'health',
] as const;

export type Integrations = ReturnType<typeof createIntegrations>;

export function createIntegrations(database: Database, box: SecretBox, now: () => number) {
    let byId = new Map<string, Integration>();
    let revision = '';
    const tokens = new Map<string, {integration_id: string | null; until: number}>();

    /** Reads the integrations again when they changed. @returns ids that are new, changed or gone */
    async function refresh(): Promise<string[]> {
        const stamps = await database.read.selectFrom('integration').select(['id', 'updated_at']).orderBy('id').execute();
        const current = JSON.stringify(stamps);
        if (current === revision) return [];
        const rows = await database.read.selectFrom('integration').selectAll().execute();
        const next = new Map<string, Integration>();
        for (const row of rows) {
            next.set(row.id, {
                ...row,
                config: IntegrationConfig.parse(JSON.parse(row.config)),
                secrets: IntegrationSecrets.parse(JSON.parse(box.open(row.secrets))),
            });
        }
        const changed = [...next.values()].filter((one) => byId.get(one.id)?.updated_at !== one.updated_at).map((one) => one.id);
        const gone = [...byId.keys()].filter((id) => !next.has(id));
        byId = next;
        revision = current;
        return [...changed, ...gone];
    }

    return {
        refresh,
        all: (): Integration[] => [...byId.values()],
        get: (id: string): Integration | undefined => byId.get(id),
        named: (name: string): Integration | undefined => [...byId.values()].find((one) => one.name === name),

        /** @throws ZodError on a bad config; Error when the name is taken */
        async add(given: NewIntegration): Promise<Integration> {
            const at = now();
            const integration: Integration = {
                id: randomUUID(),
                name: given.name,
                licence: given.licence,
                environment: given.environment,
                state: given.state ?? 'active',
                config: IntegrationConfig.parse(given.config),
                secrets: IntegrationSecrets.parse(given.secrets),
                created_at: at,
                updated_at: at,
            };
            const added = await database.write((tx) =>
                tx
                    .insertInto('integration')
                    .values({
                        ...integration,
                        config: JSON.stringify(integration.config),
                        secrets: box.seal(JSON.stringify(integration.secrets)),
                    })
                    .onConflict((conflict) => conflict.column('name').doNothing())
                    .returning('id')
                    .execute(),
            );
            if (added.length === 0) throw new Error(`an integration named ${given.name} exists already`);
            await refresh();
            return integration;
        },

        /** @throws ZodError on a bad config */
        async change(id: string, change: {state?: IntegrationState; config?: unknown; secrets?: unknown}): Promise<Integration> {
            await refresh();
            const known = byId.get(id);
            if (!known) throw new Error('no such integration');
            const config = change.config === undefined ? known.config : IntegrationConfig.parse(change.config);
            const secrets = change.secrets === undefined ? known.secrets : IntegrationSecrets.parse(change.secrets);
            await database.write((tx) =>
                tx
                    .updateTable('integration')
                    .set({
                        state: change.state ?? known.state,
                        config: JSON.stringify(config),
                        secrets: box.seal(JSON.stringify(secrets)),
                        // Changes are noticed by this stamp: it must move even within one millisecond.
                        updated_at: Math.max(now(), known.updated_at + 1),
                    })
                    .where('id', '=', id)
                    .execute(),
            );
            await refresh();
            return byId.get(id) as Integration;
        },

        /** Removes an integration and all the bridge holds of it. What is in Mattermost stays. */
        async remove(id: string): Promise<void> {
            await database.write(async (tx) => {
                for (const table of OF_AN_INTEGRATION) await tx.deleteFrom(table).where('integration_id', '=', id).execute();
                await tx.deleteFrom('lane').where('queue', 'like', `${id}/%`).execute();
                await tx.deleteFrom('delivery').where('integration_id', '=', id).execute();
                await tx.deleteFrom('integration').where('id', '=', id).execute();
            });
            await refresh();
        },

        /** Makes a bearer token; the plain text is returned once and never kept. */
        async addToken(integration_id: string, label: string, expires_at: number | null): Promise<{id: string; token: string}> {
            const id = randomUUID().slice(0, 8);
            const token = `irb_${randomBytes(32).toString('base64url')}`;
            await database.write((tx) =>
                tx
                    .insertInto('token')
                    .values({id, integration_id, hash: sha256(token), label, created_at: now(), expires_at, revoked_at: null})
                    .execute(),
            );
            return {id, token};
        },

        listTokens: (integration_id: string) =>
            database.read
                .selectFrom('token')
                .select(['id', 'label', 'created_at', 'expires_at', 'revoked_at'])
                .where('integration_id', '=', integration_id)
                .orderBy('created_at')
                .execute(),

        /** @returns false when there is no such live token */
        async revokeToken(integration_id: string, id: string): Promise<boolean> {
            const rows = await database.write((tx) =>
                tx
                    .updateTable('token')
                    .set({revoked_at: now()})
                    .where('id', '=', id)
                    .where('integration_id', '=', integration_id)
                    .where('revoked_at', 'is', null)
                    .returning('id')
                    .execute(),
            );
            tokens.clear();
            return rows.length > 0;
        },

        /** The integration a bearer token stands for; a look-up is trusted for one second, so a revoked token dies within that. */
        async byToken(token: string): Promise<Integration | undefined> {
            const hash = sha256(token);
            const at = now();
            let known = tokens.get(hash);
            if (!known || known.until <= at) {
                const row = await database.read
                    .selectFrom('token')
                    .select('integration_id')
                    .where('hash', '=', hash)
                    .where('revoked_at', 'is', null)
                    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', at)]))
                    .executeTakeFirst();
                known = {integration_id: row?.integration_id ?? null, until: at + 1000};
                if (tokens.size > 10_000) tokens.clear();
                tokens.set(hash, known);
            }
            return known.integration_id === null ? undefined : byId.get(known.integration_id);
        },
    };
}

/** The queue of an integration in one direction. */
export const queueOf = (integration_id: string, direction: 'to-mattermost' | 'to-ireserve'): string => `${integration_id}/${direction}`;

/** Every lane a conversation can have. */
export const lanesOf = (integration_id: string, conversation_id: string): string[] => [
    `${queueOf(integration_id, 'to-mattermost')}/c:${conversation_id}`,
    `${queueOf(integration_id, 'to-mattermost')}/r:${conversation_id}`,
    `${queueOf(integration_id, 'to-ireserve')}/c:${conversation_id}`,
];
