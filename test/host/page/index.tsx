/** Starts the page in the web app's order: client config, plugins, the person, then everything is drawn at once. */
import React, {type ReactNode, useEffect} from 'react';
import * as ReactDOM from 'react-dom';
import * as Client from 'react-dom/client';
import {IntlProvider} from 'react-intl';
import {Provider, useSelector} from 'react-redux';
import {AdminConsole} from './admin-console.tsx';
import {readAsked} from './asked.ts';
import {HostContext} from './context.ts';
import {ProductApi, setGlobals} from './globals.tsx';
import {browserHistory} from './history.ts';
import {ChannelView} from './layout.tsx';
import {goLive} from './live.ts';
import {loadConfig, loadEverything} from './load.ts';
import {people} from './markdown.tsx';
import {preparePlugins} from './plugins.ts';
import {get} from './server.ts';
import {createHostStore, type HostState, type HostStore} from './state.ts';
import {applyTheme, DENIM, THEMES} from './themes.ts';
import {translations} from './translations.ts';

const asked = readAsked();
const theme = THEMES[asked.theme] ?? DENIM;

function App(): ReactNode {
    const locale = useSelector(({entities: {users}}: HostState) => users.profiles[users.currentUserId]?.locale ?? 'en');
    const path = useSelector((state: HostState) => state.views.location.path);
    useEffect(() => {
        document.documentElement.lang = locale;
    }, [locale]);
    const plugin = /^\/admin_console\/plugins\/plugin_(.+)$/.exec(path)?.[1];
    return (
        <IntlProvider locale={locale} defaultLocale="en" messages={translations.of(locale)} onError={() => undefined}>
            {plugin ? <AdminConsole pluginId={plugin} /> : <ChannelView />}
        </IntlProvider>
    );
}

/** The address decides the channel; a permalink to a reply also opens its thread, one to a root leaves the sidebar as it is. */
async function follow(store: HostStore): Promise<void> {
    const {pathname} = window.location;
    store.dispatch({type: 'LOCATION', path: pathname});
    const {channels} = store.getState().entities.channels;
    const permalink = /\/pl\/([a-z0-9]{26})$/.exec(pathname)?.[1];
    if (permalink) {
        const post = await get<{id: string; channel_id: string; root_id: string}>(`/posts/${permalink}`);
        store.dispatch({type: 'RECEIVED_POST', data: post});
        store.dispatch({type: 'SELECT_CHANNEL', data: post.channel_id});
        if (post.root_id) store.dispatch(ProductApi.selectRhsPost(post.root_id));
        return;
    }
    const name = /\/channels\/([^/]+)$/.exec(pathname)?.[1] ?? 'web-chats';
    const all = Object.values(channels);
    const channel = all.find((one) => one.name === name) ?? all.find((one) => one.name === 'town-square');
    if (channel && channel.id !== store.getState().entities.channels.currentChannelId)
        store.dispatch({type: 'SELECT_CHANNEL', data: channel.id});
}

async function start(): Promise<void> {
    setGlobals();
    const store = createHostStore();
    applyTheme(theme);
    const plugins = preparePlugins(store);
    await loadConfig(store);
    const [, loaded] = await Promise.allSettled([plugins.loadAll(), loadEverything(store, asked)]);
    if (loaded.status === 'rejected') throw loaded.reason;
    const {users} = store.getState().entities;
    const names = () => Object.values(store.getState().entities.users.profiles);
    people.known = (name) => names().some(({username}) => username === name.toLowerCase());
    people.isMe = (name) => users.profiles[users.currentUserId]?.username === name.toLowerCase();
    browserHistory.listen(() => void follow(store));
    await follow(store);
    goLive(store);
    const page = (
        <Provider store={store}>
            <HostContext.Provider value={{store, theme}}>
                <App />
            </HostContext.Provider>
        </Provider>
    );
    const root = document.getElementById('root') as HTMLElement;
    // Up to 11.11 the app is mounted the old way, without batching outside of event handlers; from 12.0 with createRoot.
    if ('render' in ReactDOM) (ReactDOM as unknown as {render(page: ReactNode, root: HTMLElement): void}).render(page, root);
    else Client.createRoot(root).render(page);
    Object.assign(window, {hostStore: store, hostPlugins: plugins});
}

void start().catch((error: unknown) => {
    const said = document.createElement('pre');
    said.textContent = `The host page could not start: ${error instanceof Error ? error.stack : String(error)}`;
    document.body.append(said);
});
