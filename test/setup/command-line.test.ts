/** `setup` and `doctor` as an admin uses them: on a store of their own. */
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type Ended, runInProcess, runProcess} from '../cli/in-process.ts';
import {startFront} from '../doctor/front.ts';
import {SEEDED_PASSWORD} from '../doubles/mattermost/seed.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {certificate, pemFile} from '../support/tls/certificates.ts';

/** A start takes 0.3 s on an idle machine, and many times that on a busy one. */
const PATIENCE_MS = 240_000;

let mattermost: MattermostDouble;
let folder = '';

beforeEach(async () => {
    mattermost = await startMattermost({config: {enableUserAccessTokens: true}});
    folder = mkdtempSync(join(tmpdir(), 'ireserve-setup-cli-'));
    writeFileSync(join(folder, 'admin.token'), mattermost.seeded.admin.token);
    writeFileSync(join(folder, 'admin.password'), SEEDED_PASSWORD);
    writeFileSync(
        join(folder, 'answers.yaml'),
        [
            'name: aurora-test',
            'licence: aurora',
            'environment: test',
            `server_url: ${mattermost.url}`,
            'public_url: http://127.0.0.1:9',
            'teams: [hotel-aurora]',
            'channel: chats',
            'notifications:',
            '  booking_confirmation: bookings',
            'plugin: false',
        ].join('\n'),
    );
});
afterEach(async () => {
    rmSync(folder, {recursive: true, force: true});
    await mattermost.stop();
});

const environment = () => ({DATA_DIR: join(folder, 'data'), PORT: '65535'});
const run = (...words: string[]): Promise<Ended> => runInProcess(words, {cwd: folder, env: environment()});

const TOKEN = ['--admin-token-file', 'admin.token'];

