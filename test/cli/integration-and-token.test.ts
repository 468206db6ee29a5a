/** Integrations, their secrets and tokens from the command line. */
import {chmodSync, existsSync, renameSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import type {Integration} from '../../bridge/integration.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {BOT_TOKEN, CHANNEL, json, newFolder, OTHER_CHANNEL, openStore, PATIENCE_MS, run, type Store} from './command-line.ts';

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
