/** The border to the Mattermost web app: exactly what we use of it. What newer servers added is optional and asked for before use. */
import type {Post} from '@mattermost/types/posts';
import type {GlobalState as HostState} from '@mattermost/types/store';
import type {ComponentType, ReactNode} from 'react';
import type {Action, Reducer, Store} from 'redux';

/** Besides `entities`, with the few places of the web app's own state that we read; they may be missing. */
export type GlobalState = HostState & {views?: {rhs?: {selectedPostId?: string}}};

export type PluginStore = Pick<Store<GlobalState>, 'getState' | 'dispatch' | 'subscribe'>;

/** What the host gives back for a right-hand sidebar component: actions to dispatch, not functions that act. */
export type RightHandSidebar = {
    id: string;
    showRHSPlugin: Action;
    hideRHSPlugin: Action;
    toggleRHSPlugin: Action;
};

export type SlashCommandArguments = {channel_id: string; team_id: string; root_id?: string};
export type SlashCommandOutcome = {message?: string; args?: SlashCommandArguments; error?: {message: string}};

/** An event of the server's WebSocket. */
export type HostEvent = {data: Record<string, unknown>; broadcast?: {channel_id?: string}};

export type PopoutListeners = {
    onMessageFromPopout(listener: (channel: string, ...parts: unknown[]) => void): void;
    sendToPopout(channel: string, ...parts: unknown[]): void;
};

export type UserSettings = {
    id: string;
    uiName: string;
    icon?: string;
    sections: {
        title: string;
        settings: {
            type: 'radio';
            name: string;
            title: string;
            default: string;
            options: {text: string; value: string; helpText?: string}[];
        }[];
    }[];
};

/** Positional arguments throughout: an object with a key the host does not know is silently taken for the first argument. */
export type PluginRegistry = {
    registerReducer(reducer: Reducer): void;
    registerTranslations(messagesOf: (locale: string) => Record<string, string>): void;
    registerRightHandSidebarComponent(component: ComponentType, title: ReactNode): RightHandSidebar;
    registerPostDropdownMenuAction(text: ReactNode, action: (postId: string) => void, filter: (postId: string) => boolean): string;
    registerPostTypeComponent(type: string, component: ComponentType<{post: Post}>): string;
    registerChannelHeaderButtonAction(icon: ReactNode, action: () => void, dropdownText: ReactNode, tooltipText: ReactNode): string;
    registerRootComponent(component: ComponentType): string;
    registerSlashCommandWillBePostedHook(hook: (message: string, args: SlashCommandArguments) => Promise<SlashCommandOutcome>): string;
    /** A throw in the handler would stop the other plugins' handlers. */
    registerWebSocketEventHandler(event: string, handler: (message: HostEvent) => void): void;
    registerReconnectHandler(handler: () => void): void;
    registerAdminConsoleCustomSetting?(key: string, component: ComponentType, options: {showTitle: boolean}): void;
    registerUserSettings?(settings: UserSettings): void;
    /** 11.3 */
    registerRHSPluginPopoutListener?(
        pluginId: string,
        onOpened: (teamName: string, channelName: string, listeners: PopoutListeners) => void,
    ): void;
};

export type HostPlugin = {
    initialize(registry: PluginRegistry, store: PluginStore): void;
    /** The host takes back what was registered; everything else (subscriptions, timers, DOM listeners) is ours to undo here. */
    uninitialize?(): void;
};

declare global {
    interface Window {
        registerPlugin(id: string, plugin: HostPlugin): void;
    }
}
