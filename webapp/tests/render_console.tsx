/** The System Console's page on a page: the store, the desk and the servers of the panel's tests, and an admin API. */
import {render, screen} from '@testing-library/react';
import {userEvent} from '@testing-library/user-event';
import React from 'react';
import {IntlProvider} from 'react-intl';
import {Provider} from 'react-redux';
import {expect} from 'vitest';
import words from '../i18n/console/en.json';
import de from '../i18n/de.json';
import en from '../i18n/en.json';
import nl from '../i18n/nl.json';
import {Console} from '../src/console/console.tsx';
import type {TabId} from '../src/console/context.tsx';
import {DeskContext} from '../src/hooks/useDesk.ts';
import {type AdminServers, createAdminServers} from './admin_servers.ts';
import {createTestDesk} from './render.tsx';
import {BRIDGE, createServers, type Servers, TEAM, type Wire} from './servers.ts';

const MESSAGES = {en, nl, de};

export function renderConsole({
    servers = createServers(),
    admin = createAdminServers(),
    teams = [TEAM],
    locale = 'en',
}: {
    servers?: Servers;
    admin?: AdminServers;
    teams?: string[];
    locale?: keyof typeof MESSAGES;
} = {}) {
    const own = servers.fetch;
    const fetch: typeof globalThis.fetch = async (input, init = {}) => {
        const url = new URL(String(input));
        if (url.pathname.endsWith('/users/me/teams')) return Response.json(teams.map((id) => ({id})));
        const team = /\/users\/me\/teams\/(\w+)\/channels$/.exec(url.pathname)?.[1];
        if (team) return Response.json([{id: `channel-of-${team}`, team_id: team}]);
        if (url.origin === BRIDGE && url.pathname.startsWith('/v1/admin') && !servers.bridgeIsAway) {
            const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Wire) : null;
            return admin.answer(init.method ?? 'GET', url, body, init);
        }
        return own(input, init);
    };
    const parts = createTestDesk({...servers, fetch});
    const user = userEvent.setup();
    const view = render(
        <Provider store={parts.store as never}>
            <IntlProvider locale={locale} messages={MESSAGES[locale]} onError={(error) => expect.fail(String(error))}>
                <DeskContext.Provider value={parts.desk}>
                    <Console />
                </DeskContext.Provider>
            </IntlProvider>
        </Provider>,
    );
    return {...parts, servers, admin, user, ...view};
}

/** In English. */
export async function openTab(tab: TabId, options: Parameters<typeof renderConsole>[0] = {}) {
    const parts = renderConsole(options);
    await parts.user.click(await screen.findByRole('tab', {name: words[`ireserve.console.tab.${tab}`]}));
    return parts;
}

export const button = (name: string | RegExp) => screen.findByRole('button', {name});
