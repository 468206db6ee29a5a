/** The bridge's HTTP side put together from its parts, for what a whole bridge can't be brought to do on command. Nothing is delivered. */
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createOperations} from '../../bridge/api.ts';
import {createApp} from '../../bridge/app.ts';
import {authenticate} from '../../bridge/auth.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createLog} from '../../bridge/log.ts';
import {createMetrics} from '../../bridge/operations.ts';
import {createOutbox} from '../../bridge/outbox.ts';
import type {Operation} from '../../bridge/route.ts';
import {createSecretBox} from '../../bridge/secrets.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {watchStorage} from '../../bridge/store/storage.ts';
import {createReceive} from '../../bridge/to-mattermost/receive.ts';

export type Assembled = {
    readonly url: string;
    readonly token: string;
    /** The bridge's own connections. */
    readonly database: Database;
    logged(): string;
    stop(): Promise<void>;
};

export type AssembleOptions = {
    mostAccepts?: number;
    /** Put before the store. */
    around?: (database: Database) => Database;
    /** Beside those of contract v1. */
    operations?: Operation[];
};

export async function assemble({
    mostAccepts = 1000,
    around = (database) => database,
    operations = [],
}: AssembleOptions): Promise<Assembled> {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-assembled-'));
    const database = await openDatabase(join(folder, 'bridge.sqlite'));
    const storage = watchStorage({database: around(database), folder: null});
    const store = storage.database;
    const now = Date.now;
    const box = createSecretBox(new Uint8Array(32));
    const lines: string[] = [];
    const log = createLog('info', {write: (line: string) => void lines.push(line)});
    const integrations = createIntegrations(store, box, now);
    const {id} = await integrations.add({
        name: 'aurora-test',
        licence: 'aurora',
        environment: 'test',
        config: {server_url: 'http://127.0.0.1:9', channel_id: 'a'.repeat(26)},
        secrets: {bot_token: 'unused'},
    });
    const {token} = await integrations.addToken(id, 'tests', null);
    const outbox = createOutbox({
        database: store,
        deliver: () => Promise.reject(new Error('nothing is delivered here')),
        queues: () => [],
        deadLetterAfterMs: () => 1,
        onNotice: () => undefined,
        onAttempt: () => undefined,
        onError: (error) => log.error({err: error}),
        owner: 'assembled',
        steady: now,
        now,
        random: Math.random,
        slots: 1,
    });
    const metrics = createMetrics();
    const receive = createReceive({
        database: store,
        outbox,
        typing: () => undefined,
        maxFileBytes: 1000,
        mostAccepts,
        publicUrl: 'http://localhost',
        box,
        now,
        onReceived: () => undefined,
    });
    const noRoute = async () => undefined;
    const noEars = {
        state: () => new Map(),
        follow: async () => undefined,
        elect: () => undefined,
        nudge: () => undefined,
        close: async () => undefined,
    };
    const app = createApp({
        operations: [
            ...createOperations({
                authenticate: (headers) => authenticate(headers, integrations, now),
                receive,
                agentList: async () => undefined,
                compare: () => Promise.reject(new Error('nothing is compared here')),
            }),
            ...operations,
        ],
        log,
        database: store,
        storage,
        integrations,
        metrics,
        now,
        nativeHook: noRoute,
        relay: {hook: noRoute, files: noRoute, ears: noEars, calls: {command: noRoute, press: noRoute, dialog: noRoute, idle: noRoute}},
        agentApi: {before: [(_request, _response, next) => next()]},
        adminApi: {before: [(_request, _response, next) => next()]},
        instance: {id: 'here', publicUrl: null},
        metricsToken: undefined,
        maxDocumentBytes: 10_000_000,
        maxRequestBytes: 10_000_000,
        trustedProxies: 0,
        stopping: () => false,
        replicas: () => 1,
        leaving: () => false,
        onStoreAway: (error) => log.error({err: error}, 'the store is away'),
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        token,
        database,
        logged: () => lines.join(''),
        async stop() {
            const closed = new Promise((resolve) => server.close(resolve));
            server.closeAllConnections();
            await closed;
            await outbox.stop(0);
            await database.close();
            rmSync(folder, {recursive: true, force: true});
        },
    };
}
