/** The service's own store, opened by the command line too: also while the service runs, and never as its owner. */
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {ZodError} from 'zod';
import {createIntegrations, type Integrations} from '../integrations.ts';
import {createSecretBox, loadKey, type SecretBox} from '../secrets.ts';
import {databaseOf, readSettings, type Settings, SettingsError} from '../settings.ts';
import {type Database, openDatabase} from '../store/open.ts';
import type {IntegrationTable} from '../store/schema.ts';
import {cliActor} from './actor.ts';
import {CliError} from './failure.ts';
import {note} from './output.ts';

/** What can be told of an integration without the key of its secrets. */
export type KnownIntegration = Pick<IntegrationTable, 'id' | 'name' | 'licence' | 'environment' | 'state'>;

export type Store = {
    readonly settings: Settings;
    readonly database: Database;
    readonly now: () => number;
    /** Changes made with it are the caller's in the audit trail. Opens the secrets too. @throws CliError when their key is missing or another one */
    integrations(): Promise<Integrations>;
    /** The key of the secrets. @throws CliError when it is missing */
    box(): SecretBox;
    known(): Promise<KnownIntegration[]>;
    /** @throws CliError not_found */
    named(name: string): Promise<KnownIntegration>;
};

/** A store that does not answer is told as that, instead of keeping a terminal, or cron, for ever. */
const ANSWER_MS = 10_000;
const CLOSE_MS = 2000;
/** For commands that only look. */
export const PROMPT = {prompt: true} as const;

/**
 * Runs `work` with the store and closes it.
 *
 * @param create whether a missing SQLite file is made; without it a wrong DATA_DIR would show an empty bridge instead of an error
 * @param prompt whether every answer must come soon: not where much is deleted or compared
 */
export async function withStore<T>(work: (store: Store) => Promise<T>, {create = false, prompt = false} = {}): Promise<T> {
    const settings = readEnvironment();
    const where = databaseOf(settings);
    if (!create && !settings.DATABASE_URL && !existsSync(where)) {
        const next = 'Set DATA_DIR (or DATABASE_URL) as for the service, or begin with: ireserve-bridge integration add --help';
        throw new CliError('failed', `There is no database at ${resolve(where)}.`, next);
    }
    const database = await openDatabase(where, prompt ? {answerWithinMs: ANSWER_MS} : {});
    try {
        return await work(createStore(settings, database));
    } finally {
        // Taking leave of a server that hangs would wait for its answer.
        await Promise.race([database.close(), sleep(CLOSE_MS, undefined, {ref: false})]);
    }
}

function readEnvironment(): Settings {
    try {
        return readSettings(process.env);
    } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        throw new CliError('failed', error.message, 'Correct these environment variables and run it again.');
    }
}

function createStore(settings: Settings, database: Database): Store {
    const now = () => Date.now() + database.clockOffset;
    const known = () =>
        database.read.selectFrom('integration').select(['id', 'name', 'licence', 'environment', 'state']).orderBy('name').execute();
    return {
        settings,
        database,
        now,
        known,
        box: () => boxOf(settings),
        integrations: () => openIntegrations(settings, database, now),
        async named(name) {
            const all = await known();
            const found = all.find((one) => one.name === name);
            if (found) return found;
            const next =
                all.length > 0
                    ? `Choose one of: ${all.map((one) => one.name).join(', ')}.`
                    : 'There is none yet; make one: ireserve-bridge integration add --help';
            throw new CliError('not_found', `There is no integration named ${name}.`, next);
        },
    };
}

const keyFile = (settings: Settings): string => join(settings.DATA_DIR, 'secret.key');

const giveKey = (file: string): string =>
    `Give the key the service has: set DATA_DIR or IRESERVE_SECRET_KEY as for the service, or restore ${resolve(file)} from a backup.`;

function boxOf(settings: Settings): SecretBox {
    const file = keyFile(settings);
    try {
        return createSecretBox(loadKey(settings.IRESERVE_SECRET_KEY, file));
    } catch (error) {
        throw new CliError('failed', `The key of the stored secrets can’t be used: ${(error as Error).message}.`, giveKey(file));
    }
}

async function openIntegrations(settings: Settings, database: Database, now: () => number): Promise<Integrations> {
    const file = keyFile(settings);
    const sealed = await database.read.selectFrom('integration').select('secrets').limit(1).executeTakeFirst();
    const isNew = !settings.IRESERVE_SECRET_KEY && !existsSync(file);
    if (sealed && isNew) throw new CliError('failed', 'The key of the stored secrets is missing.', giveKey(file));
    const box = boxOf(settings);
    if (isNew)
        note(`made ${resolve(file)}, the key of all stored secrets: the service must have the same one; back it up with the database`);
    try {
        if (sealed) box.open(sealed.secrets);
    } catch {
        throw new CliError('failed', 'The stored secrets were encrypted with another key.', giveKey(file));
    }
    const integrations = createIntegrations(database, box, now, cliActor());
    await integrations.refresh().catch((error: unknown) => {
        if (!(error instanceof ZodError)) throw error;
        const message = `The stored configuration does not fit this version: ${error.issues.map(({path}) => path.join('.')).join(', ')}.`;
        throw new CliError('failed', message, 'Use the command line of the service’s own version.');
    });
    return integrations;
}