describe('on the command line', {timeout: PATIENCE_MS}, () => {
    it('plans without a trace, makes, examines, and removes', async () => {
        const before = mattermost.look.everything();
        const planned = await run('setup', '--answers', 'answers.yaml', ...TOKEN, '--dry-run');
        expect(planned).toMatchObject({code: 0, err: ''});
        expect(planned.out).toMatch(/to make +channel chats: will be made, private/);
        expect(mattermost.look.everything()).toEqual(before);
        expect(existsSync(join(folder, 'data'))).toBe(false);

        const made = await run('setup', '--answers', 'answers.yaml', ...TOKEN, '--yes', '--json');
        expect(made.code, made.err).toBe(0);
        const document = JSON.parse(made.out) as {ok: boolean; signing_secret: string; doctor: {hops: {hop: string; state: string}[]}};
        expect(document.ok).toBe(true);
        expect(document.signing_secret).toMatch(/^whsec_/);
        expect(document.doctor.hops.find(({hop}) => hop === 'channels')?.state).toBe('ok');
        expect(made.out + made.err).not.toContain(mattermost.seeded.admin.token);

        const doctor = await run('doctor', 'aurora-test', '--all', '--public-url', 'http://127.0.0.1:9', ...TOKEN);
        expect(doctor.code).toBe(1);
        expect(doctor.out).toContain('[bridge_not_running]');
        expect(doctor.out).toContain('ireserve-bridge serve');
        expect(doctor.out).toMatch(/☑ Bot account made, token set/);
        expect(doctor.out).toMatch(/☐ Endpoint reachable from the Mattermost server/);
        const codes = JSON.parse((await run('doctor', 'aurora-test', '--json')).out) as {ok: boolean; reports: {hops: unknown[]}[]};
        expect(codes).toMatchObject({ok: false, reports: [{integration: 'aurora-test', environment: 'test'}]});

        const audited = JSON.parse((await run('audit', '--json')).out) as object;
        expect(JSON.stringify(audited)).toContain('integration.added');

        const asked = await run('setup', 'aurora-test', '--remove', ...TOKEN);
        expect(asked).toMatchObject({code: 2, err: expect.stringContaining('only with --yes')});
        expect((await run('setup', 'aurora-test', '--remove', '--yes', ...TOKEN)).code).toBe(0);
        expect((await run('setup', 'aurora-test', '--remove', '--yes', ...TOKEN)).code).toBe(3);
    });

    it('a log-in is ended with the run, and its password never shown', async () => {
        const login = ['--admin-user', 'admin', '--admin-password-file', 'admin.password'];
        const planned = await run('setup', '--answers', 'answers.yaml', ...login, '--dry-run');
        expect(planned.code, planned.err).toBe(0);
        expect(planned.out + planned.err).not.toContain(SEEDED_PASSWORD);
        const calls = mattermost.requests().map(({route}) => route);
        expect(calls.filter((route) => route === 'POST /users/login')).toHaveLength(1);
        expect(calls.at(-1)).toBe('POST /users/logout');
    });

    it('says everything that is missing or wrong at once, and asks nobody where nobody is', async () => {
        const missing = await run('setup', 'aurora', '--server-url', 'ftp://x', ...TOKEN);
        expect(missing.code).toBe(2);
        expect(missing.err).toContain('  server_url: an address that begins with https:// or http://');
        const flags = {
            public_url: '--public-url URL',
            licence: '--licence LICENCE',
            environment: '--environment test|production',
            teams: '--team NAME',
            channel: '--channel NAME',
        };
        for (const [key, flag] of Object.entries(flags)) expect(missing.err).toContain(`  ${key}: missing; give ${flag}\n`);
        const nobody = await run('setup', '--answers', 'answers.yaml');
        expect(nobody).toMatchObject({code: 2, err: expect.stringContaining('--admin-token-file')});
        writeFileSync(join(folder, 'anna.token'), mattermost.seeded.agents[0].token);
        expect((await run('setup', '--answers', 'answers.yaml', '--admin-token-file', 'anna.token')).err).toContain('no system admin');
        writeFileSync(join(folder, 'answers.yaml'), 'name: [');
        expect((await run('setup', '--answers', 'answers.yaml', ...TOKEN)).err).toContain('can’t be read');
    });

    it('a certificate that is not trusted is told with what mends it, and that mends it', async () => {
        const front = await startFront(mattermost.url, {tls: certificate('self-signed')});
        const there = ['setup', '--answers', 'answers.yaml', '--server-url', front.url, '--dry-run'];
        try {
            const login = ['--admin-user', 'admin', '--admin-password-file', 'admin.password'];
            for (const access of [TOKEN, login]) {
                const refused = await run(...there, ...access);
                expect(refused.code).toBe(1);
                expect(refused.err).toContain('Mattermost can’t be reached: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT).');
                expect(refused.err).toContain('next: Renew or correct the certificate of');
                expect(refused.err).toContain('NODE_EXTRA_CA_CERTS=FILE');
                expect(refused.err).not.toContain(SEEDED_PASSWORD);
            }
            // Node reads it when it starts.
            const env = {...environment(), NODE_EXTRA_CA_CERTS: pemFile('self-signed')};
            const trusting = await runProcess([...there, ...TOKEN], {cwd: folder, env});
            expect(trusting, trusting.err).toMatchObject({code: 0, out: expect.stringContaining('channel chats: will be made')});
        } finally {
            await front.stop();
        }
    });

    it('a plan that can’t be carried out changes nothing and ends with 1', async () => {
        mattermost.config.enableBotAccountCreation = false;
        const before = mattermost.look.everything();
        const blocked = await run('setup', '--answers', 'answers.yaml', ...TOKEN, '--yes');
        expect(blocked.code).toBe(1);
        expect(blocked.err).toContain('Nothing was changed');
        expect(blocked.out).toContain('mmctl config set ServiceSettings.EnableBotAccountCreation true');
        expect(mattermost.look.everything()).toEqual(before);
    });
});
