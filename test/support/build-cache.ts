/** Keeps what a build has made, for as long as none of its sources has changed. */
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {join, relative} from 'node:path';

/** Made, and not read, by builds. */
const NO_SOURCES = new Set(['node_modules', 'dist']);
/** Of older sources: for whoever changes between two branches. */
const KEPT = 4;

export type Build = {
    root: string;
    /** Files and folders below root that the build reads. More than it reads is harmless; what the lock file names need not be here. */
    sources: readonly string[];
    /** Where results are kept. */
    cache: string;
    build(folder: string): Promise<void>;
};

/** Returns the folder of a build's results, built only when a source differs from those of all the kept ones. @throws whatever the build throws; nothing is kept then */
export async function buildOrReuse({root, sources, cache, build}: Build): Promise<string> {
    const folder = join(cache, await hashOf(root, sources));
    if (await exists(folder)) return folder;
    await mkdir(cache, {recursive: true});
    const making = await mkdtemp(join(cache, 'making-'));
    try {
        await build(making);
        // Somebody beside us may have been quicker, with the same.
        await rename(making, folder).catch(async (error: unknown) => {
            if (!(await exists(folder))) throw error;
        });
    } finally {
        await rm(making, {recursive: true, force: true});
    }
    await dropOld(cache, folder);
    return folder;
}

/** Of names and contents, with this Node. */
async function hashOf(root: string, sources: readonly string[]): Promise<string> {
    const hash = createHash('sha256').update(process.version);
    for (const path of (await Promise.all(sources.map((source) => filesIn(join(root, source))))).flat().sort()) {
        const bytes = await readFile(path);
        hash.update(`\0${relative(root, path)}\0${bytes.length}\0`).update(bytes);
    }
    return hash.digest('hex').slice(0, 32);
}

async function filesIn(path: string): Promise<string[]> {
    const found = await stat(path).catch(() => null);
    if (!found) return [];
    if (found.isFile()) return [path];
    const names = (await readdir(path)).filter((name) => !NO_SOURCES.has(name));
    return (await Promise.all(names.map((name) => filesIn(join(path, name))))).flat();
}

async function dropOld(cache: string, current: string): Promise<void> {
    const folders = (await readdir(cache)).filter((name) => !name.startsWith('making-')).map((name) => join(cache, name));
    const ages = await Promise.all(folders.map(async (folder) => ({folder, made: (await stat(folder)).mtimeMs})));
    const old = ages.filter(({folder}) => folder !== current).sort((one, other) => other.made - one.made);
    for (const {folder} of old.slice(KEPT - 1)) await rm(folder, {recursive: true, force: true});
}

const exists = (path: string): Promise<boolean> =>
    stat(path).then(
        () => true,
        () => false,
    );
