/** The registry a plugin gets, with Mattermost's way of taking arguments. Only what is here exists, so that a plugin's own questions ("is there …?") are real. */
import type {Reducer} from 'redux';
import {handlers, type ServerEvent} from './live.ts';
import type {HostDispatch, HostState, HostStore} from './state.ts';
import {type MessagesOf, translations} from './translations.ts';

type Given = Record<string, unknown>;

/**
 * Positional arguments, or one plain object all of whose keys are known. One unknown key, and the object is the first positional argument.
 */
function reArg<T>(keys: readonly string[], take: (given: Given) => T): (...args: unknown[]) => T {
    return (...args) => {
        const [only] = args;
        const named = args.length === 1 && isPlain(only) && Object.keys(only).every((key) => keys.includes(key));
        return take(named ? only : Object.fromEntries(keys.map((key, at) => [key, args[at]])));
    };
}

const isPlain = (value: unknown): value is Given =>
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

let count = 0;
const newId = () => `registered-${++count}`;

export function createRegistry(pluginId: string, store: HostStore) {
    /** @param name the list of the store it goes to */
    const component = (name: string, more: Given): string => {
        const id = newId();
        store.dispatch({type: 'RECEIVED_PLUGIN_COMPONENT', name, data: {id, pluginId, ...more}});
        return id;
    };
    const plain = (name: string) => reArg(['component'], ({component: shown}) => component(name, {component: shown}));
    const hook = (name: string) => reArg(['hook'], ({hook: run}) => component(name, {hook: run}));

    const sidebar = (shown: unknown, title: unknown) => {
        const id = component('RightHandSidebarComponent', {component: shown, title});
        const show = {type: 'UPDATE_RHS_STATE', state: 'plugin', pluggableId: id, timestamp: Date.now()};
        const isOpen = ({views: {rhs}}: HostState) => rhs.rhsState === 'plugin' && rhs.pluggableId === id;
        const hide = (dispatch: HostDispatch, getState: () => HostState) => {
            if (isOpen(getState())) dispatch({type: 'UPDATE_RHS_STATE', state: null});
            return {data: true};
        };
        const toggle = (dispatch: HostDispatch, getState: () => HostState) => dispatch(isOpen(getState()) ? hide : show);
        return {id, showRHSPlugin: show, hideRHSPlugin: hide, toggleRHSPlugin: toggle};
    };

    return {
        registerRootComponent: plain('Root'),
        registerGlobalComponent: plain('Global'),
        registerPostActionComponent: plain('PostAction'),
        registerPostEditorActionComponent: plain('PostEditorAction'),
        registerNewMessagesSeparatorActionComponent: plain('NewMessagesSeparatorAction'),
        registerMessageWillBePostedHook: hook('MessageWillBePosted'),
        registerMessageWillBeUpdatedHook: hook('MessageWillBeUpdated'),
        registerSlashCommandWillBePostedHook: hook('SlashCommandWillBePosted'),
        registerMessageWillFormatHook: hook('MessageWillFormat'),
        registerDesktopNotificationHook: hook('DesktopNotificationHooks'),
        registerFilesWillUploadHook: hook('FilesWillUploadHook'),

        registerRightHandSidebarComponent: reArg(['component', 'title'], ({component: shown, title}) => sidebar(shown, title)),

        registerChannelHeaderButtonAction: reArg(
            ['icon', 'action', 'dropdownText', 'tooltipText'],
            ({icon, action, dropdownText, tooltipText}) => {
                const given = {icon, action, dropdownText, tooltipText: tooltipText || dropdownText};
                component('MobileChannelHeaderButton', given);
                return component('ChannelHeaderButton', given);
            },
        ),

        registerAppBarComponent: reArg(
            ['iconUrl', 'action', 'tooltipText', 'supportedProductIds', 'rhsComponent', 'rhsTitle'],
            ({rhsComponent, rhsTitle, ...given}) => {
                if (rhsComponent === undefined) return component('AppBar', given);
                const panel = sidebar(rhsComponent, rhsTitle);
                const action = () => store.dispatch(panel.toggleRHSPlugin);
                return {id: component('AppBar', {...given, action, rhsComponentId: panel.id}), rhsComponent: panel};
            },
        ),

        registerPostDropdownMenuAction: reArg(['text', 'action', 'filter'], (given) => component('PostDropdownMenu', given)),
        registerPostDropdownSubMenuAction: reArg(['text', 'action', 'filter'], (given) => {
            const id = component('PostDropdownMenu', given);
            const more = reArg(['text', 'action', 'filter'], (one) => component('PostDropdownMenu', {...one, parentMenuId: id}));
            return {id, rootRegisterMenuItem: more};
        }),

        registerPostTypeComponent: reArg(['type', 'component'], ({type, component: shown}) => {
            const id = newId();
            store.dispatch({type: 'RECEIVED_PLUGIN_POST_COMPONENT', data: {id, pluginId, type, component: shown}});
            return id;
        }),

        registerReducer: reArg(['reducer'], ({reducer}) => store.addReducer(pluginId, reducer as Reducer)),
        registerTranslations: reArg(['getTranslationsForLocale'], ({getTranslationsForLocale}) =>
            translations.add(pluginId, getTranslationsForLocale as MessagesOf),
        ),

        registerWebSocketEventHandler: reArg(['event', 'handler'], ({event, handler}) => {
            const name = event as string;
            handlers.events[name] = {...handlers.events[name], [pluginId]: handler as (event: ServerEvent) => void};
        }),
        unregisterWebSocketEventHandler: reArg(['event'], ({event}) => {
            delete handlers.events[event as string]?.[pluginId];
        }),
        registerReconnectHandler: reArg(['handler'], ({handler}) => {
            handlers.reconnects[pluginId] = handler as () => void;
        }),
        unregisterReconnectHandler: () => {
            delete handlers.reconnects[pluginId];
        },

        registerAdminConsoleCustomSetting: reArg(['key', 'component', 'options'], ({key, component: shown, options}) => {
            const {showTitle = false} = (options ?? {}) as {showTitle?: boolean};
            const data = {id: newId(), pluginId, key, component: shown, options: {showTitle}};
            store.dispatch({type: 'RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT', data});
        }),
        registerUserSettings: reArg(['setting'], ({setting}) =>
            store.dispatch({type: 'RECEIVED_PLUGIN_USER_SETTINGS', data: {pluginId, setting}}),
        ),
        registerRHSPluginPopoutListener: reArg(['pluginId', 'onPopoutOpened'], () => undefined),

        unregisterComponent: reArg(['componentId'], ({componentId}) => store.dispatch({type: 'REMOVED_PLUGIN_COMPONENT', id: componentId})),
    };
}
