import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {SEEDED_PASSWORD} from '../test/doubles/mattermost/seed.ts';
import {type MattermostDouble, startMattermost} from '../test/doubles/mattermost/start.ts';
import {deploy, targetIn} from './deploy.ts';
import {readManifest} from './manifest.ts';
import {pack} from './pack.ts';

let mattermost: MattermostDouble;
let folder: string;
let archive: string;

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ireserve-deploy-test-'));
    archive = (await pack(folder)).path;
    mattermost = await startMattermost({config: {enablePluginUploads: true}});
}, 120_000);

beforeEach(() => {
    mattermost.config.enablePluginUploads = true;
});

afterAll(async () => {
    await mattermost.stop();
    await rm(folder, {recursive: true, force: true});
});

const running = async (): Promise<string[]> => {
    const answer = await fetch(`${mattermost.url}/api/v4/plugins/webapp`);
    return ((await answer.json()) as {id: string}[]).map(({id}) => id);
};

test('uploads and enables, and does so again over the same version', async () => {
    const {token} = mattermost.seeded.admin;
    await deploy({url: mattermost.url, token}, archive);
    await deploy({url: mattermost.url, token}, archive);
    expect(await running()).toEqual([(await readManifest()).id]);
});

test('logs in where there is no token', async () => {
    const {username} = mattermost.seeded.admin;
    await expect(deploy({url: mattermost.url, username, password: SEEDED_PASSWORD}, archive)).resolves.toBeUndefined();
});

test('where uploads are off, says the only two ways to turn them on', async () => {
    mattermost.config.enablePluginUploads = false;
    const failing = deploy({url: mattermost.url, token: mattermost.seeded.admin.token}, archive);
    await expect(failing).rejects.toThrow(/upload_disabled[\s\S]*config\.json[\s\S]*MM_PLUGINSETTINGS_ENABLEUPLOADS/);
});

test('tells an agent’s token from an admin’s, and no server from a wrong one', async () => {
    await expect(deploy({url: mattermost.url, token: mattermost.seeded.agents[0].token}, archive)).rejects.toThrow('system admin');
    await expect(deploy({url: 'http://127.0.0.1:9', token: 't'}, archive)).rejects.toThrow('can’t be reached');
    await expect(deploy({url: `${mattermost.url}/nowhere`, token: 't'}, archive)).rejects.toThrow();
});

test.each([
    [{}, 'MM_SERVICESETTINGS_SITEURL'],
    [{MM_SERVICESETTINGS_SITEURL: 'mm.example', MM_ADMIN_TOKEN: 't'}, 'with http(s)://'],
    [{MM_SERVICESETTINGS_SITEURL: 'https://mm.example', MM_ADMIN_USERNAME: 'a'}, 'MM_ADMIN_PASSWORD'],
])('%j is not enough', (env, missing) => {
    expect(() => targetIn(env)).toThrow(missing);
});
