/** What the web app puts on `window` for plugins (mattermost-webapp.md 2.1, 6). */
import React, {type ReactNode, useState} from 'react';
import * as ReactDOMWhole from 'react-dom';
import * as ReactDOMClient from 'react-dom/client';
import * as ReactIntl from 'react-intl';
import * as ReactRedux from 'react-redux';
import * as Redux from 'redux';
import {browserHistory} from './history.ts';
import {formatText, messageHtmlToComponent} from './markdown.tsx';
import type {HostDispatch, HostState} from './state.ts';

const anyProp = Object.assign(() => null, {isRequired: () => null});

/** A plugin that asks for more of these than is here should show up in a test, hence so little. */
const ReactRouterDom = {
    Link: ({to, children}: {to: string; children: ReactNode}) => (
        <a
            href={to}
            onClick={(event) => {
                event.preventDefault();
                browserHistory.push(to);
            }}
        >
            {children}
        </a>
    ),
    useHistory: () => browserHistory,
    useLocation: () => browserHistory.location,
};

const Luxon = {
    DateTime: {
        fromMillis: (at: number) => ({
            toLocaleString: (options?: Intl.DateTimeFormatOptions) => new Date(at).toLocaleString(undefined, options),
        }),
        now: () => Luxon.DateTime.fromMillis(Date.now()),
    },
};

export function Timestamp({value}: {value: number | Date}): ReactNode {
    const {formatTime} = ReactIntl.useIntl();
    const at = new Date(value);
    return <time dateTime={at.toISOString()}>{formatTime(at, {hour: 'numeric', minute: '2-digit'})}</time>;
}

const SIZES: Record<string, number> = {xxs: 16, xs: 20, sm: 24, md: 32, lg: 36, xl: 50};

export function Avatar({
    url,
    username,
    text,
    size = 'md',
    alt,
}: {
    url?: string;
    username?: string;
    text?: string;
    size?: string;
    alt?: string;
}) {
    const [broken, setBroken] = useState(false);
    const pixels = SIZES[size] ?? 32;
    const style = {width: pixels, height: pixels, lineHeight: `${pixels}px`};
    if (!url || broken) {
        return (
            <div className="Avatar Avatar-plain" style={style} data-content={text}>
                {(text ?? username ?? '?').slice(0, 2)}
            </div>
        );
    }
    const label = alt ?? (username ? `${username} profile image` : 'user profile image');
    return <img className={`Avatar Avatar-${size}`} style={style} alt={label} src={url} onError={() => setBroken(true)} />;
}

const imageURLForUser = (id: string) => `/api/v4/users/${id}/image`;

export const ProductApi = {
    getRhsSelectedPostId: (state: HostState) => state.views.rhs.selectedPostId,
    getIsRhsOpen: (state: HostState) => state.views.rhs.isSidebarOpen,
    selectRhsPost: (postId: string) => (dispatch: HostDispatch, getState: () => HostState) => {
        const post = getState().entities.posts.posts[postId];
        if (post) dispatch({type: 'SELECT_POST', postId: post.root_id || post.id, channelId: post.channel_id});
    },
    closeRhs: () => ({type: 'UPDATE_RHS_STATE', state: null}),
};

/** Notifications a plugin asked for, for tests to look at. */
const notified: unknown[][] = [];

export function setGlobals(): void {
    Object.assign(window, {
        React,
        ReactDOM: {...ReactDOMWhole, ...ReactDOMClient},
        ReactRedux,
        Redux,
        ReactIntl,
        ReactRouterDom,
        Luxon,
        PropTypes: new Proxy(
            {},
            {get: (_all, name) => (['shape', 'arrayOf', 'oneOf', 'oneOfType'].includes(String(name)) ? () => anyProp : anyProp)},
        ),
        basename: '',
        PostUtils: {formatText, messageHtmlToComponent},
        Components: {Timestamp, Avatar, imageURLForUser},
        ProductApi,
        // In every browser, not only in the desktop app.
        DesktopApp: {},
        WebappUtils: {
            browserHistory,
            modals: {openModal: () => ({type: 'MODAL_OPEN'}), ModalIdentifiers: {}},
            notificationSounds: {ring: () => undefined, stopRing: () => undefined},
            // To be dispatched, as there.
            sendDesktopNotificationToMe:
                (...given: unknown[]) =>
                () => {
                    notified.push(given);
                    return Promise.resolve({data: {status: 'success'}});
                },
            popouts: {
                isPopoutWindow: () => false,
                canPopout: () => false,
                sendToParent: () => undefined,
                onMessageFromParent: () => () => undefined,
            },
        },
        hostNotified: notified,
    });
}
