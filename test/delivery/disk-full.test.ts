/** The disk is full for a while, or read-only: nothing is acknowledged that is not stored, nothing acknowledged is lost, and all goes on when there is space. */
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, readdirSync, statfsSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {seededRandom} from '../doubles/mattermost/state/ids.ts';
import {type BridgeChild, spawnBridge} from './bridge-child.ts';
import {type Chat, judge, makeChat} from './load.ts';
import {createSender} from './sender.ts';
import {makeSite, type Site} from './site.ts';

const CHATS = 8;

let mattermost: MattermostDouble;
let site: Site;
let bridge: BridgeChild | undefined;

beforeEach(async () => {
    mattermost = await startMattermost();
    site = await makeSite({mattermost});
});

afterEach(async () => {
    await bridge?.kill('SIGKILL');
    await mattermost.stop();
    site.remove();
});

type Disk = {fill(): void; clear(): void};

/** Sends all the time, fills the disk, sees events refused, clears it, and waits until everything stands in Mattermost. */
async function outage(url: string, disk: Disk): Promise<void> {
    const random = seededRandom(1);
    const chats: Chat[] = Array.from({length: CHATS}, (_, index) => makeChat(`C-${index}`, random));
    const sender = createSender(() => url, site.token);
    const sending = Promise.all(chats.map((chat) => sender.sendAll(chat.events(), () => random() * 50)));
    await expect.poll(() => sender.acknowledged.length, {timeout: 20_000, interval: 20}).toBeGreaterThan(3 * CHATS);
    disk.fill();
    await expect
        .poll(() => sender.refusals.get('503 storage_unavailable') ?? 0, {timeout: 20_000, interval: 20})
        .toBeGreaterThan(3 * CHATS);
    const during = sender.acknowledged.length;
    const ready = await fetch(`${url}/ready`);
    expect.soft(ready.status, `/ready said ${await ready.text()}`).toBe(503);
    disk.clear();
    await expect.poll(() => sender.acknowledged.length, {timeout: 30_000, interval: 20}).toBeGreaterThan(during + 3 * CHATS);
    sender.stop();
    await sending;
    // Nothing else was ever answered: no 500, no connection cut.
    expect([...sender.refusals.keys()]).toEqual(['503 storage_unavailable']);
    const {mirror} = mattermost.seeded.channels;
    const said = chats.reduce((sum, chat) => sum + chat.said.length, 0);
    await expect.poll(() => judge(mattermost.look, mirror.id, chats).delivered, {timeout: 30_000, interval: 100}).toBe(said);
    await expect
        .poll(() => judge(mattermost.look, mirror.id, chats), {timeout: 10_000, interval: 100})
        .toEqual({delivered: said, lost: [], doubled: [], disordered: [], wrong: []});
}

test('the process may not write more (RLIMIT_FSIZE)', {timeout: 120_000}, async (context) => {
    const limit = (size: string) => spawnSync('prlimit', ['--pid', String(bridge?.pid), `--fsize=${size}:`]).status === 0;
    const probe = spawnSync('prlimit', ['--version']);
    if (probe.status !== 0) context.skip('prlimit (util-linux) is not installed');
    bridge = spawnBridge(site.environment);
    const url = await bridge.up();
    await outage(url, {
        fill() {
            const size = statSync(join(site.folder, 'bridge.sqlite-wal')).size;
            if (!limit(String(size))) throw new Error('the limit could not be set');
        },
        clear() {
            if (!limit('unlimited')) throw new Error('the limit could not be lifted');
        },
    });
});

/** The bridge's folder on a file system of its own, which only it sees. @returns how to start it there, or null where this user may not */
function onTmpfs(megabytes: number, then = 'true'): {disk: string; shell: string[]} | null {
    const seed = `${site.folder}/seed`;
    const disk = `${site.folder}/disk`;
    const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs "${disk}"`;
    mkdirSync(disk, {recursive: true});
    if (spawnSync('unshare', ['-rm', 'sh', '-c', mount]).status !== 0) return null;
    for (const file of readdirSync(site.folder, {withFileTypes: true}))
        if (file.isFile()) cpSync(join(site.folder, file.name), join(seed, file.name), {preserveTimestamps: true});
    return {disk, shell: ['unshare', '-rm', 'sh', '-c', `${mount} && cp -p "${seed}"/* "${disk}" && ${then} && exec "$@"`, 'sh']};
}

const NO_TMPFS = 'this user may not mount a tmpfs in a namespace of its own (unshare -rm)';

test('the disk is full (ENOSPC on a small tmpfs)', {timeout: 120_000}, async (context) => {
    const place = onTmpfs(16);
    if (!place) return context.skip(NO_TMPFS);
    bridge = spawnBridge({...site.environment, DATA_DIR: place.disk}, place.shell);
    const url = await bridge.up();
    // The same folder, seen from outside of the namespace.
    const folder = `/proc/${bridge.pid}/root${place.disk}`;
    const filler = `${folder}/filler`;
    const ready = async () => (await fetch(`${url}/ready`)).json();
    // Nearly full: there is still room for what comes, and /ready says already that there will be none.
    const {bavail, bsize} = statfsSync(folder);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - 4 * 1024 * 1024));
    await expect.poll(ready).toMatchObject({status: 'not ready', code: 'disk_full', next: expect.stringContaining('make room')});
    truncateSync(filler, 0);
    await expect.poll(ready, {timeout: 5000}).toMatchObject({status: 'ready'});
    await outage(url, {
        fill() {
            try {
                for (;;) writeFileSync(filler, Buffer.alloc(4096), {flag: 'a'});
            } catch (error) {
                expect((error as {code?: string}).code).toBe('ENOSPC');
            }
        },
        clear: () => truncateSync(filler, 0),
    });
});

test('the disk is read-only when the bridge starts: it says what to look at, and ends', {timeout: 120_000}, async (context) => {
    const place = onTmpfs(16, `mount -o remount,ro "${site.folder}/disk"`);
    if (!place) return context.skip(NO_TMPFS);
    bridge = spawnBridge({...site.environment, DATA_DIR: place.disk}, place.shell);
    expect(await bridge.exited).toEqual({code: 1, signal: null});
    expect(bridge.output()).toMatch(/the database can’t be used: .*\n.*whether its disk is mounted read-only/);
});
