/** The built bundle as the Mattermost web app meets it: a script on a page. A throw here would leave that page blank for everybody. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {JSDOM, VirtualConsole} from 'jsdom';
import {createElement} from 'react';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {buildBundle} from './build.ts';
import {readManifest} from './manifest.ts';

type LoadedPlugin = {id: string; initialize(registry: unknown, store: unknown): void; uninitialize?(): void};

const store = {getState: () => ({}), dispatch: (action: unknown) => action, subscribe: () => () => undefined};

let folder: string;
let bundle: string;

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ireserve-bundle-'));
    bundle = await readFile(await buildBundle(folder), 'utf8');
});

afterAll(() => rm(folder, {recursive: true, force: true}));

/** Evaluates the bundle on an empty page with the host's globals. The console's errors are collected: the plugin reports there, and only there. */
function load(): {plugins: LoadedPlugin[]; errors: string[]} {
    const errors: string[] = [];
    const virtualConsole = new VirtualConsole();
    virtualConsole.on('error', (...parts) => errors.push(parts.join(' ')));
    // What the page could not run: syntax, a missing global, a throw while evaluating.
    virtualConsole.on('jsdomError', (error) => errors.push(String(error)));
    const {window} = new JSDOM('<!doctype html><div id="root"></div>', {
        runScripts: 'outside-only',
        url: 'https://mattermost.example',
        virtualConsole,
    });
    const plugins: LoadedPlugin[] = [];
    const registerPlugin = (id: string, plugin: Omit<LoadedPlugin, 'id'>) => plugins.push(Object.assign(plugin, {id}));
    const host = {React: {createElement}, ReactDOM: {}, ReactIntl: {}, ReactRedux: {}, ReactRouterDom: {}, Redux: {}, Luxon: {}};
    Object.assign(window, {...host, registerPlugin});
    window.eval(bundle);
    return {plugins, errors};
}

test('registers once, under the id of the manifest', async () => {
    const {plugins, errors} = load();
    expect(plugins.map(({id}) => id)).toEqual([(await readManifest()).id]);
    expect(errors).toEqual([]);
});

test.each([
    ['lacks every method', {}],
    [
        'throws at every call',
        new Proxy(
            {},
            {
                get: () => () => {
                    throw new Error('from the host');
                },
            },
        ),
    ],
])('initialize reports to the console and does not throw when the registry %s', (_case, registry) => {
    const {plugins, errors} = load();
    expect(() => plugins[0]?.initialize(registry, store)).not.toThrow();
    expect(errors).toEqual([expect.stringContaining('could not be started')]);
});

test('names no path of the machine it was built on, and brings no React of its own', () => {
    expect(bundle).not.toContain(process.cwd());
    // Present in every copy of React or of its JSX runtime; the latter throws while being evaluated under another React.
    expect(bundle).not.toMatch(/react\.(element|transitional\.element)|__SECRET_INTERNALS|ReactCurrentOwner/);
});
