/** Builds the plugin's bundle, webapp/dist/main.js and the parts it loads later: `node webapp/build.ts`, or `make build`. */
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {minify} from '@swc/core';
import webpack, {type Configuration, type Stats} from 'webpack';
import {renderGuide} from './guide.ts';
import config from './webpack.config.ts';

/** Every user of the Mattermost server downloads this, whether he answers visitors or not. Bytes, gzipped. */
export const SIZE_LIMIT = 30_000;
/** Of parts that are loaded later, by name. */
const PART_LIMITS: Record<string, number> = {console: 40_000};

/**
 * @param folder where main.js and the parts go, and nothing else stays; `webapp/dist` when left out.
 * @returns path of the bundle.
 * @throws Error with webpack's messages, or when the bundle has become too large.
 */
export async function buildBundle(folder = join(import.meta.dirname, 'dist')): Promise<string> {
    await build({...config, output: {...config.output, path: folder, clean: true}});
    for (const name of await readdir(folder)) {
        const path = join(folder, name);
        // Smaller than what webpack's own minimizer makes of it.
        const {code} = await minify(await readFile(path, 'utf8'), {compress: {passes: 3}, mangle: true, module: false});
        await writeFile(path, code);
        const [part = ''] = name.split('.');
        const bytes = gzipSync(code, {level: 9}).length;
        if (bytes > (PART_LIMITS[part] ?? Number.POSITIVE_INFINITY))
            throw new Error(`${name} is ${bytes} bytes gzipped; the limit is ${PART_LIMITS[part]}.`);
    }
    await writeFile(join(folder, 'setup.html'), await renderGuide());
    const bundle = join(folder, 'main.js');
    const size = gzipSync(await readFile(bundle), {level: 9}).length;
    if (size > SIZE_LIMIT)
        throw new Error(`The bundle is ${size} bytes gzipped; the limit is ${SIZE_LIMIT}. What was imported that is not a type?`);
    return bundle;
}

/** @throws Error with webpack's messages */
export async function build(configuration: Configuration): Promise<void> {
    const stats = await run(configuration);
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({all: false, errors: true, warnings: true}));
}

function run(configuration: Configuration): Promise<Stats> {
    return new Promise((resolve, reject) => {
        const compiler = webpack(configuration);
        compiler.run((error, stats) => compiler.close(() => (stats ? resolve(stats) : reject(error))));
    });
}

if (import.meta.main) await buildBundle();
