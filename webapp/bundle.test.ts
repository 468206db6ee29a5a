/** The built bundle as the Mattermost web app meets it: a script on a page. A throw here would leave that page blank for everybody. */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {JSDOM, VirtualConsole} from 'jsdom';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {build, buildBundle} from './build.ts';
import {readManifest} from './manifest.ts';
import config from './webpack.config.ts';

type LoadedPlugin = {id: string; initialize(registry: unknown, store: unknown): void; uninitialize?(): void};

const store = {getState: () => ({}), dispatch: (action: unknown) => action, subscribe: () => () => undefined};

const REACTS = [
    ['18', 'react', 'react-dom'],
    ['19', 'react-19', 'react-dom-19'],
] as const;

let folder: string;
let bundle: string;
const hosts: Record<string, string> = {};

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ireserve-bundle-'));
    bundle = await readFile(await buildBundle(folder), 'utf8');
    for (const [version, react, dom] of REACTS) hosts[version] = await buildHost(version, react, dom);
    // Three builds, on a machine that may be busy.
}, 180_000);

afterAll(() => rm(folder, {recursive: true, force: true}));

/** The host's libraries in one script, all with the same React. */
async function buildHost(version: string, react: string, dom: string): Promise<string> {
    const modules = join(import.meta.dirname, '..', 'node_modules');
    await build({
        ...config,
        externals: {},
        optimization: {minimize: false},
        entry: './tests/host_libraries.ts',
        output: {path: folder, filename: `host-${version}.js`},
        resolve: {...config.resolve, alias: {react: join(modules, react), 'react-dom': join(modules, dom)}},
    });
    return readFile(join(folder, `host-${version}.js`), 'utf8');
}

type Page = Window & {
    eval(script: string): unknown;
    React: typeof import('react');
    ReactDOM: typeof import('react-dom/client');
    ReactIntl: typeof import('react-intl');
    ReactRedux: typeof import('react-redux');
    Redux: typeof import('redux');
};

/** Evaluates the bundle on an empty page with the host's globals. The console's errors are collected: the plugin reports there, and only there. */
function load(version = '18'): {plugins: LoadedPlugin[]; errors: string[]; window: Page} {
    const errors: string[] = [];
    const virtualConsole = new VirtualConsole();
    virtualConsole.on('error', (...parts) => errors.push(parts.join(' ')));
    // What the page could not run: syntax, a missing global, a throw while evaluating.
    virtualConsole.on('jsdomError', (error) => errors.push(String(error)));
    const page = new JSDOM('<!doctype html><div id="root"></div>', {
        runScripts: 'outside-only',
        url: 'https://mattermost.example',
        virtualConsole,
    });
    const window = page.window as Page;
    const plugins: LoadedPlugin[] = [];
    const registerPlugin = (id: string, plugin: Omit<LoadedPlugin, 'id'>) => plugins.push(Object.assign(plugin, {id}));
    window.eval(hosts[version] ?? '');
    Object.assign(window, {registerPlugin});
    window.eval(bundle);
    return {plugins, errors, window};
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
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toContain('could not be started');
    plugins[0]?.uninitialize?.();
});

test.each(REACTS)('draws the panel under React %s', async (version) => {
    const {plugins, errors, window} = load(version);
    const {React, ReactDOM, ReactIntl, ReactRedux, Redux} = window;
    expect(React.version.split('.')[0]).toBe(version);
    window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    let Panel: import('react').ComponentType = () => null;
    let reducer: import('redux').Reducer = (state) => state;
    const known: Record<string, unknown> = {
        registerReducer: (given: typeof reducer) => {
            reducer = given;
        },
        registerRightHandSidebarComponent: (given: typeof Panel) => {
            Panel = given;
            return {id: 'x', showRHSPlugin: {type: 'show'}};
        },
    };
    const registry = new Proxy(known, {get: (all, name: string) => all[name] ?? (() => 'id')});
    const entities = {
        users: {currentUserId: 'me', profiles: {}},
        teams: {currentTeamId: 't'},
        channels: {currentChannelId: 'c', channels: {c: {team_id: 't'}}, myMembers: {c: {}}},
    };
    const {id = ''} = plugins[0] ?? {};
    const lazily = (state: {[key: string]: unknown} = {entities}, action: {type: string}) => ({
        ...state,
        [`plugins-${id}`]: reducer(state[`plugins-${id}`], action),
    });
    const hostStore = Redux.createStore(lazily);
    plugins[0]?.initialize(registry, hostStore);
    const root = ReactDOM.createRoot(window.document.querySelector('#root') as Element);
    const {createElement} = React;
    const intl = createElement(ReactIntl.IntlProvider, {locale: 'en', onError: () => undefined}, createElement(Panel));
    root.render(createElement(ReactRedux.Provider, {store: hostStore, children: intl}));
    await vi.waitFor(() => expect(window.document.body.textContent, errors.join()).toContain('No connection to Mattermost.'));
    expect(window.document.querySelectorAll('[role=tab]')).toHaveLength(4);
    expect(errors).toEqual([]);
    root.unmount();
    plugins[0]?.uninitialize?.();
    window.close();
});

test('names no path of the machine it was built on, and brings no React of its own', () => {
    expect(bundle).not.toContain(process.cwd());
    // Present in every copy of React or of its JSX runtime; the latter throws while being evaluated under another React.
    expect(bundle).not.toMatch(/react\.(element|transitional\.element)|__SECRET_INTERNALS|ReactCurrentOwner/);
});
