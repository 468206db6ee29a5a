/** Puts plugins and the slash command on the Mattermost double the way an admin does. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {create} from 'tar';
import {COMMAND_REGISTRATION} from '../../bridge/mattermost-calls/registration.ts';
import {pack} from '../../webapp/pack.ts';
import type {MattermostDouble} from '../doubles/mattermost/start.ts';

type Server = Pick<MattermostDouble, 'url' | 'seeded'>;

/** The plugin as it is released. @param archive packed already; default: packed now. @throws Error when it can't be built or the server does not take it */
export async function installPlugin(mattermost: Server, archive?: string): Promise<void> {
    await install(mattermost, archive ? await readFile(archive) : await inFolder(async (folder) => readFile((await pack(folder)).path)));
}

/** A plugin of one script. */
export async function installScript(mattermost: Server, manifest: {id: string; name: string}, script: string): Promise<void> {
    const archive = await inFolder(async (folder) => {
        await writeFile(join(folder, 'plugin.json'), JSON.stringify({version: '1.0.0', webapp: {bundle_path: 'main.js'}, ...manifest}));
        await writeFile(join(folder, 'main.js'), script);
        const file = join(folder, 'plugin.tar.gz');
        await create({file, cwd: folder, gzip: true}, ['plugin.json', 'main.js']);
        return readFile(file);
    });
    await install(mattermost, archive);
}

/** Once per team. @returns the command's token, for the integration's `command_tokens` */
export async function registerCommand({url, seeded}: Server, bridgeUrl: string, language: 'en' | 'nl' | 'de' = 'en'): Promise<string> {
    const response = await fetch(`${url}/api/v4/commands`, {
        method: 'POST',
        headers: {authorization: `Bearer ${seeded.admin.token}`},
        body: JSON.stringify({team_id: seeded.team.id, ...COMMAND_REGISTRATION(language, bridgeUrl)}),
    });
    const {token, message} = (await response.json()) as {token?: string; message?: string};
    if (!token) throw new Error(`Mattermost does not take the slash command: ${message}`);
    return token;
}

async function install({url, seeded}: Server, archive: Buffer): Promise<void> {
    const headers = {authorization: `Bearer ${seeded.admin.token}`};
    const form = new FormData();
    form.set('plugin', new Blob([new Uint8Array(archive)]), 'plugin.tar.gz');
    form.set('force', 'true');
    const uploaded = await fetch(`${url}/api/v4/plugins`, {method: 'POST', headers, body: form});
    const {id, message} = (await uploaded.json()) as {id?: string; message?: string};
    if (!uploaded.ok || !id) throw new Error(`Mattermost does not take the plugin: ${message}`);
    const enabled = await fetch(`${url}/api/v4/plugins/${id}/enable`, {method: 'POST', headers});
    if (!enabled.ok) throw new Error(`Mattermost does not enable the plugin: ${await enabled.text()}`);
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-plugin-'));
    try {
        return await work(folder);
    } finally {
        await rm(folder, {recursive: true, force: true});
    }
}
