/** The built bundle as the Mattermost web app meets it: a script on a page, with its parts beside it on the server. A throw here would leave that page blank for everybody. */
import {once} from 'node:events';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {JSDOM, VirtualConsole} from 'jsdom';
import {afterAll, afterEach, beforeAll, expect, test, vi} from 'vitest';
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
let server: Server;
/** Of the site, which lives under a subpath. */
let site: string;
/** What was asked of it, `GET` each. */
let asked: string[] = [];
/** Names of the plugin's folder that are not to be had. */
const missing = new Set<string>();
const hosts: Record<string, string> = {};

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ireserve-bundle-'));
    bundle = await readFile(await buildBundle(folder), 'utf8');
    for (const [version, react, dom] of REACTS) hosts[version] = await buildHost(version, react, dom);
    const {id} = await readManifest();
    server = createServer((request, answer) => {
        const [path = ''] = (request.url ?? '').split('?');
        asked.push(path);
        const [, name = ''] = new RegExp(`^/chat/static/plugins/${id}/([\\w.-]+)$`).exec(path) ?? [];
        const file = name === `${id}_0123_bundle.js` ? 'main.js' : name;
        if (missing.has(file)) return answer.writeHead(404).end();
        readFile(join(folder, file)).then(
            (bytes) => answer.writeHead(200, {'content-type': 'text/javascript'}).end(bytes),
            () => answer.writeHead(404).end(),
        );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
    // Three builds, on a machine that may be busy.
}, 180_000);

afterEach(() => {
    asked = [];
    missing.clear();
});

afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
    await rm(folder, {recursive: true, force: true});
});

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

type Loaded = {plugins: LoadedPlugin[]; errors: string[]; window: Page};

/** An empty page of the site with the host's globals. The console's errors are collected: the plugin reports there, and only there. */
function openPage(version = '18'): Loaded {
    const errors: string[] = [];
    const virtualConsole = new VirtualConsole();
    virtualConsole.on('error', (...parts) => errors.push(parts.join(' ')));
    // What the page could not run: syntax, a missing global, a throw while evaluating.
    virtualConsole.on('jsdomError', (error) => errors.push(String(error)));
    const page = new JSDOM('<!doctype html><div id="root"></div>', {
        runScripts: 'dangerously',
        resources: 'usable',
        url: `${site}/team/channels/town-square`,
        virtualConsole,
    });
    const window = page.window as Page;
    const plugins: LoadedPlugin[] = [];
    const registerPlugin = (id: string, plugin: Omit<LoadedPlugin, 'id'>) => plugins.push(Object.assign(plugin, {id}));
    window.eval(hosts[version] ?? '');
    Object.assign(window, {registerPlugin, basename: '/chat'});
    return {plugins, errors, window};
}

/** The bundle, evaluated; by a loader that tells no address, as some servers' extensions do. */
function load(version?: string): Loaded {
    const loaded = openPage(version);
    loaded.window.eval(bundle);
    return loaded;
}

/** The bundle as the web app loads it: a script element. */
async function loadByScript(version?: string): Promise<Loaded> {
    const loaded = openPage(version);
    const {id} = await readManifest();
    const {document} = loaded.window;
    const script = document.createElement('script');
    script.src = `${site}/static/plugins/${id}/${id}_0123_bundle.js`;
    document.head.append(script);
    await vi.waitFor(() => expect(loaded.plugins, loaded.errors.join()).toHaveLength(1), WITHIN);
    return loaded;
}

const WITHIN = {timeout: 10_000};

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

type Drawn = Loaded & {text: () => string; stop: () => void};

/** What was registered, with a store and the texts of the host. */
function draw(loaded: Loaded, what: 'panel' | 'console' = 'panel'): Drawn {
    const {plugins, window} = loaded;
    const {React, ReactDOM, ReactIntl, ReactRedux, Redux} = window;
    window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    const drawn: Record<string, import('react').ComponentType> = {};
    let reducer: import('redux').Reducer = (state) => state;
    const known: Record<string, unknown> = {
        registerReducer: (given: typeof reducer) => {
            reducer = given;
        },
        registerRightHandSidebarComponent: (given: import('react').ComponentType) => {
            drawn.panel = given;
            return {id: 'x', showRHSPlugin: {type: 'show'}};
        },
        registerAdminConsoleCustomSetting: (_key: string, given: import('react').ComponentType) => {
            drawn.console = given;
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
    const part = drawn[what];
    if (!part) throw new Error(`${what} is not registered`);
    const intl = createElement(ReactIntl.IntlProvider, {locale: 'en', onError: () => undefined}, createElement(part));
    root.render(createElement(ReactRedux.Provider, {store: hostStore, children: intl}));
    return {
        ...loaded,
        text: () => window.document.body.textContent ?? '',
        stop() {
            root.unmount();
            plugins[0]?.uninitialize?.();
            window.close();
        },
    };
}

const partNamed = async (name: string): Promise<string> => (await readdir(folder)).find((file) => file.startsWith(`${name}.`)) ?? '';

test.each(REACTS)('loads the panel when it is first shown, from beside the script, and draws it under React %s', async (version) => {
    const loaded = await loadByScript(version);
    expect(loaded.window.React.version.split('.')[0]).toBe(version);
    const panel = `/chat/static/plugins/${(await readManifest()).id}/${await partNamed('panel')}`;
    expect(asked).not.toContain(panel);
    const {text, errors, window, stop} = draw(loaded);
    await vi.waitFor(() => expect(text(), errors.join()).toContain('No connection to Mattermost.'), WITHIN);
    expect(asked.filter((path) => path === panel)).toHaveLength(1);
    expect(window.document.querySelectorAll('[role=tab]')).toHaveLength(4);
    expect(errors).toEqual([]);
    stop();
});

test.each(REACTS)('draws the System Console’s page under React %s', async (version) => {
    const {text, errors, window, stop} = draw(await loadByScript(version), 'console');
    await vi.waitFor(() => expect(text(), errors.join()).toContain('No connection to Mattermost.'), WITHIN);
    const guide = await fetch(window.document.querySelector('a')?.href ?? '');
    expect(await guide.text()).toMatch(/<h[12]>Set .*(slash command|command)/is);
    expect(errors).toEqual([]);
    stop();
});

test.each(REACTS)('a part that can’t be had is said, and can be tried again under React %s', async (version) => {
    const loaded = await loadByScript(version);
    missing.add(await partNamed('panel'));
    const {text, errors, window, stop} = draw(loaded);
    await vi.waitFor(() => expect(text(), errors.join()).toContain('could not be loaded'), WITHIN);
    missing.clear();
    window.document.querySelector('button')?.click();
    await vi.waitFor(() => expect(text()).toContain('No connection to Mattermost.'), WITHIN);
    stop();
});

test('finds its parts under the site’s subpath when it was loaded in another way', async () => {
    const {text, errors, stop} = draw(load());
    await vi.waitFor(() => expect(text(), errors.join()).toContain('No connection to Mattermost.'), WITHIN);
    expect(errors).toEqual([]);
    stop();
});

test('names no path of the machine it was built on, and brings no React of its own', async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.js') && !name.startsWith('host-'));
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
        const script = await readFile(join(folder, name), 'utf8');
        expect(script, name).not.toContain(process.cwd());
        // Present in every copy of React or of its JSX runtime; the latter throws while being evaluated under another React.
        expect(script, name).not.toMatch(/react\.(element|transitional\.element)|__SECRET_INTERNALS|ReactCurrentOwner/);
    }
});
