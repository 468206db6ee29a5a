/** The border to the Mattermost web app: exactly what we use of it. What newer servers added is optional and asked for before use. */
import type {Post} from '@mattermost/types/posts';
import type {GlobalState} from '@mattermost/types/store';
import type {ComponentType, ReactNode} from 'react';
import type {Action, Reducer, Store} from 'redux';

export type PluginStore = Store<GlobalState>;

/** What the host gives back for a right-hand sidebar component: actions to dispatch, not functions that act. */
export type RightHandSidebar = {
    id: string;
    showRHSPlugin: Action;
    hideRHSPlugin: Action;
    toggleRHSPlugin: Action;
};

export type SlashCommandArguments = {channel_id: string; team_id: string; root_id?: string};

/** Positional arguments throughout: an object with a key the host does not know is silently taken for the first argument. */
export type PluginRegistry = {
    registerReducer(reducer: Reducer): void;
    registerTranslations(messagesOf: (locale: string) => Record<string, string>): void;
    registerRightHandSidebarComponent(component: ComponentType, title: ReactNode): RightHandSidebar;
    registerPostDropdownMenuAction(text: ReactNode, action: (postId: string) => void, filter: (postId: string) => boolean): string;
    registerPostTypeComponent(type: string, component: ComponentType<{post: Post}>): string;
    registerChannelHeaderButtonAction(icon: ReactNode, action: () => void, dropdownText: ReactNode, tooltipText: ReactNode): string;
    registerAppBarComponent(iconUrl: string, action: () => void, tooltipText: ReactNode, supportedProductIds: null): string;
    registerRootComponent(component: ComponentType): string;
    registerSlashCommandWillBePostedHook(
        hook: (
            message: string,
            args: SlashCommandArguments,
        ) => Promise<{message?: string; args?: SlashCommandArguments; error?: {message: string}}>,
    ): string;
    /** A throw in the handler would stop the other plugins' handlers. */
    registerWebSocketEventHandler(event: string, handler: (message: {data: Record<string, unknown>}) => void): void;
    registerReconnectHandler(handler: () => void): void;
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
