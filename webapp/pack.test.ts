import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {t as listArchive} from 'tar';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {readManifest} from './manifest.ts';
import {type Archive, pack} from './pack.ts';

let folders: string[];
let first: Archive;
let second: Archive;

beforeAll(async () => {
    folders = await Promise.all(['one', 'two'].map((name) => mkdtemp(join(tmpdir(), `ireserve-pack-test-${name}-`))));
    first = await pack(folders[0]);
    const umask = process.umask(0o077);
    second = await pack(folders[1]).finally(() => process.umask(umask));
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, {recursive: true, force: true}))));

test('packing twice gives the same bytes, whatever the umask', async () => {
    expect(await readFile(second.path)).toEqual(await readFile(first.path));
    expect(second.sha256).toBe(first.sha256);
});

test('the archive holds what Mattermost unpacks, in one folder named after the plugin, and nothing of this machine', async () => {
    const {id, version} = await readManifest();
    const entries: unknown[] = [];
    await listArchive({
        file: first.path,
        onReadEntry: ({path, mode, uname, mtime}) => entries.push({path: path.replace(/[0-9a-f]{12}/, 'HASH'), mode, uname, mtime}),
    });
    expect(basename(first.path)).toBe(`${id}-${version}.tar.gz`);
    const same = {mode: 0o644, uname: '', mtime: new Date(0)};
    const published = ['canned.HASH.js', 'console.HASH.js', 'main.js', 'panel.HASH.js', 'setup.html'];
    const files = ['LICENSE', 'plugin.json', ...published.map((name) => `webapp/dist/${name}`)];
    expect(entries).toEqual(files.map((name) => ({...same, path: `${id}/${name}`})));
});

test('plugin.json and package.json must have the same version', async () => {
    const root = folders[0] as string;
    await writeFile(join(root, 'package.json'), JSON.stringify({version: '1.0.0'}));
    const manifest = {id: 'some.plugin', version: '1.0.1', webapp: {bundle_path: 'main.js'}};
    await writeFile(join(root, 'plugin.json'), JSON.stringify(manifest));
    await expect(readManifest(root)).rejects.toThrow('plugin.json has version 1.0.1, package.json 1.0.0');
    await writeFile(join(root, 'plugin.json'), JSON.stringify({...manifest, version: '1.0.0'}));
    await expect(readManifest(root)).resolves.toMatchObject({id: 'some.plugin', version: '1.0.0'});
});
