/** The processes a measurement needs: a Mattermost (double or real) with a bot, and a bridge of its own. */
import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {databaseOf, readSettings} from '../../bridge/settings.ts';
import {openDatabase} from '../../bridge/store/open.ts';
import type {Seeded} from '../doubles/mattermost/start.ts';

export type Target = {name: string; url: string; botToken: string; agentToken: string; channelId: string; stop(): Promise<void>};

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The double in a process of its own, as slow as the measured server. */
export async function startDouble(): Promise<Target> {
    const child = spawn(process.execPath, [script('../doubles/mattermost/main.ts'), '--port', '0', '--latency', '1'], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await firstLine(child);
    const {url, seeded} = JSON.parse(line) as {url: string; seeded: Pick<Seeded, 'bot' | 'agents' | 'channels'>};
    return {
        name: 'double',
        url,
        botToken: seeded.bot.token,
        agentToken: seeded.agents[0].token,
        channelId: seeded.channels.notifications.id,
        stop: () => end(child),
    };
}

/** A team, a channel and a bot of our own on a real server; removed again at the end. */
export async function useServer(url: string, adminToken: string): Promise<Target> {
    const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
        const response = await fetch(`${url}/api/v4${path}`, {
            method,
            headers: {authorization: `Bearer ${adminToken}`, 'content-type': 'application/json'},
            ...(body ? {body: JSON.stringify(body)} : {}),
        });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return (await response.json()) as T;
    };
    const name = `bench-${Date.now().toString(36)}`;
    const team = await call<{id: string}>('POST', '/teams', {name, display_name: name, type: 'O'});
    const channel = await call<{id: string}>('POST', '/channels', {team_id: team.id, name, display_name: name, type: 'P'});
    const bot = await call<{user_id: string}>('POST', '/bots', {username: name, display_name: name});
    const {token} = await call<{token: string}>('POST', `/users/${bot.user_id}/tokens`, {description: 'bench'});
    await call('POST', `/teams/${team.id}/members`, {team_id: team.id, user_id: bot.user_id});
    await call('POST', `/channels/${channel.id}/members`, {user_id: bot.user_id});
    const password = `Pw1-${randomBytes(12).toString('hex')}`;
    const agent = await call<{id: string}>('POST', '/users', {username: `${name}-agent`, email: `${name}@example.com`, password});
    await call('POST', `/teams/${team.id}/members`, {team_id: team.id, user_id: agent.id});
    await call('POST', `/channels/${channel.id}/members`, {user_id: agent.id});
    const login = await fetch(`${url}/api/v4/users/login`, {method: 'POST', body: JSON.stringify({login_id: `${name}-agent`, password})});
    const agentToken = login.headers.get('token') ?? '';
    const {Version} = await call<{Version?: string}>('GET', '/config/client?format=old');
    return {
        name: `Mattermost ${Version ?? ''}`.trim(),
        url,
        botToken: token,
        agentToken,
        channelId: channel.id,
        async stop() {
            await call('POST', `/bots/${bot.user_id}/disable`);
            await call('DELETE', `/users/${agent.id}`);
            await call('DELETE', `/teams/${team.id}`);
        },
    };
}

export type BenchBridge = {
    url: string;
    token: string;
    pid: number | undefined;
    rssMb(): number | null;
    setState(state: 'active' | 'paused'): Promise<void>;
    stop(): Promise<void>;
};

export async function startBenchBridge(target: Target, callbackUrl: string, databaseUrl?: string): Promise<BenchBridge> {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-bench-'));
    const environment = {
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: folder,
        LOG_LEVEL: 'info',
        ...(databaseUrl ? {DATABASE_URL: databaseUrl} : {}),
    };
    const database = await openDatabase(databaseOf(readSettings(environment)));
    const integrations = createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now);
    const integration = await integrations.add({
        name: 'bench',
        licence: 'bench',
        environment: 'test',
        config: {
            server_url: target.url,
            channel_id: target.channelId,
            language: 'en',
            messages_per_thread: 1000,
            callback_url: callbackUrl,
        },
        secrets: {bot_token: target.botToken, callback_secrets: [`whsec_${randomBytes(24).toString('base64')}`]},
    });
    const {token} = await integrations.addToken(integration.id, 'bench', null);
    const child = spawn(process.execPath, [script('../../bridge/serve.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {...process.env, ...environment},
    });
    const up = JSON.parse(await firstLine(child, (line) => line.includes('bridge is up'))) as {port: number};
    child.stdout?.resume();
    return {
        url: `http://127.0.0.1:${up.port}`,
        token,
        pid: child.pid,
        rssMb() {
            try {
                const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
                return kb ? Math.round(Number(kb) / 1024) : null;
            } catch {
                return null;
            }
        },
        setState: async (state) => {
            await integrations.change(integration.id, {state});
            // The running bridge looks for changes once a second.
            await new Promise((resolve) => setTimeout(resolve, 1500));
        },
        async stop() {
            await end(child);
            await database.close();
            rmSync(folder, {recursive: true, force: true});
        },
    };
}

function firstLine(child: ChildProcess, wanted: (line: string) => boolean = (line) => line.startsWith('{')): Promise<string> {
    return new Promise((resolve, reject) => {
        const lines = createInterface({input: child.stdout as NodeJS.ReadableStream});
        lines.on('line', (line) => {
            if (!wanted(line)) return;
            resolve(line);
            lines.close();
        });
        child.once('exit', (code) => reject(new Error(`process ended with ${code} before it was ready`)));
    });
}

async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
}
