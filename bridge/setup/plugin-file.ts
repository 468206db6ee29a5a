/** The plugin's archive: the one that was built here, or the one named; its version is in the plugin.json it holds. */
import {existsSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import packageJson from '../../package.json' with {type: 'json'};
import {PLUGIN_ID} from '../doctor/checks/plugin.ts';
import type {Site} from './site.ts';

/** Where `make dist` puts it. */
const BUILT = join(import.meta.dirname, '../../dist', `${PLUGIN_ID}-${packageJson.version}.tar.gz`);

/** @throws Error when the file named is none of ours */
export function readPlugin(file: string | undefined): Site['plugin'] {
    if (file === undefined && !existsSync(BUILT)) return undefined;
    const path = file ?? BUILT;
    const bytes = new Uint8Array(readFileSync(path));
    const {id, version} = manifestIn(bytes) ?? {};
    if (id !== PLUGIN_ID || typeof version !== 'string') throw new Error(`${path} is not the archive of ${PLUGIN_ID}`);
    return {bytes, version, name: basename(path)};
}

const BLOCK = 512;

/** A tar is headers of 512 bytes, each followed by its file in whole blocks. */
function manifestIn(bytes: Uint8Array): {id?: unknown; version?: unknown} | undefined {
    try {
        const tar = gunzipSync(bytes);
        const text = (at: number, length: number): string => tar.toString('utf8', at, at + length).replace(/\0.*$/s, '');
        for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
            const size = Number.parseInt(text(at + 124, 12), 8) || 0;
            if (/^(?:[^/]+\/)?plugin\.json$/.test(text(at, 100)))
                return JSON.parse(text(at + BLOCK, size)) as {id?: unknown; version?: unknown};
            at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
        }
    } catch {
        // Not a tar.gz, or cut off.
    }
    return undefined;
}
