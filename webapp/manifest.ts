/** The plugin's manifest, for the tools that build and check it (the bundle imports plugin.json itself). */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

const ROOT = join(import.meta.dirname, '..');

export type Manifest = {id: string; version: string; bundlePath: string};

/** @throws Error when plugin.json and package.json disagree about the version: the release would not be what its name says. */
export async function readManifest(root = ROOT): Promise<Manifest> {
    const [plugin, project] = await Promise.all(
        ['plugin.json', 'package.json'].map(async (name) => JSON.parse(await readFile(join(root, name), 'utf8'))),
    );
    if (plugin.version !== project.version) {
        throw new Error(`plugin.json has version ${plugin.version}, package.json ${project.version}: they must be equal`);
    }
    return {id: plugin.id, version: plugin.version, bundlePath: plugin.webapp.bundle_path};
}
