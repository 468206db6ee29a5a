import React, {type ReactNode} from 'react';
import manifest from '../../plugin.json';
import {HeaderIcon, Title} from './components/icon.tsx';
import {Words} from './components/words.tsx';
import {createDesk, type Desk} from './desk/desk.ts';
import {DeskContext} from './hooks/useDesk.ts';
import {later} from './later.tsx';
import {notifyOfWaiting, registerSettings} from './registrations/notify.ts';
import {createOpen} from './registrations/open.ts';
import {registerPopout} from './registrations/popout.ts';
import {makePostActions} from './registrations/post_menu.ts';
import {makeSlashCommandHook} from './registrations/slash_command.ts';
import {sayIn, wordsIn} from './registrations/translations.ts';
import {makeEventHandlers} from './registrations/websocket.ts';
import {reducer} from './state/reducer.ts';
import type {HostPlugin, PluginRegistry, PluginStore, RightHandSidebar} from './types/mattermost.ts';

/** What only those download who answer visitors. */
const Panel = later(() => import(/* webpackChunkName: "panel" */ './components/panel/panel.tsx').then((part) => part.Panel));
/** What only admins do. */
const Console = later(() => import(/* webpackChunkName: "console" */ './console/console.tsx').then((part) => part.Console));

/** Each part stands alone: what one host does not know, or refuses, must not take the others along. */
function safely(part: string, register: () => void): void {
    try {
        register();
    } catch (error) {
        console.error(`${manifest.id}: ${part} could not be started; Mattermost goes on without it.`, error);
    }
}

/** The table of contents of what we add to the web app. Runs on the login page too: nothing here may need a user. @returns undoes the rest */
function register(registry: PluginRegistry, store: PluginStore): () => void {
    const desk = createDesk(store);
    const undo = [desk.stop];
    let sidebar: RightHandSidebar | undefined;
    const open = createOpen(desk, () => sidebar);
    const say = sayIn(store.getState);
    const button = <Words id="ireserve.button.open" />;

    safely('its state', () => registry.registerReducer(reducer));
    safely('its texts', () => registry.registerTranslations(wordsIn));
    safely('the panel', () => {
        sidebar = registry.registerRightHandSidebarComponent(withDesk(desk, <Panel />), <Title />);
    });
    // The app bar takes it over, drawing and all. An item of its own there would be a mere picture, without the number, and hide this one.
    safely('the button', () => {
        registry.registerChannelHeaderButtonAction(<HeaderIcon />, () => open.toggle(), button, button);
    });
    safely('the posts’ menu', () => {
        for (const {text, action, filter} of makePostActions(desk, open)) {
            registry.registerPostDropdownMenuAction(<Words id={text} />, action, filter);
        }
    });
    safely('the slash command', () => registry.registerSlashCommandWillBePostedHook(makeSlashCommandHook(desk, open)));
    safely('the server’s events', () => {
        for (const [name, handle] of Object.entries(makeEventHandlers(desk))) registry.registerWebSocketEventHandler(name, handle);
        registry.registerReconnectHandler(() => desk.connection.wake());
    });
    safely('the window of its own', () => registerPopout(registry, desk));
    safely('the settings', () => {
        undo.push(registerSettings(registry, say, store));
        undo.push(notifyOfWaiting(desk, say));
    });
    safely('the System Console’s page', () =>
        registry.registerAdminConsoleCustomSetting?.('status', withDesk(desk, <Console />), {showTitle: false}),
    );
    return () => {
        for (const one of undo) safely('the end', one);
    };
}

const withDesk = (desk: Desk, component: ReactNode) => () => <DeskContext.Provider value={desk}>{component}</DeskContext.Provider>;

let stop = (): void => {};

const plugin: HostPlugin = {
    initialize(registry, store) {
        // The host shows nothing at all until this has returned; a throw leaves Mattermost blank for everybody.
        safely('the plugin', () => {
            stop = register(registry, store);
        });
    },
    uninitialize: () => stop(),
};

window.registerPlugin(manifest.id, plugin);
