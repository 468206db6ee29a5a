/** The integrations: kept in the store, secrets sealed; the running bridge sees changes within a second. */
import {randomUUID} from 'node:crypto';
import {sql} from 'kysely';
import {type Actor, BRIDGE, difference, writeAudit} from './admin/audit.ts';
import {readKillSwitch} from './admin/kill-switch.ts';
import {idsOf, noteValues} from './admin/secret-values.ts';
import {BridgeError} from './errors.ts';
import {createEventTokens} from './event-tokens.ts';
import {givenConfig, type Integration, IntegrationSecrets, type IntegrationState, storedConfig} from './integration.ts';
import type {SecretBox} from './secrets.ts';
import {isStandIn} from './stand-in.ts';
import type {Database, Tx} from './store/open.ts';
import type {IntegrationTable} from './store/schema.ts';
import {withoutCredentials} from './url-credentials.ts';

export type NewIntegration = Pick<Integration, 'name' | 'licence' | 'environment'> & {
    state?: IntegrationState;
    config: unknown;
    secrets: unknown;
};

export type IntegrationChange = {state?: IntegrationState; config?: unknown; secrets?: unknown};

type Wanted = IntegrationChange | ((current: Integration) => IntegrationChange);

/** Within one transaction. */
export type Changes = {
    tx: Tx;
    add(given: NewIntegration, how?: How): Promise<Integration>;
    change(id: string, wanted: Wanted, how?: How): Promise<void>;
};

/** Who does it, and until when new secrets live. */
type How = {by?: Actor; expires_at?: number | null};

/** Tables whose rows go with their integration; tokens go by themselves. */
const OF_AN_INTEGRATION = [
    'conversation',
    'thread',
    'message',
    'reply',
    'listed_agent',
    'agent',
    'ear',
    'listener',
    'erased',
    'notification_address',
    'nightly',
    'agent_session',
    'admin_session',
    'canned',
    'log',
    'notice',
    'file',
    'health',
    'secret',
] as const;

/** An integration's row, and all rows that are its own. */
export async function deleteIntegration(tx: Tx, id: string): Promise<void> {
    for (const table of OF_AN_INTEGRATION) await tx.deleteFrom(table).where('integration_id', '=', id).execute();
    await tx.deleteFrom('lane').where('queue', 'like', `${id}/%`).execute();
    await tx.deleteFrom('delivery').where('integration_id', '=', id).execute();
    await tx.deleteFrom('integration').where('id', '=', id).execute();
}

/** Names nobody knows cost a look into the store this often at most. */
const STRANGERS_EVERY_MS = 200;

export type Integrations = ReturnType<typeof createIntegrations>;

