import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {buildOrReuse} from './build-cache.ts';

let root: string;
let builds: number;

beforeEach(async () => {
    builds = 0;
    root = await mkdtemp(join(tmpdir(), 'ireserve-build-cache-'));
    await mkdir(join(root, 'src', 'deep'), {recursive: true});
    await writeFile(join(root, 'src', 'deep', 'a.ts'), 'one');
    await writeFile(join(root, 'lock.json'), '{}');
});

afterEach(() => rm(root, {recursive: true, force: true}));

const get = (build = (folder: string) => writeFile(join(folder, 'made.js'), `build ${++builds}`)) =>
    buildOrReuse({root, sources: ['src', 'lock.json', 'not-there.md'], cache: join(root, 'cache'), build});

test('what was built is used again until a source differs, is added or goes', async () => {
    const first = await get();
    expect(await readFile(join(await get(), 'made.js'), 'utf8')).toBe('build 1');
    const changes: [string, () => Promise<void>][] = [
        ['changed, and as long as before', () => writeFile(join(root, 'src', 'deep', 'a.ts'), 'two')],
        ['added', () => writeFile(join(root, 'src', 'b.ts'), '')],
        ['added where there was none', () => writeFile(join(root, 'not-there.md'), '')],
        ['removed', () => rm(join(root, 'src', 'b.ts'))],
        ['the lock file', () => writeFile(join(root, 'lock.json'), '{ }')],
    ];
    for (const [index, [what, change]] of changes.entries()) {
        await change();
        await get();
        expect(builds, what).toBe(index + 2);
    }
    await writeFile(join(root, 'src', 'deep', 'a.ts'), 'one');
    await writeFile(join(root, 'lock.json'), '{}');
    await rm(join(root, 'not-there.md'));
    // Long ago: not kept any more, and built anew.
    expect(await readFile(join(await get(), 'made.js'), 'utf8')).toBe('build 7');
    expect(await get()).toBe(first);
});

test('what other builds make is no source', async () => {
    await get();
    await mkdir(join(root, 'src', 'dist'));
    await writeFile(join(root, 'src', 'dist', 'main.js'), 'made');
    await get();
    expect(builds).toBe(1);
});

test('a build that fails leaves nothing, and two at once agree', async () => {
    await expect(get(() => Promise.reject(new Error('does not compile')))).rejects.toThrow('does not compile');
    expect(await readdir(join(root, 'cache'))).toEqual([]);
    const [one, other] = await Promise.all([get(), get()]);
    expect(one).toBe(other);
    expect(await readdir(join(root, 'cache'))).toHaveLength(1);
});
