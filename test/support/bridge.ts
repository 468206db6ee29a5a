/** A real bridge on a free port with a database and an integration of its own. */
import {randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {BridgeEvent, EventOutcome, Problem} from '../../bridge/contract.ts';
import type {Integration, IntegrationState} from '../../bridge/integration.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createLog} from '../../bridge/log.ts';
import {type Bridge, type Overrides, startBridge} from '../../bridge/main.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {databaseOf, readSettings, type Settings} from '../../bridge/settings.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import type {MattermostDouble} from '../doubles/mattermost/start.ts';

export type Answer = {status: number; headers: Headers; body: EventOutcome & Problem & {results: EventOutcome[]}};

export type TestBridge = {
    readonly url: string;
    readonly integration: Integration;
    readonly token: string;
    readonly signingSecret: string;
    readonly settings: Settings;
    /** A second connection, to look at what is stored. */
    readonly database: Database;
    /** Lines logged so far, as one text. */
    logged(): string;
    /** Posts to /v1/events with the bearer token. */
    push(body: unknown, options?: {query?: string; prefer?: string; headers?: Record<string, string>}): Promise<Answer>;
    /** Pushes and waits until Mattermost has it. */
    deliver(event: object): Promise<EventOutcome>;
    change(change: {state?: IntegrationState; config?: object; secrets?: object}): Promise<void>;
    /** Resolves when the bridge works by what the store holds now. */
    readChanges(): Promise<void>;
    restart(overrides?: Overrides): Promise<void>;
    /** Away, as during an update; `restart` brings it back. */
    goAway(): Promise<void>;
    /** Waits until the bridge hears Mattermost and has nothing to catch up. */
    listening(): Promise<void>;
    stop(): Promise<void>;
};

export type TestBridgeOptions = {
    mattermost: Pick<MattermostDouble, 'url' | 'seeded'>;
    /** Default: SQLite in a temporary folder. */
    databaseUrl?: string;
    config?: object;
    secrets?: object;
    state?: IntegrationState;
    environment?: Record<string, string>;
    overrides?: Overrides;
};

export async function startTestBridge({
    mattermost,
    databaseUrl,
    config,
    secrets,
    state,
    environment,
    overrides,
}: TestBridgeOptions): Promise<TestBridge> {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-bridge-'));
    const settings = readSettings({
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: folder,
        ...(databaseUrl ? {DATABASE_URL: databaseUrl} : {}),
        ALLOW_PRIVATE_ATTACHMENT_HOSTS: 'true',
        SHUTDOWN_GRACE_MS: '5000',
        ...environment,
    });
    const lines: string[] = [];
    const log = createLog('info', {write: (line: string) => void lines.push(line)});
    const database = await openDatabase(databaseOf(settings));
    const integrations = createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now);
    const signingSecret = `whsec_${randomBytes(24).toString('base64')}`;
    const {seeded} = mattermost;
    const integration = await integrations.add({
        name: 'aurora-test',
        licence: 'aurora',
        environment: 'test',
        ...(state ? {state} : {}),
        config: {
            server_url: mattermost.url,
            channel_id: seeded.channels.mirror.id,
            notifications: {booking_confirmation: seeded.channels.notifications.id},
            language: 'en',
            ...config,
        },
        secrets: {bot_token: seeded.bot.token, signing_secrets: [signingSecret], ...secrets},
    });
    const {token} = await integrations.addToken(integration.id, 'tests', null);
    const start = (again: Overrides = {}) => startBridge(settings, {log, pollMs: 50, ...overrides, ...again});
    let bridge: Bridge = await start();
    let isAway = false;

    const test: TestBridge = {
        get url() {
            return bridge.url;
        },
        integration,
        token,
        signingSecret,
        settings,
        database,
        logged: () => lines.join(''),
        async push(body, {query = '', prefer, headers} = {}) {
            const response = await fetch(`${bridge.url}/v1/events${query}`, {
                method: 'POST',
                headers: {'content-type': 'application/json', authorization: `Bearer ${token}`, ...(prefer ? {prefer} : {}), ...headers},
                body: typeof body === 'string' ? body : JSON.stringify(body),
            });
            return {status: response.status, headers: response.headers, body: (await response.json()) as Answer['body']};
        },
        async deliver(event) {
            const {status, body} = await test.push(event, {prefer: 'wait=20'});
            if (body.state !== 'delivered') throw new Error(`not delivered: ${status} ${JSON.stringify(body)}`);
            return body;
        },
        async change(change) {
            const current = integrations.get(integration.id) as Integration;
            await integrations.change(integration.id, {
                ...(change.state ? {state: change.state} : {}),
                ...(change.config ? {config: {...current.config, ...change.config}} : {}),
                ...(change.secrets ? {secrets: {...current.secrets, ...change.secrets}} : {}),
            });
            // What a test does next must not be done by the old settings.
            if (!isAway) await bridge.readChanges();
        },
        readChanges: () => bridge.readChanges(),
        async restart(again) {
            if (!isAway) await bridge.stop();
            bridge = await start(again);
            isAway = false;
        },
        async goAway() {
            await bridge.stop();
            isAway = true;
        },
        async listening() {
            const metric = /^ireserve_listening\{integration="aurora-test"\} 1$/m;
            for (let tries = 0; tries < 500; tries++) {
                if (metric.test(await (await fetch(`${bridge.url}/metrics`)).text())) return;
                await new Promise((resolve) => setTimeout(resolve, 10));
            }
            throw new Error('the bridge does not hear Mattermost');
        },
        async stop() {
            if (!isAway) await bridge.stop();
            await database.close();
            rmSync(folder, {recursive: true, force: true});
        },
    };
    return test;
}

let counter = 0;

/** An event with its own id and the time now, or as given. */
export function eventOf<T extends BridgeEvent['type']>(
    type: T,
    data: object,
    more: {id?: string; timestamp?: string; sequence?: number} = {},
) {
    counter++;
    return {id: `evt-${process.pid}-${counter}`, type, timestamp: new Date().toISOString(), data, ...more};
}
