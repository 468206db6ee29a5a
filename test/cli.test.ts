/** The command line as an admin uses it: a child process on a store of its own, what it prints, and the exit code it ends with. */
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Check, checkMattermost} from '../bridge/admin/check-mattermost.ts';
import {followLog, type LogFilter, readLog} from '../bridge/admin/log.ts';
import type {Integration} from '../bridge/integration.ts';
import {createIntegrations, queueOf} from '../bridge/integrations.ts';
import {createServers} from '../bridge/mattermost.ts';
import {createSecretBox, loadKey} from '../bridge/secrets.ts';
import {append, type NewDelivery, writeLog} from '../bridge/store/lanes.ts';
import {type Database, openDatabase, ownSqlite} from '../bridge/store/open.ts';
import {raiseNotice} from '../bridge/store/records.ts';
import type {LogEntry} from '../bridge/store/schema.ts';
import {type MattermostDouble, type ServerVersion, startMattermost} from './doubles/mattermost/start.ts';
import {createDatabase} from './support/database.ts';

const CLI = join(import.meta.dirname, '../bridge/cli/main.ts');
const BOT_TOKEN = 'bot0token1that2nobody3sees';
const CHANNEL = 'a'.repeat(26);
const OTHER_CHANNEL = 'b'.repeat(26);
/** A start takes 0.3 s on an idle machine, and many times that on a busy one. */
const PATIENCE_MS = 240_000;
/** The oldest that was measured, and the newest: they say some things differently. */
const SERVER_VERSIONS: ServerVersion[] = ['5.37', '11.1'];
const ESCAPE = String.fromCharCode(27);

type Ended = {code: number | null; out: string; err: string};
type Options = {input?: string; env?: Record<string, string>};

const folders: string[] = [];
const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-cli-'));
    folders.push(folder);
    return folder;
};
afterAll(() => {
    for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});

/** What the first start compiled, the others need not: half of their time. */
const compiled = newFolder();

function start(folder: string, words: string[], {env}: Options = {}): ChildProcessWithoutNullStreams {
    // Nobody listens there: status finds no service.
    return spawn(process.execPath, [CLI, ...words], {
        env: {PATH: process.env.PATH, DATA_DIR: folder, PORT: '65535', NODE_COMPILE_CACHE: compiled, ...env},
    });
}

async function run(folder: string, words: string[], options: Options = {}): Promise<Ended> {
    const child = start(folder, words, options);
    const ended: Ended = {code: null, out: '', err: ''};
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
        ended.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
        ended.err += text;
    });
    child.stdin.end(options.input ?? '');
    ended.code = await new Promise((resolve) => child.once('close', resolve));
    return ended;
}

