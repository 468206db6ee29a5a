import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tar from 'tar';
import {describe, expect, test} from 'vitest';
import type {Answer} from './client.ts';
import {must, type Place} from './place.ts';

const ID = 'com.example.contract';
const SCRIPT = 'window.contract = true;\n';
/** Lies beside the bundle, to be loaded by it later. */
const PART = 'window.part = true;\n';

/** Installing a plugin that is a web app and nothing else. */
export function describePlugins(here: () => Place): void {
    const upload = async (force = false): Promise<Answer> => {
        const form = new FormData();
        form.append('plugin', new Blob([await bundle()]), 'plugin.tar.gz');
        if (force) {
            form.append('force', 'true');
        }
        return here().admin.send('POST', '/plugins', form);
    };

    describe('plugins', () => {
        test('upload, enable, the public list and bundle, disable, remove; or 501 while uploads are off', async () => {
            const {url, admin, anna} = here();
            const first = await upload();
            if (first.status === 501) {
                expect(first.json.id).toBe('app.plugin.upload_disabled.app_error');
                return;
            }
            expect(first).toMatchObject({status: 201, json: {id: ID, version: '0.1.0'}});
            expect(await upload()).toMatchObject({status: 400, json: {id: 'app.plugin.install_id.app_error'}});
            must(await upload(true), 201);
            const listed = async (): Promise<{id: string; webapp: {bundle_path: string}}[]> =>
                (await (await fetch(`${url}/api/v4/plugins/webapp`)).json()) as {id: string; webapp: {bundle_path: string}}[];
            expect((await listed()).some(({id}) => id === ID)).toBe(false);
            must(await admin.post(`/plugins/${ID}/enable`), 200);
            const entry = (await listed()).find(({id}) => id === ID);
            expect(entry?.webapp.bundle_path).toMatch(new RegExp(`^/static/${ID}/${ID}_[0-9a-f]+_bundle\\.js$`));
            const script = await fetch(`${url}${entry?.webapp.bundle_path.replace('/static/', '/static/plugins/')}`);
            expect(await script.text()).toBe(SCRIPT);
            const beside = (name: string) => fetch(`${url}/static/plugins/${ID}/${name}`);
            const part = await beside('part.0123.js');
            expect(await part.text()).toBe(PART);
            expect(part.headers.get('content-type')).toContain('javascript');
            expect(part.headers.get('cache-control')).toContain('max-age=31556926');
            // It has another name there, and nothing above its folder is published.
            expect([(await beside('main.js')).status, (await beside('plugin.json')).status]).toEqual([404, 404]);
            must(await admin.post(`/plugins/${ID}/disable`), 200);
            expect((await listed()).some(({id}) => id === ID)).toBe(false);
            must(await admin.delete(`/plugins/${ID}`), 200);
            expect((await admin.post(`/plugins/${ID}/enable`)).status).toBe(404);
            expect((await anna.get('/plugins')).status).toBe(403);
        });

        test('only a system admin may upload', async () => {
            const form = new FormData();
            form.append('plugin', new Blob([await bundle()]), 'plugin.tar.gz');
            expect([403, 501]).toContain((await here().anna.send('POST', '/plugins', form)).status);
        });
    });
}

async function bundle(): Promise<Uint8Array<ArrayBuffer>> {
    const folder = await mkdtemp(join(tmpdir(), 'contract-plugin-'));
    await mkdir(join(folder, ID, 'webapp', 'dist'), {recursive: true});
    const manifest = {
        id: ID,
        name: 'Contract',
        version: '0.1.0',
        min_server_version: '5.20.0',
        webapp: {bundle_path: 'webapp/dist/main.js'},
    };
    await writeFile(join(folder, ID, 'plugin.json'), JSON.stringify(manifest));
    await writeFile(join(folder, ID, 'webapp', 'dist', 'main.js'), SCRIPT);
    await writeFile(join(folder, ID, 'webapp', 'dist', 'part.0123.js'), PART);
    const file = join(folder, 'plugin.tar.gz');
    await tar.create({gzip: true, cwd: folder, file}, [ID]);
    const bytes = new Uint8Array(await readFile(file));
    await rm(folder, {recursive: true});
    return bytes;
}
