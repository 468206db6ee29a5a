/** A plugin of our id and any version, small and without a build. */
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {create} from 'tar';

export async function pluginArchive(version: string, id = 'com.i-reserve.conversations'): Promise<Uint8Array<ArrayBuffer>> {
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-plugin-'));
    try {
        await mkdir(join(folder, id, 'webapp/dist'), {recursive: true});
        const manifest = {id, name: 'i-Reserve Conversations', version, webapp: {bundle_path: 'webapp/dist/main.js'}};
        await writeFile(join(folder, id, 'plugin.json'), JSON.stringify(manifest));
        await writeFile(join(folder, id, 'webapp/dist/main.js'), '/* nothing */\n');
        const file = join(folder, 'plugin.tar.gz');
        await create({file, cwd: folder, gzip: true}, [id]);
        return new Uint8Array(await readFile(file));
    } finally {
        await rm(folder, {recursive: true, force: true});
    }
}