/** The one JSON document of a result or, on standard error, of a failure. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests are about
const json = ({out, err}: Ended): any => JSON.parse(out || (err.trim().split('\n').at(-1) ?? ''));

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => [...line].length));

async function openStore(folder: string, url = join(folder, 'bridge.sqlite')) {
    const database = await openDatabase(url);
    const integrations = createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now);
    await integrations.refresh();
    return {database, integrations};
}
type Store = Awaited<ReturnType<typeof openStore>>;

const addIntegration = ({integrations}: Store, name: string, config: object = {}): Promise<Integration> =>
    integrations.add({
        name,
        licence: 'aurora',
        environment: 'test',
        config: {server_url: 'https://chat.example.com', channel_id: CHANNEL, language: 'en', ...config},
        secrets: {bot_token: BOT_TOKEN, signing_secrets: []},
    });

describe('help and usage', {timeout: PATIENCE_MS}, () => {
    it('is a program of its own that explains itself', async () => {
        expect(readFileSync(CLI, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
        expect(statSync(CLI).mode & 0o111).toBe(0o111);
        const help = await run(newFolder(), ['--help']);
        expect(help.code).toBe(0);
        for (const word of ['serve', 'status', 'integration', 'test-message', 'log', 'deliveries', 'token', 'Exit codes: 0 done']) {
            expect(help.out).toContain(word);
        }
        const add = await run(newFolder(), ['integration', 'add', '--help']);
        expect(add.code).toBe(0);
        expect(add.out).toContain('Examples:\n  ireserve-bridge integration add aurora');
        expect(add.out).toMatch(/--bot-token-file FILE, or --bot-token-stdin/);
        expect(Math.max(widest(help.out), widest(add.out))).toBeLessThanOrEqual(100);
        const {version} = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {version: string};
        expect(await run(newFolder(), ['--version'])).toEqual({code: 0, out: `${version}\n`, err: ''});
    });

    it('answers wrong usage with 2 and what is meant', async () => {
        const folder = newFolder();
        const typo = await run(folder, ['stauts']);
        expect(typo).toMatchObject({code: 2, out: ''});
        expect(typo.err).toContain('Did you mean status?');
        expect(await run(folder, ['integration'])).toMatchObject({code: 2, err: expect.stringContaining('Commands:\n  list')});
        const option = await run(folder, ['token', 'create', 'aurora', '--expires', 'soon', '--json']);
        expect(option.code).toBe(2);
        expect(json(option).error).toMatchObject({code: 'usage', message: expect.stringContaining('30m, 12h or 90d')});
    });

    it('does not make an empty store where there is none, and names every wrong setting', async () => {
        const folder = newFolder();
        const status = await run(folder, ['status']);
        expect(status).toMatchObject({code: 1, out: ''});
        expect(status.err).toContain(`There is no database at ${join(folder, 'bridge.sqlite')}`);
        expect(status.err).toContain('next: Set DATA_DIR');
        expect(existsSync(join(folder, 'bridge.sqlite'))).toBe(false);
        const settings = await run(folder, ['status', '--json'], {env: {PORT: 'x', LOG_LEVEL: 'loud'}});
        expect(settings.code).toBe(1);
        expect(json(settings).error.message).toMatch(/PORT: .*\n.*LOG_LEVEL: /s);
    });
});

describe('integration and token', {timeout: PATIENCE_MS}, () => {
    const folder = newFolder();
    const base = ['--licence', 'aurora', '--environment', 'test', '--server-url', 'https://chat.example.com/', '--channel', CHANNEL];
    let store: Store;
    const current = async (): Promise<Integration> => {
        await store.integrations.refresh();
        return store.integrations.named('aurora') as Integration;
    };
    afterAll(() => store.database.close());

    it('adds one, tells all problems by path before, and never shows what it was given', async () => {
        const wrong = [
            'integration',
            'add',
            'aurora',
            ...base,
            '--bot-token',
            BOT_TOKEN,
            '--channel',
            'nope',
            '--time-zone',
            'Mars',
            '--json',
        ];
        const refused = await run(folder, wrong);
        expect(refused).toMatchObject({code: 2, out: ''});
        const [warning = '', failure = ''] = refused.err.split('\n');
        expect(JSON.parse(warning).note).toContain('--bot-token can be seen in the process list');
        expect(JSON.parse(failure).error.problems.map((one: {path: string}) => one.path)).toEqual([
            'channel_id (--channel)',
            'time_zone (--time-zone)',
        ]);

        expect(existsSync(join(folder, 'secret.key'))).toBe(false);
        const noToken = await run(folder, ['integration', 'add', 'aurora', ...base]);
        expect(noToken).toMatchObject({code: 2, err: expect.stringContaining('--bot-token-file FILE')});

        const words = ['integration', 'add', 'aurora', ...base, '--bot-token-stdin', '--signing-secret', 'generate', '--card-email'];
        const added = await run(folder, [...words, '--notification', `review=${OTHER_CHANNEL}`], {input: `${BOT_TOKEN}\n`});
        expect(added.code).toBe(0);
        store = await openStore(folder);
        const {config, secrets, state} = await current();
        expect(config).toMatchObject({server_url: 'https://chat.example.com', notifications: {review: OTHER_CHANNEL}, card_email: true});
        expect(state).toBe('active');
        expect(secrets.bot_token).toBe(BOT_TOKEN);
        expect(secrets.signing_secrets).toHaveLength(1);
        expect(added.out.split(secrets.signing_secrets[0] as string)).toHaveLength(2);
        expect(added.out).toContain('ireserve-bridge test-message aurora');
        expect(added.out + added.err).not.toContain(BOT_TOKEN);
        expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);

        const taken = await run(folder, ['integration', 'add', 'aurora', ...base], {env: {IRESERVE_BOT_TOKEN: BOT_TOKEN}});
        expect(taken).toMatchObject({code: 1, err: expect.stringContaining('An integration named aurora exists already')});
    });

    it('lists and shows integrations in i-Reserve’s words, without secrets', async () => {
        const {secrets} = await current();
        const list = await run(folder, ['integration', 'list']);
        expect(list.out).toMatch(/^NAME +LICENCE +ENVIRONMENT +STATE +SERVER URL +CHANNEL\naurora +aurora +test +active +https:/);
        const show = await run(folder, ['integration', 'show', 'aurora']);
        for (const label of ['Server URL', 'Bot token', 'Channel', 'Notifications → channel']) expect(show.out).toContain(`${label}  `);
        expect(show.out).toContain(`review → ${OTHER_CHANNEL}`);
        const document = await run(folder, ['integration', 'show', 'aurora', '--json']);
        expect(json(document)).toMatchObject({
            name: 'aurora',
            environment: 'test',
            state: 'active',
            config: {channel_id: CHANNEL, language: 'nl', dead_letter_after_hours: 72},
            secrets: {bot_token: true, signing_secrets: 1},
        });
        const printed = list.out + show.out + document.out;
        for (const secret of [BOT_TOKEN, ...secrets.signing_secrets]) expect(printed).not.toContain(secret);

        const unknown = await run(folder, ['integration', 'show', 'aurroa', '--json']);
        expect(unknown).toMatchObject({code: 3, out: ''});
        expect(json(unknown).error).toEqual({
            code: 'not_found',
            message: 'There is no integration named aurroa.',
            next: 'Choose one of: aurora.',
        });
    });

    it('rotates the signing secret with overlap', async () => {
        const [first] = (await current()).secrets.signing_secrets;
        const rotated = await run(folder, ['integration', 'set', 'aurora', '--signing-secret', 'generate', '--json']);
        const second: string = json(rotated).signing_secret;
        expect(second).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
        expect(json(rotated)).toMatchObject({changed: ['signing_secrets'], integration: {secrets: {signing_secrets: 2}}});
        expect((await current()).secrets.signing_secrets).toEqual([second, first]);

        const third = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
        const given = await run(folder, ['integration', 'set', 'aurora', '--signing-secret-file', '-'], {input: third});
        expect(given.out).toContain('1 older one is not accepted any more');
        expect(given.out).not.toContain(third);
        expect((await current()).secrets.signing_secrets).toEqual([third, second]);

        expect((await run(folder, ['integration', 'set', 'aurora', '--drop-old-signing-secret'])).code).toBe(0);
        expect((await current()).secrets.signing_secrets).toEqual([third]);
        const weak = await run(folder, ['integration', 'set', 'aurora', '--signing-secret-file', '-'], {input: 'whsec_c2hvcnQ='});
        expect(weak).toMatchObject({code: 2, err: expect.stringContaining('24 to 64 bytes')});
        expect((await current()).secrets.signing_secrets).toEqual([third]);
    });

    it('sets where answers go, and keeps the secrets of the other side to itself', async () => {
        const tokens = join(folder, 'tokens.txt');
        writeFileSync(tokens, `${'c'.repeat(26)}\n${'d'.repeat(26)}\n`);
        const password = join(folder, 'password.txt');
        writeFileSync(password, 'hunter-2-hunter\n');
        const set = await run(folder, [
            ...['integration', 'set', 'aurora', '--callback-url', 'https://aurora.example.com/callback', '--callback-secret', 'generate'],
            ...['--command-token-file', tokens, '--guard-pattern', 'IBAN', '--reply-policy', 'explicit', '--undo-seconds', '3'],
            ...['--ireserve-url', 'https://aurora.i-reserve.example', '--ireserve-user', 'api', '--ireserve-password-file', password],
            ...['--native-hook', '--json'],
        ]);
        expect(set.code).toBe(0);
        expect(set.out).not.toMatch(/hunter|cccc/);
        const {secrets, config} = await current();
        expect(json(set)).toMatchObject({
            callback_secret: secrets.callback_secrets[0],
            native_hook_path: `/v1/ireserve/hook/${secrets.native_hook_tokens[0]}`,
            integration: {secrets: {callback_secrets: 1, command_tokens: 2, ireserve_passwords: 1, native_hook_tokens: 1}},
        });
        expect(secrets).toMatchObject({command_tokens: ['c'.repeat(26), 'd'.repeat(26)], ireserve_passwords: ['hunter-2-hunter']});
        expect(config).toMatchObject({reply_policy: 'explicit', guard_patterns: ['IBAN'], undo_seconds: 3});
        const shown = await run(folder, ['integration', 'show', 'aurora']);
        expect(shown.out).toMatch(/Callback URL +https:\/\/aurora.example.com\/callback/);
        expect(shown.out).not.toMatch(/hunter|cccc|whsec/);

        const wrong = await run(folder, ['integration', 'set', 'aurora', '--guard-pattern', '(', '--callback-url', 'nowhere', '--json']);
        expect(json(wrong).error.problems.map((one: {path: string}) => one.path)).toEqual([
            'callback_url (--callback-url)',
            'guard_patterns.0 (--guard-pattern)',
        ]);
        await run(folder, ['integration', 'set', 'aurora', '--callback-url', '', '--no-native-hook', '--command-token-file', '']);
        expect((await current()).secrets).toMatchObject({native_hook_tokens: [], command_tokens: []});
        expect((await current()).config.callback_url).toBe('');
    });

    it('says who a Mattermost user is at i-Reserve, and forgets it again', async () => {
        const {id} = await current();
        const user = 'u'.repeat(26);
        expect((await run(folder, ['agent', 'list', 'aurora'])).out).toContain('No Mattermost user is matched yet');
        const unlisted = await run(folder, ['agent', 'pin', 'aurora', user, 'A1']);
        expect(unlisted).toMatchObject({code: 3, err: expect.stringContaining('--name')});
        const row = {integration_id: id, agent_id: 'A1', name: 'Anna Keller', email: 'anna@example.com', updated_at: 1};
        await store.database.write((tx) => tx.insertInto('listed_agent').values(row).execute());
        expect(json(await run(folder, ['agent', 'pin', 'aurora', user, 'A1', '--json']))).toMatchObject({
            agent: {id: 'A1', name: 'Anna Keller'},
        });
        expect(json(await run(folder, ['agent', 'list', 'aurora', '--json']))).toMatchObject({
            users: [{user_id: user, agent_id: 'A1', how: 'hand'}],
            agents: [{agent_id: 'A1'}],
        });
        expect((await run(folder, ['agent', 'unpin', 'aurora', user])).code).toBe(0);
        expect((await run(folder, ['agent', 'unpin', 'aurora', user])).code).toBe(3);
        expect(await run(folder, ['agent', 'pin', 'aurora', 'anna', 'A1'])).toMatchObject({code: 2});
    });

    it('subscribes to i-Reserve’s own webhooks, with an address nobody could guess', async () => {
        const asked: {url: string; authorization: string; body: string}[] = [];
        const ireserve = createServer((request, response) => {
            let body = '';
            request.on('data', (chunk) => {
                body += chunk;
            });
            request.on('end', () => {
                asked.push({url: request.url ?? '', authorization: request.headers.authorization ?? '', body});
                response.setHeader('content-type', 'application/json');
                response.end(request.method === 'DELETE' ? '' : '{"id": "2", "Location": "/api/rest/hook/3"}');
            });
        });
        await new Promise<void>((resolve) => ireserve.listen(0, '127.0.0.1', resolve));
        try {
            const url = `http://127.0.0.1:${(ireserve.address() as AddressInfo).port}`;
            const env = {PUBLIC_URL: 'https://bridge.example.com'};
            const unready = await run(folder, ['booking-hook', 'subscribe', 'aurora', 'booking_created'], {env});
            expect(unready).toMatchObject({code: 2, err: expect.stringContaining('--native-hook')});
            await run(folder, ['integration', 'set', 'aurora', '--ireserve-url', url, '--native-hook']);
            const done = await run(folder, ['booking-hook', 'subscribe', 'aurora', 'booking_created', '--json'], {env});
            expect(json(done)).toEqual({integration: 'aurora', event: 'booking_created', hook_id: '2', mapped: false});
            const [native_hook_token] = (await current()).secrets.native_hook_tokens;
            expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
                target_url: `https://bridge.example.com/v1/ireserve/hook/${native_hook_token}?event=booking_created`,
            });
            expect(asked[0]?.authorization).toBe(`Basic ${btoa('api:hunter-2-hunter')}`);
            expect((await run(folder, ['booking-hook', 'unsubscribe', 'aurora', '2'])).code).toBe(0);
            expect(asked.at(-1)?.url).toBe('/api/rest/hook/2');
        } finally {
            ireserve.close();
        }
    });

    it('changes only what is given, and says what it changed', async () => {
        const rules = join(folder, 'rules.yaml');
        writeFileSync(rules, `- language: de\n  channel_id: ${OTHER_CHANNEL}\n`);
        const before = await current();
        const settings = ['--routing-file', rules, '--no-card-email', '--notification', 'review=', '--notification', `invoice=${CHANNEL}`];
        const set = await run(folder, ['integration', 'set', 'aurora', ...settings, '--state', 'paused']);
        expect(set.code).toBe(0);
        expect(set.out).toContain('state: active → paused: events are stored and wait');
        expect(set.out).toContain('card_email (--card-email): true → false');
        expect(await current()).toEqual({
            ...before,
            state: 'paused',
            config: {
                ...before.config,
                card_email: false,
                notifications: {invoice: CHANNEL},
                routing: [{language: 'de', channel_id: OTHER_CHANNEL}],
            },
            updated_at: expect.any(Number),
        });
        const same = await run(folder, ['integration', 'set', 'aurora', '--state', 'paused'], {env: {IRESERVE_BOT_TOKEN: 'not-for-set'}});
        expect(same.out).toBe('aurora was like that already.\n');
        expect((await current()).secrets.bot_token).toBe(BOT_TOKEN);

        writeFileSync(rules, '- channel_id: nope\n  colour: blue\n');
        const wrong = await run(folder, ['integration', 'set', 'aurora', '--routing-file', rules]);
        expect(wrong).toMatchObject({
            code: 2,
            err: expect.stringContaining('routing.0.channel_id (--routing-file): must be a Mattermost id'),
        });
        expect((await run(folder, ['integration', 'set', 'aurora'])).code).toBe(2);
        expect((await current()).config.routing).toEqual([{language: 'de', channel_id: OTHER_CHANNEL}]);
    });

    it('makes a token that works, shows it once, and ends it', async () => {
        const created = await run(folder, ['token', 'create', 'aurora', '--label', 'i-Reserve', '--expires', '90d', '--json']);
        const {id, token, expires_at} = json(created);
        expect(Math.abs(Date.parse(expires_at) - Date.now() - 90 * 86_400_000)).toBeLessThan(PATIENCE_MS);
        expect((await store.integrations.byToken(token))?.name).toBe('aurora');

        const list = await run(folder, ['token', 'list', 'aurora']);
        expect(list.out).toMatch(new RegExp(`^ID +STATE +CREATED +EXPIRES +LABEL\n${id} +live +.* i-Reserve$`, 'm'));
        expect(list.out).not.toContain(token);
        expect((await run(folder, ['token', 'revoke', 'aurora', id])).code).toBe(0);
        const fresh = createIntegrations(store.database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now);
        expect(await fresh.byToken(token)).toBeUndefined();
        expect(json(await run(folder, ['token', 'list', 'aurora', '--json'])).tokens).toMatchObject([{id, state: 'revoked'}]);
        expect((await run(folder, ['token', 'revoke', 'aurora', 'unknown'])).code).toBe(3);
    });

    it('explains a lost or another key, and makes no new one', async () => {
        const key = join(folder, 'secret.key');
        renameSync(key, `${key}.away`);
        const lost = await run(folder, ['integration', 'list']);
        expect(lost).toMatchObject({code: 1, err: expect.stringContaining('The key of the stored secrets is missing')});
        expect(existsSync(key)).toBe(false);
        renameSync(`${key}.away`, key);
        const other = await run(folder, ['integration', 'list'], {env: {IRESERVE_SECRET_KEY: Buffer.alloc(32).toString('base64')}});
        expect(other).toMatchObject({code: 1, err: expect.stringContaining('encrypted with another key')});
        chmodSync(key, 0o644);
        const open = await run(folder, ['integration', 'list']);
        expect(open).toMatchObject({code: 1, err: expect.stringContaining(`chmod 600 ${key}`)});
        chmodSync(key, 0o600);
        expect(lost.err + other.err + open.err).not.toContain('    at ');
    });

    it('removes one only with --yes', async () => {
        const asked = await run(folder, ['integration', 'remove', 'aurora']);
        expect(asked.code).toBe(2);
        expect(asked.out).toMatch(/would go: .*1 token.*would stay: every post, thread and file in Mattermost/s);
        expect(await current()).toBeDefined();
        const removed = await run(folder, ['integration', 'remove', 'aurora', '--yes', '--json']);
        expect(json(removed)).toMatchObject({removed: {name: 'aurora'}, gone: {tokens: 1, deliveries_waiting: 0}});
        expect(await current()).toBeUndefined();
    });
});

describe('deliveries, log and status', {timeout: PATIENCE_MS}, () => {
    const folder = newFolder();
    let store: Store;
    let aurora: Integration;
    const HOUR = 3_600_000;
    const LONG_DETAIL = `${ESCAPE}[31mMattermost refused: ${'a long story '.repeat(20)}`;

    const delivery = (number: number, more: Partial<NewDelivery> = {}): NewDelivery => ({
        integration_id: aurora.id,
        direction: 'to-mattermost',
        source_id: `evt-${number}`,
        digest: 'digest',
        lane: `${queueOf(aurora.id, 'to-mattermost')}/c:C-${number}`,
        queue: queueOf(aurora.id, 'to-mattermost'),
        priority: 0,
        sequence: null,
        needsLane: false,
        type: 'message.created',
        conversation_id: `C-${number}`,
        body: '{"data":{"text":"what the visitor wrote"}}',
        state: 'queued',
        outcome: 'created',
        reason_code: null,
        reason_detail: null,
        received_at: Date.now() - 2 * HOUR,
        files: [],
        ...more,
    });
    const rowOf = (seq: number) => store.database.read.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow();
    const laneOf = (number: number) =>
        store.database.read.selectFrom('lane').selectAll().where('key', '=', delivery(number).lane).executeTakeFirstOrThrow();

    const entry = (more: Partial<LogEntry>): LogEntry => ({
        at: Date.now(),
        integration_id: aurora.id,
        direction: 'to-mattermost',
        level: 'info',
        code: 'delivered',
        detail: '',
        type: 'message.created',
        conversation_id: 'C-1',
        source_id: 'evt-1',
        delivery_seq: null,
        attempt: 1,
        duration_ms: 5,
        ...more,
    });

    /** Appends as the service does and, where wanted, gives it up as the outbox does. */
    async function insert(database: Database, number: number, dead: boolean, more: Partial<NewDelivery> = {}): Promise<number> {
        return database.write(async (tx) => {
            const appended = await append(tx, delivery(number, more), Date.now() + HOUR, null);
            if (appended.kind !== 'stored') throw new Error(appended.kind);
            const {seq, lane} = appended.row;
            if (dead) {
                const set = {state: 'dead', reason_code: 'post_refused', reason_detail: LONG_DETAIL, finished_at: Date.now()} as const;
                await tx.updateTable('delivery').set(set).where('seq', '=', seq).execute();
                await tx.updateTable('lane').set({pending: 0, due: null}).where('key', '=', lane).execute();
            }
            return seq;
        });
    }

    beforeAll(async () => {
        store = await openStore(folder);
        aurora = await addIntegration(store, 'aurora');
    });
    afterAll(() => store.database.close());

    it('lists what is not settled, in 100 columns and without what was said', async () => {
        const dead = await insert(store.database, 1, true);
        const queued = await insert(store.database, 2, false);
        const ignored = await insert(store.database, 3, false, {state: 'ignored', outcome: 'ignored', reason_code: 'stale'});
        const list = await run(folder, ['deliveries', 'list']);
        expect(list.out).toMatch(/^SEQ +STATE +AGE +TRIES +INTEGRATION +TYPE +CONVERSATION +REASON\n/);
        const [, first = '', second = '', ...rest] = list.out.split('\n');
        expect(first).toMatch(new RegExp(`^ *${dead} +dead +2 h +0 +aurora +message.created +C-1 +post_refused: .*…$`));
        expect(second).toMatch(new RegExp(`^ *${queued} +queued +2 h`));
        expect(rest).toEqual(['']);
        expect(widest(list.out)).toBe(100);
        expect(list.out).not.toContain(ESCAPE);

        const all = json(await run(folder, ['deliveries', 'list', '--state', 'all', '--integration', 'aurora', '--limit', '2', '--json']));
        expect(all).toMatchObject({
            deliveries: [
                {seq: ignored, state: 'ignored'},
                {seq: queued, integration: 'aurora', attempts: 0},
            ],
            more: true,
        });
        const one = json(await run(folder, ['deliveries', 'list', '--conversation', 'C-1', '--state', 'dead', '--json']));
        expect(one.deliveries.map(({seq}: {seq: number}) => seq)).toEqual([dead]);
        expect(JSON.stringify([all, one])).not.toContain('visitor wrote');
    });

    it('shows one delivery, and what was said only when asked', async () => {
        const seq = (
            await store.database.read.selectFrom('delivery').select('seq').where('source_id', '=', 'evt-1').executeTakeFirstOrThrow()
        ).seq;
        await store.database.write((tx) => writeLog(tx, [entry({delivery_seq: seq, level: 'error', code: 'post_refused', attempt: 5})]));
        const shown = await run(folder, ['deliveries', 'show', String(seq)]);
        expect(shown.out).toMatch(/State +dead after 0 tries\n/);
        expect(shown.out).toMatch(/error +mm +post_refused +C-1 +5 +message.created/);
        expect(shown.out).not.toContain('visitor wrote');
        const body = json(await run(folder, ['deliveries', 'show', String(seq), '--body', '--json']));
        expect(body).toMatchObject({
            delivery: {seq, state: 'dead'},
            log: [{code: 'post_refused', attempt: 5}],
            body: {data: {text: 'what the visitor wrote'}},
        });
        const unknown = await run(folder, ['deliveries', 'show', '999']);
        expect(unknown).toMatchObject({code: 3, err: expect.stringContaining('next: See ireserve-bridge deliveries list')});
    });

    it('retries dead deliveries, hurries waiting ones, and refuses settled ones', async () => {
        const [dead, waiting] = [await insert(store.database, 11, true), await insert(store.database, 12, false)];
        const settled = await insert(store.database, 13, false, {state: 'ignored', outcome: 'ignored'});
        const retried = await run(folder, ['deliveries', 'retry', String(dead), String(waiting)]);
        expect(retried).toMatchObject({code: 0, err: ''});
        expect(retried.out).toContain(`${dead}: queued again`);
        expect(await rowOf(dead)).toMatchObject({state: 'queued', reason_code: 'replayed'});
        expect(await laneOf(11)).toMatchObject({pending: 1});
        for (const lane of [await laneOf(11), await laneOf(12)]) expect(lane.due).toBeLessThanOrEqual(Date.now());
        const logged = json(await run(folder, ['log', '--event', 'evt-11', '--json'])).entries;
        expect(logged).toMatchObject([{code: 'replayed', detail: 'queued again by hand', delivery_seq: dead, integration: 'aurora'}]);

        const refused = await run(folder, ['deliveries', 'retry', String(settled), '--json']);
        expect(refused.code).toBe(1);
        expect(json(refused).results).toEqual([{seq: settled, outcome: 'settled', state: 'ignored'}]);
        const unknown = await run(folder, ['deliveries', 'retry', '999']);
        expect(unknown).toMatchObject({code: 3, out: '999: does not exist\n'});
    });

    it('retries all dead deliveries of one integration, and says when it is paused', async () => {
        const dead = [await insert(store.database, 21, true), await insert(store.database, 22, true)];
        expect((await run(folder, ['deliveries', 'retry', '--all-dead'])).code).toBe(2);
        expect((await rowOf(dead[0] as number)).state).toBe('dead');
        await store.integrations.change(aurora.id, {state: 'paused'});
        const retried = await run(folder, ['deliveries', 'retry', '--all-dead', '--integration', 'aurora', '--json']);
        await store.integrations.change(aurora.id, {state: 'active'});
        expect(retried.err).toContain('aurora is paused: they go out once it is active');
        const {results} = json(retried);
        expect(results).toEqual(expect.arrayContaining(dead.map((seq) => ({seq, outcome: 'queued', state: 'queued'}))));
        for (const seq of dead) expect((await rowOf(seq)).state).toBe('queued');
    });

    it('discards only with a reason, and not what is being tried', async () => {
        const [first, busy] = [await insert(store.database, 31, true), await insert(store.database, 32, false)];
        expect((await run(folder, ['deliveries', 'discard', String(first)])).code).toBe(2);
        expect((await run(folder, ['deliveries', 'discard', String(first), '--reason', ' '])).code).toBe(2);
        expect((await rowOf(first)).state).toBe('dead');
        await store.database.write((tx) => tx.updateTable('lane').set({owner: 'a bridge'}).where('key', '=', delivery(32).lane).execute());
        const discarded = await run(folder, ['deliveries', 'discard', String(first), String(busy), '--reason', 'test data', '--json']);
        expect(discarded.code).toBe(1);
        expect(json(discarded).results).toEqual([
            {seq: first, outcome: 'discarded', state: 'discarded'},
            {seq: busy, outcome: 'busy', state: 'queued'},
        ]);
        expect(await rowOf(first)).toMatchObject({state: 'discarded', reason_detail: 'test data'});
        expect((await rowOf(busy)).state).toBe('queued');
    });

    it('filters the log, in 100 columns, with colours only where they are wanted', async () => {
        const at = Date.now();
        await store.database.write((tx) =>
            writeLog(tx, [
                entry({at: at - 3 * HOUR, code: 'long_ago', conversation_id: 'C-log'}),
                entry({
                    at,
                    level: 'warn',
                    code: 'mattermost_rate_limited',
                    conversation_id: 'C-log',
                    source_id: 'evt-log',
                    detail: LONG_DETAIL,
                }),
                entry({at, level: 'error', code: 'post_refused', conversation_id: 'C-log', direction: 'to-ireserve'}),
            ]),
        );
        const codes = async (filter: LogFilter, most = 50): Promise<string[]> =>
            (await readLog(store.database, {conversation: 'C-log', ...filter}, most)).map(({code}) => code);
        expect(await codes({integration_id: aurora.id})).toEqual(['long_ago', 'mattermost_rate_limited', 'post_refused']);
        expect(await codes({integration_id: 'another'})).toEqual([]);
        expect(await codes({since: at - HOUR})).toEqual(['mattermost_rate_limited', 'post_refused']);
        expect(await codes({event: 'evt-log'})).toEqual(['mattermost_rate_limited']);
        expect(await codes({level: 'error'})).toEqual(['post_refused']);
        expect(await codes({}, 1)).toEqual(['post_refused']);
        const filter = ['--conversation', 'C-log', '--since', '1h', '--level', 'warn', '--direction', 'to-mattermost'];
        const [document, unknown] = await Promise.all([
            run(folder, ['log', 'aurora', ...filter, '--json']),
            run(folder, ['log', 'nobody']),
        ]);
        expect(json(document).entries).toMatchObject([
            {code: 'mattermost_rate_limited', integration: 'aurora', at: new Date(at).toISOString()},
        ]);
        expect(unknown.code).toBe(3);

        const text = await run(folder, ['log', '--conversation', 'C-log']);
        expect(text.out).toMatch(/^TIME +LEVEL +INTEGRATION +TO +CODE +CONVERSATION +TRY +DETAIL\n/);
        expect(text.out).toMatch(/error +aurora +ir +post_refused/);
        expect(widest(text.out)).toBe(100);
        expect(text.out).not.toContain(ESCAPE);
        const wide = await run(folder, ['log', '--conversation', 'C-log', '--wide'], {env: {FORCE_COLOR: '1'}});
        expect(wide.out).toContain(LONG_DETAIL.replace(ESCAPE, ' ').trim());
        expect(wide.out).toContain(`${ESCAPE}[31merror${ESCAPE}[39m`);
    });

    it('follows the log until Ctrl+C, beside the service', async () => {
        const child = start(folder, ['log', 'aurora', '--follow', '--json', '--limit', '1']);
        let out = '';
        const line = (number: number) =>
            new Promise<{code: string}>((resolve) => {
                const look = () => {
                    const found = out.split('\n')[number];
                    if (found && out.split('\n').length > number + 1) resolve(JSON.parse(found) as {code: string});
                };
                child.stdout.on('data', look);
                look();
            });
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
            out += text;
        });
        const ended = new Promise((resolve) => child.once('close', resolve));
        expect(await line(0)).toMatchObject({code: 'post_refused'});
        // The service can become the owner meanwhile: the command line never takes the lock.
        const release = ownSqlite(join(folder, 'bridge.sqlite'));
        expect(release).not.toBeNull();
        await store.database.write((tx) => writeLog(tx, [entry({code: 'came_first'}), entry({code: 'came_second'})]));
        expect([await line(1), await line(2)]).toMatchObject([{code: 'came_first'}, {code: 'came_second'}]);
        const token = await run(folder, ['token', 'create', 'aurora', '--json']);
        expect(token.code).toBe(0);
        release?.();
        child.kill('SIGINT');
        expect(await ended).toBe(0);
        expect(out.trimEnd().split('\n')).toHaveLength(3);
    });

    it('says on one screen what waits and what to do', async () => {
        const other = await addIntegration(store, 'other', {server_url: 'https://other.example.com'});
        await store.database.write((tx) =>
            raiseNotice(tx, {
                integration_id: other.id,
                code: 'bot_not_in_channel',
                subject: OTHER_CHANNEL,
                detail: `the bot may not post in channel ${OTHER_CHANNEL}`,
                since: Date.now() - 5 * HOUR,
            }),
        );
        const counts = await store.database.read.selectFrom('delivery').select('state').where('integration_id', '=', aurora.id).execute();
        const count = (state: string) => counts.filter((one) => one.state === state).length;
        const service = await startReady('degraded');
        const {code, out} = await run(folder, ['status'], {env: {PUBLIC_URL: service.url}});
        await service.stop();
        expect(code).toBe(0);
        expect(out).toContain(join(folder, 'bridge.sqlite'));
        expect(out).toContain(`answers at ${service.url}: degraded`);
        expect(out).toMatch(/^INTEGRATION +LICENCE +ENVIRONMENT +STATE +WAITING +OLDEST +DEAD +NOTICES$/m);
        expect(out).toMatch(new RegExp(`^aurora +aurora +test +active +${count('queued')} +2 h +${count('dead')} +0$`, 'm'));
        expect(out).toMatch(/^other +aurora +test +active +0 +0 +1$/m);
        expect(out).toMatch(
            new RegExp(`NOTICE other, for 5 h: bot_not_in_channel\n.*\n  next: In Mattermost, add the bot .* channel ${OTHER_CHANNEL}`),
        );

        const document = json(await run(folder, ['status', '--json']));
        expect(document).toMatchObject({
            database: {kind: 'sqlite'},
            service: {answers: false, status: 'ECONNREFUSED'},
            integrations: [
                {name: 'aurora', queued: count('queued'), dead: count('dead'), notices: []},
                {name: 'other', queued: 0, oldest_queued_at: null, notices: [{code: 'bot_not_in_channel', subject: OTHER_CHANNEL}]},
            ],
        });
    });

    it('misses no entry of a replica that commits late', async () => {
        const database = await openDatabase(await createDatabase());
        const seen: string[] = [];
        let commit = (): void => undefined;
        const mayCommit = new Promise<void>((resolve) => {
            commit = resolve;
        });
        let late: Promise<void> | undefined;
        const steps = [
            async () => {
                // It has the lower id and is not committed yet.
                await new Promise<void>((inserted) => {
                    late = database.write(async (tx) => {
                        await writeLog(tx, [entry({code: 'late'})]);
                        inserted();
                        await mayCommit;
                    });
                });
                await database.write((tx) => writeLog(tx, [entry({code: 'early'})]));
            },
            async () => {
                commit();
                await late;
            },
        ];
        const pause = async () => {
            const step = steps.shift();
            await step?.();
            return step !== undefined;
        };
        for await (const entries of followLog(database, {}, 10, pause)) seen.push(...entries.map(({code}) => code));
        await database.close();
        expect(seen).toEqual(['early', 'late']);
    });

    it('works on PostgreSQL, and does not show its password', async () => {
        const url = new URL(await createDatabase());
        const database = await openDatabase(url.href);
        await addIntegration(
            {
                ...store,
                integrations: createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now),
            },
            'pg',
        );
        await database.close();
        url.password ||= 'postgres-password';
        const status = await run(folder, ['status'], {env: {DATABASE_URL: url.href}});
        expect(status.code).toBe(0);
        expect(status.out).toContain(`postgres, ${url.host}${url.pathname}`);
        expect(status.out).toMatch(/^pg +aurora/m);
        expect(status.out).not.toContain(url.password);
        const down = await run(folder, ['status'], {env: {DATABASE_URL: 'postgres://bridge:hidden@127.0.0.1:1/none'}});
        expect(down).toMatchObject({code: 1, out: ''});
        expect(down.err).toContain('next: Is PostgreSQL running, and are host and port in DATABASE_URL right?');
        expect(down.err).not.toMatch(/hidden|\n {4}at /);
    });
});

