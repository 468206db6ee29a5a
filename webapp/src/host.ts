/** The only file that reads `window`: what the web app offers there to plugins, each with a plain fallback. */
import type {ReactNode} from 'react';
import type {Action} from 'redux';

type PostUtils = {
    formatText(text: string, options: Record<string, unknown>): string;
    messageHtmlToComponent(html: string, options: Record<string, unknown>): ReactNode;
};

type Popouts = {
    isPopoutWindow(): boolean;
    sendToParent(channel: string, ...parts: unknown[]): void;
    onMessageFromParent(listener: (channel: string, ...parts: unknown[]) => void): void;
};

type HostWindow = {
    basename?: string;
    PostUtils?: PostUtils;
    ProductApi?: {getRhsSelectedPostId?(state: unknown): string; selectRhsPost?(postId: string): Action};
    WebappUtils?: {
        browserHistory?: {push(path: string): void};
        popouts?: Partial<Popouts>;
        sendDesktopNotificationToMe?(
            title: string,
            body: string,
            channelId: string,
            teamId: string,
            silent: boolean,
            soundName: string,
            path: string,
        ): Action;
    };
};

const host = (): HostWindow => window as unknown as HostWindow;

/** Where Mattermost is, subpath included, without a slash at the end. */
export const siteUrl = (): string => window.location.origin + (host().basename ?? '').replace(/\/$/, '');

export const isHttps = (): boolean => window.location.protocol === 'https:';
/** Not by `window.DesktopApp`, which browsers have as well: it is the web app's own part that speaks with the app, if there is one. */
export const isDesktopApp = (): boolean => 'desktopAPI' in window || / Mattermost\//.test(navigator.userAgent);

/** The token that must come with every request that changes something. */
export const csrfToken = (): string => /(?:^|; *)MMCSRF=([^;]*)/.exec(document.cookie)?.[1] ?? '';

/** Markdown as Mattermost draws it. A visitor's text mentions nobody. */
export function markdown(text: string, ours: boolean): ReactNode {
    const utils = host().PostUtils;
    if (!utils) return text;
    try {
        const html = utils.formatText(text, {atMentions: ours, mentionHighlight: false, siteURL: siteUrl()});
        return utils.messageHtmlToComponent(html, {mentions: ours});
    } catch {
        return text;
    }
}

/** The thread that is open in the sidebar: to be asked before our panel takes its place. */
export function openThread(state: {views?: {rhs?: {selectedPostId?: string}}}): string {
    return host().ProductApi?.getRhsSelectedPostId?.(state) || state.views?.rhs?.selectedPostId || '';
}

/** To be dispatched: opens the thread in the sidebar, which a link to its first post does not do. Undefined where the host can't be told. */
export const showThread = (root_id: string): Action | undefined => host().ProductApi?.selectRhsPost?.(root_id);

/** Shows a page of Mattermost without loading it anew; other addresses in a tab of their own. */
export function goTo(url: string): void {
    const history = host().WebappUtils?.browserHistory;
    const own = `${siteUrl()}/`;
    // A pop-out has no room for the rest of Mattermost.
    if (history && url.startsWith(own) && !popoutSide()) history.push(url.slice(own.length - 1));
    else window.open(url, '_blank', 'noopener,noreferrer');
}

/** How the window and its pop-out talk (11.3 and later); undefined before, and in ordinary windows. */
export function popoutSide(): Popouts | undefined {
    const popouts = host().WebappUtils?.popouts;
    return popouts?.isPopoutWindow?.() && popouts.sendToParent && popouts.onMessageFromParent ? (popouts as Popouts) : undefined;
}

/**
 * To be dispatched: a notification on the desktop. Undefined where the host can't be told.
 *
 * @param body one that says the same as an earlier one takes its place without a sound
 * @param path where a click leads, within Mattermost
 */
export const desktopNotification = (
    title: string,
    body: string,
    {teamId, sound, path}: {teamId: string; sound: boolean; path: string},
): Action | undefined => host().WebappUtils?.sendDesktopNotificationToMe?.(title, body, '', teamId, !sound, 'Bing', path);

/** Tells when the network or the computer comes back, or somebody looks at the page again. @returns stops it */
export function onWake(wake: () => void): () => void {
    const seen = () => document.visibilityState === 'visible' && wake();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', seen);
    return () => {
        window.removeEventListener('online', wake);
        document.removeEventListener('visibilitychange', seen);
    };
}

const IDLE_AT_LATEST_MS = 200;

/** When the page has nothing better to do. @returns calls it off */
export function whenIdle(work: () => void): () => void {
    // Safari has none.
    if (typeof requestIdleCallback !== 'function') {
        const timer = setTimeout(work, 0);
        return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(work, {timeout: IDLE_AT_LATEST_MS});
    return () => cancelIdleCallback(handle);
}

const TURN_MS = 300;

/** Does this while no other tab of this browser does the same: by a lock, or (on pages that are not secure) most probably, by chance. */
export function takeTurns(name: string, work: () => void): void {
    if (navigator.locks) void navigator.locks.request(name, work).catch(() => work());
    else setTimeout(work, Math.random() * TURN_MS);
}

/** Like localStorage, which may be full or forbidden. */
export const storage = {
    get(key: string): string | null {
        try {
            return window.localStorage.getItem(key);
        } catch {
            return null;
        }
    },
    set(key: string, value: string): void {
        try {
            window.localStorage.setItem(key, value);
        } catch {
            // A draft that is not kept is better than a panel that breaks.
        }
    },
};

/** Only web addresses become links: a visitor's page may claim to be at `javascript:`. */
export function safeLink(url: string): string | null {
    return /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url).href : null;
}
