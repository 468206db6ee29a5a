/** `setup` on a real pseudo-terminal: the whole dialogue, what is not shown, and what is left when somebody stops it. */
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {OF_ALL_PROCESSES} from '../cli/in-process.ts';
import {SEEDED_PASSWORD} from '../doubles/mattermost/seed.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {CTRL_C, CTRL_D, HAS_PTY, onTerminal, type Terminal} from './pty.ts';

const CLI = join(import.meta.dirname, '../../bridge/cli/main.ts');
/** A start takes 0.3 s on an idle machine, and many times that on a busy one. */
const PATIENCE_MS = 60_000;

if (!HAS_PTY) console.log('setup on a terminal: not tried, there is no util-linux `script` here to make one.');

let mattermost: MattermostDouble;
let folder = '';
beforeEach(async () => {
    mattermost = await startMattermost();
    folder = mkdtempSync(join(tmpdir(), 'ireserve-terminal-'));
    writeFileSync(join(folder, 'admin.token'), mattermost.seeded.admin.token);
});
afterEach(async () => {
    rmSync(folder, {recursive: true, force: true});
    await mattermost.stop();
});

const setup = (...words: string[]): Terminal =>
    onTerminal([process.execPath, CLI, 'setup', ...words], {
        cwd: folder,
        env: {...OF_ALL_PROCESSES, DATA_DIR: join(folder, 'data'), PORT: '65535'},
        patienceMs: PATIENCE_MS,
    });

const URL_QUESTION = 'Server URL of Mattermost (https://…):';
const GO = 'Go ahead? [y/N]:';
const userQuestion = () => `System admin of ${mattermost.url} (user name or e-mail):`;
const PASSWORD_QUESTION = 'Password (used once, not stored):';

/** All that must be answered, as flags. */
const flags = () => [
    ...['aurora-test', '--licence', 'aurora', '--environment', 'test', '--team', 'hotel-aurora', '--channel', 'chats', '--no-plugin'],
    ...['--server-url', mattermost.url, '--public-url', 'http://127.0.0.1:9', '--callback-url', 'http://127.0.0.1:9/callback'],
];
const TOKEN = ['--admin-token-file', 'admin.token'];

const restored = (terminal: Terminal) => expect(terminal.screen()).toMatch(/(^|\n)(icanon\n[^-]*\n?echo |echo \n?icanon|icanon\necho )/);
const leftNothing = (before: unknown) => {
    expect(mattermost.look.everything()).toEqual(before);
    expect(existsSync(join(folder, 'data'))).toBe(false);
};