async function startReady(status: string): Promise<{url: string; stop(): Promise<unknown>}> {
    const server: Server = createServer((request, response) => {
        response.end(request.url === '/ready' ? JSON.stringify({status}) : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {url, stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections())};
}

describe.each(SERVER_VERSIONS)('test-message and Mattermost %s', {timeout: PATIENCE_MS}, (version) => {
    const folder = newFolder();
    let mattermost: MattermostDouble;
    let store: Store;
    let aurora: Integration;

    beforeAll(async () => {
        mattermost = await startMattermost({version});
        const {bot, channels} = mattermost.seeded;
        store = await openStore(folder);
        const config = {server_url: mattermost.url, channel_id: channels.mirror.id, notifications: {review: channels.notifications.id}};
        aurora = await addIntegration(store, 'aurora', config);
        aurora = await store.integrations.change(aurora.id, {secrets: {bot_token: bot.token}});
    });
    afterAll(async () => {
        await store.database.close();
        await mattermost.stop();
    });

    const posted = (channel: string) =>
        mattermost.look.posts(channel).filter((post) => post.message.includes('Test message from i-Reserve'));
    /** The checks themselves, without a process. */
    const failed = async ({
        channel,
        url = mattermost.url,
        token,
    }: {
        channel?: string;
        url?: string;
        token?: string;
    } = {}): Promise<Check[]> => {
        const servers = createServers({createsInFlight: 1, timeoutMs: 10_000, now: Date.now});
        const integration = {...aurora, config: {...aurora.config, server_url: url}};
        const {checks} = await checkMattermost(servers.client(url, token ?? aurora.secrets.bot_token), integration, {channel});
        return checks.filter((check) => !check.ok);
    };

    it('posts with the bot and says with whom and to what it spoke', async () => {
        const {bot, channels} = mattermost.seeded;
        const ended = await run(folder, ['test-message', 'aurora']);
        expect(ended).toMatchObject({code: 0, err: ''});
        const {Version} = (await (await fetch(`${mattermost.url}/api/v4/config/client?format=old`)).json()) as {Version: string};
        expect(ended.out).toContain(`is Mattermost ${Version}`);
        expect(ended.out).toContain(`works for bot @${bot.username}`);
        expect(ended.out).toContain(`Notification review: ~${channels.notifications.name}`);
        expect(ended.out).toContain('All in order: aurora can post.');
        expect(posted(channels.mirror.id)).toMatchObject([{user_id: bot.id}]);
        expect(posted(channels.notifications.id)).toEqual([]);
        const elsewhere = await run(folder, ['test-message', 'aurora', '--json', '--channel', channels.notifications.id]);
        expect(json(elsewhere)).toMatchObject({ok: true, bot: bot.username, server_version: Version});
        expect(posted(channels.notifications.id).map(({id}) => id)).toEqual([json(elsewhere).post_id]);
        expect(ended.out + elsewhere.out).not.toContain(bot.token);
    });

    it('ends with 1 and one next step for each thing that is not in order', async () => {
        const {bot, channels} = mattermost.seeded;
        mattermost.act.removeMember(channels.notifications.id, bot.id);
        mattermost.act.archive(channels.mirror.id);
        const [text, document] = await Promise.all([
            run(folder, ['test-message', 'aurora']),
            run(folder, ['test-message', 'aurora', '--json', '--channel', channels.notifications.id]),
        ]);
        mattermost.act.restore(channels.mirror.id);
        mattermost.act.addMember(channels.notifications.id, bot.id);
        expect([text.code, document.code]).toEqual([1, 1]);
        expect(text.out).toMatch(/FAILED +Channel: .*is archived \[channel_archived\]\n +next: Unarchive channel/);
        expect(text.out).toMatch(/FAILED +Notification review: the bot is no member of ~bookings.*\n +next: In Mattermost, add the bot/);
        expect(json(document)).toMatchObject({ok: false, checks: [{ok: true}, {ok: true}, {name: 'Channel', code: 'bot_not_in_channel'}]});
        expect(await failed()).toEqual([]);
    });

    it('names each hop that can be broken', async () => {
        const {channels, agents, team} = mattermost.seeded;
        expect(await failed({channel: channels.other.id})).toMatchObject([
            {name: 'Channel', code: 'bot_not_in_channel', next: expect.stringContaining(channels.other.id)},
        ]);
        const secret = mattermost.act.addChannel({teamId: team.id, name: 'secret', type: 'P', members: [agents[0].id]});
        expect(await failed({channel: secret.id})).toMatchObject([{name: 'Channel', code: 'bot_not_in_channel'}]);
        expect(await failed({channel: CHANNEL})).toMatchObject([{name: 'Channel', code: 'channel_unknown'}]);
        mattermost.faults.add({kind: 'error', route: 'POST /posts', next: 1});
        expect(await failed()).toMatchObject([{name: 'Test message', code: 'mattermost_error'}]);
        mattermost.faults.add({kind: 'error', route: 'POST /posts', next: 1, status: 403, id: 'api.context.permissions.app_error'});
        expect(await failed()).toMatchObject([{name: 'Test message', code: 'post_refused'}]);
        expect(await failed({token: BOT_TOKEN})).toMatchObject([
            {name: 'Bot token', code: 'mattermost_token_refused', next: expect.stringContaining('--bot-token-file')},
        ]);
        const page = await startReady('no Mattermost');
        expect(await failed({url: page.url})).toMatchObject([{name: 'Server URL', code: 'mattermost_url_wrong'}]);
        await page.stop();
        expect(await failed({url: page.url})).toMatchObject([
            {name: 'Server URL', code: 'mattermost_unreachable', next: expect.stringContaining(page.url)},
        ]);
    });
});

describe('serve', {timeout: PATIENCE_MS}, () => {
    it('runs the service, beside which the other commands work, until SIGTERM', async () => {
        const folder = newFolder();
        const child = start(folder, ['serve'], {env: {HOST: '127.0.0.1', PORT: '0'}});
        const ended = new Promise((resolve) => child.once('close', resolve));
        let out = '';
        const port = await new Promise<number>((resolve, reject) => {
            child.stdout.on('data', (text: Buffer) => {
                out += text;
                const found = /"port":(\d+)/.exec(out)?.[1];
                if (found) resolve(Number(found));
            });
            child.stderr.on('data', (text: Buffer) => reject(new Error(text.toString())));
        });
        const add = ['integration', 'add', 'aurora', '--licence', 'aurora', '--environment', 'test', '--bot-token-stdin'];
        const added = await run(folder, [...add, '--server-url', 'http://127.0.0.1:1', '--channel', CHANNEL], {input: BOT_TOKEN});
        expect(added).toMatchObject({code: 0});
        const {token} = json(await run(folder, ['token', 'create', 'aurora', '--json']));
        await expect
            .poll(
                async () => (await fetch(`http://127.0.0.1:${port}/v1/events/none`, {headers: {authorization: `Bearer ${token}`}})).status,
                {timeout: 10_000},
            )
            .toBe(404);
        const status = json(await run(folder, ['status', '--json'], {env: {PORT: String(port)}}));
        expect(status.service).toMatchObject({answers: true, status: 'ready'});
        child.kill('SIGTERM');
        expect(await ended).toBe(0);
    });
});