/** @param actor who changes things here unless it is said at the change */
export function createIntegrations(database: Database, box: SecretBox, now: () => number, actor: Actor = BRIDGE) {
    let byId = new Map<string, Integration>();
    let revision = '';
    let off = false;
    /** What `refresh` has not told yet: who makes a change here must not hide it from those that follow. */
    const untold = new Set<string>();
    let lookedForStranger = 0;
    const tokens = createEventTokens(database, now, actor);

    const opened = (row: IntegrationTable): Integration => ({
        ...row,
        config: storedConfig(row.config),
        secrets: IntegrationSecrets.parse(JSON.parse(box.open(row.secrets))),
    });
    const sealed = ({config, secrets}: Pick<Integration, 'config' | 'secrets'>) => ({
        config: JSON.stringify(config),
        secrets: box.seal(JSON.stringify(secrets)),
    });

    /** Reads the integrations again when they changed. */
    async function look(): Promise<void> {
        const turned = (await readKillSwitch(database.read)).on !== off;
        if (turned) {
            off = !off;
            for (const id of byId.keys()) untold.add(id);
        }
        const stamps = await database.read.selectFrom('integration').select(['id', 'updated_at']).orderBy('id').execute();
        const current = JSON.stringify(stamps);
        if (current === revision) return;
        const rows = await database.read.selectFrom('integration').selectAll().execute();
        const next = new Map(rows.map((row) => [row.id, opened(row)]));
        for (const {id, updated_at} of next.values()) if (byId.get(id)?.updated_at !== updated_at) untold.add(id);
        for (const id of byId.keys()) if (!next.has(id)) untold.add(id);
        byId = next;
        revision = current;
    }

    /**
     * Reads the integrations again when they changed.
     *
     * @returns ids of those that were added, changed or removed since this was last asked, here or elsewhere; all, when the kill switch was turned
     */
    async function refresh(): Promise<string[]> {
        await look();
        const changed = [...untold];
        untold.clear();
        return changed;
    }

    /** The row as it is now, locked until the transaction ends: two who change it at once must not undo each other. */
    async function locked(tx: Tx, id: string): Promise<Integration> {
        const row = await tx
            .updateTable('integration')
            .set({updated_at: sql`updated_at`})
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirst();
        if (!row) throw new BridgeError('no_such_integration', 'no such integration');
        return opened(row);
    }

    async function addIn(tx: Tx, given: NewIntegration, {by = actor, expires_at = null}: How): Promise<Integration> {
        const at = now();
        const {name, licence, environment, state = 'active'} = given;
        const config = givenConfig().parse(given.config);
        const secrets = IntegrationSecrets.parse(given.secrets);
        const made = {id: randomUUID(), name, licence, environment, state, config, secrets, created_at: at, updated_at: at};
        const rows = await tx
            .insertInto('integration')
            .values({...made, ...sealed(made)})
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returning('id')
            .execute();
        if (rows.length === 0) throw new BridgeError('name_taken', `an integration named ${name} exists already`);
        await noteValues(tx, {integration_id: made.id, box, before: null, after: secrets, at}, expires_at);
        const after = {licence, environment, state, config, secrets: idsOf(box, secrets)};
        await writeAudit(tx, {at, by, action: 'integration.added', integration: made, after});
        return made;
    }

    async function changeIn(tx: Tx, id: string, wanted: Wanted, {by = actor, expires_at = null}: How): Promise<void> {
        const at = now();
        const before = await locked(tx, id);
        const change = typeof wanted === 'function' ? wanted(before) : wanted;
        const after: Integration = {
            ...before,
            state: change.state ?? before.state,
            config: change.config === undefined ? before.config : givenConfig(before.config).parse(change.config),
            secrets: change.secrets === undefined ? before.secrets : IntegrationSecrets.parse(change.secrets),
        };
        await tx
            .updateTable('integration')
            // Changes are noticed by this stamp: it must move even within one millisecond.
            .set({state: after.state, ...sealed(after), updated_at: Math.max(at, before.updated_at + 1)})
            .where('id', '=', id)
            .execute();
        await noteValues(tx, {integration_id: id, box, before: before.secrets, after: after.secrets, at}, expires_at);
        const settings = difference({state: before.state, ...before.config}, {state: after.state, ...after.config});
        if (settings) await writeAudit(tx, {at, by, action: 'integration.changed', integration: before, ...settings});
        const secrets = difference(idsOf(box, before.secrets), idsOf(box, after.secrets));
        if (secrets) await writeAudit(tx, {at, by, action: 'secret.changed', integration: before, ...secrets});
    }

    return {
        refresh,
        all: (): Integration[] => [...byId.values()],
        /** Those an admin knows of: without what a round trip has just made. */
        listed: (): Integration[] => [...byId.values()].filter((one) => !isStandIn(one)),
        get: (id: string): Integration | undefined => byId.get(id),
        named: (name: string): Integration | undefined => [...byId.values()].find((one) => one.name === name),
        /** Whether the kill switch is on. */
        switchedOff: (): boolean => off,

        /** @throws ZodError on a bad config; BridgeError name_taken */
        async add(given: NewIntegration, how: How = {}): Promise<Integration> {
            const added = await database.write((tx) => addIn(tx, given, how));
            await look();
            return added;
        },

        /**
         * @param wanted what to change, or a function that says it of the integration as it is then; it may run twice, and what it throws is thrown
         * @throws ZodError on a bad config; BridgeError no_such_integration
         */
        async change(id: string, wanted: Wanted, how: How = {}): Promise<Integration> {
            await database.write((tx) => changeIn(tx, id, wanted, how));
            await look();
            return byId.get(id) as Integration;
        },

        /** Several changes, all or none. */
        async atOnce<T>(work: (changes: Changes) => Promise<T>): Promise<T> {
            const done = await database.write((tx) =>
                work({
                    tx,
                    add: (given, how = {}) => addIn(tx, given, how),
                    change: (id, wanted, how = {}) => changeIn(tx, id, wanted, how),
                }),
            );
            await look();
            return done;
        },

        /** Removes an integration and all the bridge holds of it. What is in Mattermost stays. */
        async remove(id: string, {by = actor}: How = {}): Promise<void> {
            await database.write(async (tx) => {
                const row = await tx.selectFrom('integration').selectAll().where('id', '=', id).executeTakeFirst();
                await deleteIntegration(tx, id);
                if (!row) return;
                const before = {
                    licence: row.licence,
                    environment: row.environment,
                    state: row.state,
                    config: JSON.parse(withoutCredentials(row.config)),
                };
                await writeAudit(tx, {at: now(), by, action: 'integration.removed', integration: row, before});
            });
            await look();
        },

        addToken: tokens.add,
        listTokens: tokens.list,
        revokeToken: tokens.revoke,

        /** The integration a live bearer token stands for, also one that another replica, or a command, has made just now. */
        async byToken(token: string): Promise<Integration | undefined> {
            const id = await tokens.integrationOf(token);
            if (id === null) return undefined;
            if (!byId.has(id)) await look();
            return byId.get(id);
        },
        /** The integration of that name; the store is asked before there is said to be none, but not for every stranger's call. */
        async byName(name: string): Promise<Integration | undefined> {
            const find = () => [...byId.values()].find((one) => one.name === name);
            if (find() === undefined && now() - lookedForStranger >= STRANGERS_EVERY_MS) {
                lookedForStranger = now();
                await look();
            }
            return find();
        },
    };
}

/** The queue of an integration in one direction. */
export const queueOf = (integration_id: string, direction: 'to-mattermost' | 'to-ireserve'): string => `${integration_id}/${direction}`;

/** Every lane a conversation can have, but for those of single files. */
export const lanesOf = (integration_id: string, conversation_id: string): string[] => [
    `${queueOf(integration_id, 'to-mattermost')}/c:${conversation_id}`,
    `${queueOf(integration_id, 'to-mattermost')}/r:${conversation_id}`,
    `${queueOf(integration_id, 'to-ireserve')}/c:${conversation_id}`,
];