// Skipped: no util-linux to make a terminal, as said above.
describe.skipIf(!HAS_PTY)('on a terminal', {timeout: 4 * PATIENCE_MS}, () => {
    it('asks for everything, suggests, says why an answer is not right, never shows the password, and makes it all', async () => {
        const terminal = setup('--no-plugin');
        await terminal.answer(URL_QUESTION, 'chat.example.com');
        await terminal.shown('chat.example.com: an address that begins with https:// or http://');
        await terminal.answer(URL_QUESTION, '');
        await terminal.shown('(nothing): an answer is needed');
        await terminal.answer(URL_QUESTION, mattermost.url);
        await terminal.answer('(PUBLIC_URL):', 'http://127.0.0.1:9');
        await terminal.answer('Licence (owner) in i-Reserve:', 'aurora');
        await terminal.answer('test or production [test]:', 'prod');
        await terminal.shown('prod: test or production');
        await terminal.answer('test or production [test]:', '');
        await terminal.answer('Short name of this integration [aurora-test]:', 'not a name');
        await terminal.shown('not a name: up to 64 of A-Z a-z 0-9 . _ -');
        await terminal.answer('Short name of this integration [aurora-test]:', '');
        await terminal.answer('(several: separated by spaces):', 'Hotel_Aurora');
        await terminal.shown('as in its address');
        await terminal.answer('(several: separated by spaces):', 'hotel-aurora');
        await terminal.answer('[web-chats-test]:', '');
        await terminal.answer('(Enter: later):', 'no idea');
        await terminal.shown('no idea: an address that begins with');
        await terminal.answer('(Enter: later):', '');
        await terminal.answer(userQuestion(), '');
        await terminal.answer(userQuestion(), 'admin');
        await terminal.answer(PASSWORD_QUESTION, 'not-the-password');
        await terminal.shown('Mattermost refuses user name or password.');
        await terminal.answer(userQuestion(), 'admin');
        await terminal.answer(PASSWORD_QUESTION, SEEDED_PASSWORD);
        await terminal.shown('to make   channel web-chats-test: will be made, private');
        await terminal.answer(GO, 'perhaps');
        await terminal.shown('Please answer y or n.');
        await terminal.answer(GO, 'y');
        expect(await terminal.ended, terminal.screen()).toBe(0);
        const screen = terminal.screen();
        for (const secret of [SEEDED_PASSWORD, 'not-the-password']) expect(screen).not.toContain(secret);
        expect(screen).toContain('Test message posted: aurora-test can post.');
        restored(terminal);
        const {channels, users} = mattermost.look.everything() as {channels: {name: string; type: string}[]; users: {username: string}[]};
        expect(channels).toContainEqual(expect.objectContaining({name: 'web-chats-test', type: 'P'}));
        expect(users).toContainEqual(expect.objectContaining({username: 'ireserve-test'}));
        const routes = mattermost.requests().map(({route}) => route);
        expect(routes.at(-1)).toBe('POST /users/logout');
    });

    it('Ctrl-C at any question changes nothing, leaves the terminal as it was, and ends with 130', async () => {
        const before = mattermost.look.everything();
        const stops: [string, (terminal: Terminal) => Promise<void>, string[]][] = [
            ['the first question', (terminal) => terminal.asked(URL_QUESTION), []],
            [
                'the password',
                async (terminal) => {
                    await terminal.answer(userQuestion(), 'admin');
                    await terminal.asked(PASSWORD_QUESTION);
                    terminal.type('half-a-pass');
                },
                flags(),
            ],
            ['the last word', (terminal) => terminal.asked(GO), [...flags(), ...TOKEN]],
        ];
        for (const [what, wait, words] of stops) {
            const terminal = setup(...words);
            await wait(terminal);
            terminal.type(CTRL_C);
            expect(await terminal.ended, what).toBe(130);
            expect(terminal.screen(), what).toContain('Stopped.');
            expect(terminal.screen(), what).toContain('Nothing was changed');
            expect(terminal.screen(), what).not.toMatch(/half-a-pass|mistake in ireserve-bridge/);
            restored(terminal);
            leftNothing(before);
        }
    });

    it('the end of input is no answer, and no is the answer to Enter', async () => {
        const before = mattermost.look.everything();
        const ended = setup();
        await ended.asked(URL_QUESTION);
        ended.type(CTRL_D);
        expect(await ended.ended, ended.screen()).toBe(130);
        const refused = setup(...flags(), ...TOKEN);
        await refused.answer(GO, '');
        expect(await refused.ended, refused.screen()).toBe(1);
        expect(refused.screen()).toContain('Nothing was changed.');
        leftNothing(before);
    });

    it('Ctrl-C while things are made lets the step end; the same command goes on from there; and all of it can be taken back', async () => {
        Object.assign(mattermost.config, {enableApiChannelDeletion: true, enableApiUserDeletion: true});
        const before = mattermost.look.everything();
        mattermost.latency.extraMs.set('POST /channels', 3000);
        const terminal = setup(...flags(), ...TOKEN);
        await terminal.answer(GO, 'y');
        await terminal.shown('bot in team');
        await mattermost.until(() => mattermost.requests().some(({route}) => route === 'POST /channels'));
        terminal.type(CTRL_C);
        await terminal.shown('Stopping after this step');
        expect(await terminal.ended, terminal.screen()).toBe(130);
        expect(terminal.screen()).toContain('run the same command again, it goes on from there');
        expect(terminal.screen()).toMatch(/made +channel chats/);
        expect(terminal.screen()).not.toContain('Test message');
        type World = {channels: {name: string}[]; users: {username: string}[]; commands: unknown[]};
        const world = () => mattermost.look.everything() as World;
        expect(world().channels.filter(({name}) => name === 'chats')).toHaveLength(1);
        expect(world().commands).toHaveLength(0);

        mattermost.latency.extraMs.clear();
        const again = setup(...flags(), ...TOKEN);
        await again.shown('exists    channel chats');
        await again.answer(GO, 'y');
        expect(await again.ended, again.screen()).toBe(0);
        expect(world().channels.filter(({name}) => name === 'chats')).toHaveLength(1);
        expect(world().users.filter(({username}) => username === 'ireserve-test')).toHaveLength(1);
        expect(world().commands).toHaveLength(1);

        const kept = setup('aurora-test', '--remove', '--permanent', ...TOKEN);
        await kept.answer('[y/N]:', 'n');
        expect(await kept.ended).toBe(2);
        expect(world().commands).toHaveLength(1);
        const removed = setup('aurora-test', '--remove', '--permanent', ...TOKEN);
        await removed.answer('[y/N]:', 'yes');
        expect(await removed.ended, removed.screen()).toBe(0);
        expect(mattermost.look.everything()).toEqual(before);
    });

    it('a dry run asks what it must know, and nothing else', async () => {
        const before = mattermost.look.everything();
        const terminal = setup(...flags().filter((word) => word !== 'aurora-test'), ...TOKEN, '--dry-run');
        await terminal.answer('Short name of this integration [aurora-test]:', '');
        expect(await terminal.ended, terminal.screen()).toBe(0);
        expect(terminal.screen()).toContain('channel chats: will be made, private');
        expect(terminal.screen()).not.toContain(GO);
        leftNothing(before);
    });
});
