/** The panel on a page: a real redux store with what the host has there, the real desk, and servers in memory. */
import type {Post} from '@mattermost/types/posts';
import {render} from '@testing-library/react';
import {userEvent} from '@testing-library/user-event';
import React from 'react';
import {IntlProvider} from 'react-intl';
import {Provider} from 'react-redux';
import {type Action, applyMiddleware, createStore, type Middleware} from 'redux';
import {expect} from 'vitest';
import en from '../i18n/en.json';
import {Panel} from '../src/components/panel/panel.tsx';
import {createDesk} from '../src/desk/desk.ts';
import {DeskContext} from '../src/hooks/useDesk.ts';
import {reducer} from '../src/state/reducer.ts';
import {ours} from '../src/state/selectors.ts';
import type {GlobalState, PluginStore} from '../src/types/mattermost.ts';
import {stopLater} from './desks.ts';
import './matchers.ts';
import {BEN, BOT, CHANNEL, createServers, ME, type Servers, TEAM} from './servers.ts';

const KEY = 'plugins-com.i-reserve.conversations';

export function hostState(posts: Post[] = [], preferences: Record<string, {value: string}> = {}): GlobalState {
    const person = (id: string, first_name: string, more = {}) => ({
        id,
        username: first_name.toLowerCase(),
        first_name,
        last_name: '',
        nickname: '',
        ...more,
    });
    return {
        entities: {
            users: {
                currentUserId: ME,
                profiles: {[ME]: person(ME, 'Anna'), [BEN]: person(BEN, 'Ben'), [BOT]: person(BOT, 'i-Reserve', {is_bot: true})},
            },
            teams: {currentTeamId: TEAM, teams: {[TEAM]: {name: 'aurora'}}, myMembers: {[TEAM]: {}}},
            channels: {currentChannelId: CHANNEL, channels: {[CHANNEL]: {id: CHANNEL, team_id: TEAM}}, myMembers: {[CHANNEL]: {}}},
            posts: {posts: Object.fromEntries(posts.map((one) => [one.id, one])), postsInThread: {}, reactions: {}},
            preferences: {myPreferences: preferences},
        },
    } as unknown as GlobalState;
}

export function createHostStore(initial = hostState()): PluginStore {
    const start = {...initial, [KEY]: reducer(undefined, {type: 'start'})};
    return createStore(
        (state: Record<string, unknown> = start, action: Action & {host?: GlobalState}) => ({
            ...(action.host ?? state),
            [KEY]: reducer(state[KEY] as Parameters<typeof reducer>[0], action),
        }),
        applyMiddleware(thunks),
    ) as unknown as PluginStore;
}

/** Much of what the host offers is to be dispatched, and does nothing before. */
const thunks: Middleware =
    ({dispatch}) =>
    (next) =>
    (action) =>
        typeof action === 'function' ? action(dispatch) : next(action);

export function createTestDesk(servers: Servers = createServers(), state = hostState()) {
    const store = createHostStore(state);
    const desk = stopLater(createDesk(store, {fetch: servers.fetch}));
    return {desk, store, servers, state: () => ours(store.getState())};
}

export function renderPanel(options: {servers?: Servers; state?: GlobalState} = {}) {
    const parts = createTestDesk(options.servers, options.state);
    const user = userEvent.setup();
    const view = render(
        <Provider store={parts.store as never}>
            <IntlProvider locale="en" messages={en} onError={(error) => expect.fail(String(error))}>
                <DeskContext.Provider value={parts.desk}>
                    <Panel />
                </DeskContext.Provider>
            </IntlProvider>
        </Provider>,
    );
    return {...parts, user, ...view};
}
