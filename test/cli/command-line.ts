/** The command line as an admin uses it, on a store of its own: what it prints, and the exit code it ends with. */
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll} from 'vitest';
import type {Integration} from '../../bridge/integration.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {openDatabase} from '../../bridge/store/open.ts';
import {type Ended, OF_ALL_PROCESSES, runInProcess, runProcess} from './in-process.ts';

export const CLI = join(import.meta.dirname, '../../bridge/cli/ireserve-bridge.js');
export const BOT_TOKEN = 'bot0token1that2nobody3sees';
export const CHANNEL = 'a'.repeat(26);
export const OTHER_CHANNEL = 'b'.repeat(26);
/** A start takes 0.3 s on an idle machine, and many times that on a busy one. */
export const PATIENCE_MS = 240_000;
export const ESCAPE = String.fromCharCode(27);

type Options = {input?: string; env?: Record<string, string>};

const folders: string[] = [];
export const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-cli-'));
    folders.push(folder);
    return folder;
};
afterAll(() => {
    for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});

/** Nobody listens on that port: status finds no service. */
const environmentOf = (folder: string): Record<string, string> => ({DATA_DIR: folder, PORT: '65535'});

export function start(folder: string, words: string[], {env}: Options = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [CLI, ...words], {env: {...OF_ALL_PROCESSES, ...environmentOf(folder), ...env}});
}

export const runAlone = (folder: string, words: string[]): Promise<Ended> => runProcess(words, {env: environmentOf(folder)});

export const run = (folder: string, words: string[], {env, input}: Options = {}): Promise<Ended> =>
    runInProcess(words, {env: {...environmentOf(folder), ...env}, ...(input === undefined ? {} : {input})});

/** The one JSON document of a result or, on standard error, of a failure. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests are about
export const json = ({out, err}: Ended): any => JSON.parse(out || (err.trim().split('\n').at(-1) ?? ''));

export const widest = (text: string): number => Math.max(...text.split('\n').map((line) => [...line].length));

export async function openStore(folder: string, url = join(folder, 'bridge.sqlite')) {
    const database = await openDatabase(url);
    const integrations = createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now);
    await integrations.refresh();
    return {database, integrations};
}
export type Store = Awaited<ReturnType<typeof openStore>>;

export const addIntegration = ({integrations}: Store, name: string, config: object = {}): Promise<Integration> =>
    integrations.add({
        name,
        licence: 'aurora',
        environment: 'test',
        config: {server_url: 'https://chat.example.com', channel_id: CHANNEL, language: 'en', ...config},
        secrets: {bot_token: BOT_TOKEN, signing_secrets: []},
    });

/** A service that only says how ready it is. */
export async function startReady(status: string): Promise<{url: string; stop(): Promise<unknown>}> {
    const server: Server = createServer((request, response) => {
        response.end(request.url === '/ready' ? JSON.stringify({status, listening: {}}) : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {url, stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections())};
}
