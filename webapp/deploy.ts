/** Uploads the plugin to a Mattermost server and enables it: `node webapp/deploy.ts`, or `make deploy`. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {readManifest} from './manifest.ts';
import {pack} from './pack.ts';

type Environment = Record<string, string | undefined>;
export type Target = {url: string; token?: string | undefined; username?: string | undefined; password?: string | undefined};

/** What went wrong, and what to do about it. */
export class DeployError extends Error {}

/** Mattermost's error ids, and what helps. */
const ADVICE: Record<string, string> = {
    'app.plugin.upload_disabled.app_error':
        'Plugin uploads are off. They can be turned on only in config.json (PluginSettings.EnableUploads: true) or by the environment variable ' +
        'MM_PLUGINSETTINGS_ENABLEUPLOADS=true of the server, not in the System Console; then restart the server.',
    'app.plugin.disabled.app_error': 'Plugins are off: System Console → Plugins → Plugin Management → Enable Plugins.',
    'api.plugin.upload.signature_required.app_error':
        'The server takes signed plugins only (PluginSettings.RequirePluginSignature); this one is not signed.',
    'api.context.session_expired.app_error': 'The token or password is not valid.',
    'api.user.login.invalid_credentials_email_username': 'User name or password is wrong.',
    'api.context.mfa_required.app_error': 'This account needs a second factor: use MM_ADMIN_TOKEN with a personal access token.',
    'api.context.permissions.app_error': 'This account may not manage plugins: it must be a system admin, or have that role.',
};

/** @throws DeployError when the environment lacks something */
export function targetIn(env: Environment): Target {
    const url = env.MM_SERVICESETTINGS_SITEURL?.replace(/\/+$/, '') ?? '';
    if (!/^https?:\/\//.test(url))
        throw new DeployError('Set MM_SERVICESETTINGS_SITEURL to the address of the Mattermost server, with http(s)://');
    const {MM_ADMIN_TOKEN: token, MM_ADMIN_USERNAME: username, MM_ADMIN_PASSWORD: password} = env;
    if (!token && !(username && password)) throw new DeployError('Set MM_ADMIN_TOKEN, or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD.');
    return {url, token, username, password};
}

/** @throws DeployError */
export async function deploy({url, token, username, password}: Target, archive: string): Promise<void> {
    const {id} = await readManifest();
    const bearer = token ?? (await logIn(url, username ?? '', password ?? ''));
    const headers = {Authorization: `Bearer ${bearer}`};
    const form = new FormData();
    form.set('plugin', new Blob([await readFile(archive)]), basename(archive));
    // Replaces an older version.
    form.set('force', 'true');
    await ask(`${url}/api/v4/plugins`, {method: 'POST', headers, body: form});
    await ask(`${url}/api/v4/plugins/${id}/enable`, {method: 'POST', headers});
}

async function logIn(url: string, login_id: string, password: string): Promise<string> {
    const response = await ask(`${url}/api/v4/users/login`, {method: 'POST', body: JSON.stringify({login_id, password})});
    const token = response.headers.get('token');
    if (!token) throw new DeployError(`${url} gave no session for this login; use MM_ADMIN_TOKEN.`);
    return token;
}

async function ask(address: string, init: RequestInit): Promise<Response> {
    const response = await fetch(address, init).catch((error: Error) => {
        throw new DeployError(`${new URL(address).origin} can’t be reached: ${String(error.cause ?? error)}`);
    });
    if (response.ok) return response;
    const {id = '', message = ''} = (await response.json().catch(() => ({}))) as {id?: string; message?: string};
    const advice = ADVICE[id] ?? (id ? '' : 'What answers there is not Mattermost; check MM_SERVICESETTINGS_SITEURL, with its subpath.');
    throw new DeployError([`${response.status} ${id} ${message}`.trim(), advice].filter(Boolean).join('\n'));
}

if (import.meta.main) {
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-deploy-'));
    try {
        const target = targetIn(process.env);
        await deploy(target, (await pack(folder)).path);
        console.log(`Uploaded to ${target.url} and enabled.`);
    } catch (error) {
        if (!(error instanceof DeployError)) throw error;
        console.error(error.message);
        process.exitCode = 1;
    } finally {
        await rm(folder, {recursive: true, force: true});
    }
}
