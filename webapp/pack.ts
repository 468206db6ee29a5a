/** Packs what an admin uploads to Mattermost, byte for byte the same from the same sources: `node webapp/pack.ts`, or `make dist`. */
import {createHash} from 'node:crypto';
import {chmod, cp, mkdir, mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {create} from 'tar';
import {buildBundle} from './build.ts';
import {readManifest} from './manifest.ts';

const ROOT = join(import.meta.dirname, '..');

export type Archive = {path: string; size: number; sha256: string};

/** @param folder where the archive goes; `dist` when left out. */
export async function pack(folder = join(ROOT, 'dist')): Promise<Archive> {
    const {id, version, bundlePath} = await readManifest();
    const stage = await mkdtemp(join(tmpdir(), 'ireserve-pack-'));
    try {
        // Built here and not in webapp/dist: somebody may be working with that one.
        const folderOfBundle = dirname(bundlePath);
        await buildBundle(join(stage, folderOfBundle));
        for (const name of ['plugin.json', 'LICENSE']) await cp(join(ROOT, name), join(stage, name));
        const built = (await readdir(join(stage, folderOfBundle))).sort();
        const files = ['LICENSE', 'plugin.json', ...built.map((name) => `${folderOfBundle}/${name}`)];
        // The archive keeps modes, and Mattermost unpacks them; here they depend on the umask and the checkout.
        for (const name of files) await chmod(join(stage, name), 0o644);

        await mkdir(folder, {recursive: true});
        const path = join(folder, `${id}-${version}.tar.gz`);
        // Portable: no owner and no times but mtime, which we set. Named files only: folders would add their modes and the file system's order.
        await create({file: path, cwd: stage, prefix: id, gzip: {level: 9}, portable: true, mtime: new Date(0)}, files);
        const bytes = await readFile(path);
        return {path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex')};
    } finally {
        await rm(stage, {recursive: true, force: true});
    }
}

if (import.meta.main) {
    const {path, size, sha256} = await pack();
    console.log(`${path.slice(ROOT.length + 1)}\n${(size / 1000).toFixed(1)} kB\nsha256 ${sha256}`);
}
