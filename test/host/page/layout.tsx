/** The page around the posts: teams, channels, the channel's header with plugins' buttons, the app bar. */
import type {Post as MattermostPost} from '@mattermost/types/posts';
import React, {type ReactNode, useEffect, useMemo, useRef} from 'react';
import {useSelector} from 'react-redux';
import {Composer} from './composer.tsx';
import {useHost} from './context.ts';
import {DialogBox} from './dialog.tsx';
import {Avatar} from './globals.tsx';
import {browserHistory} from './history.ts';
import {loadChannel} from './load.ts';
import {Pluggable, useRegistered, words} from './pluggable.tsx';
import {Post} from './post.tsx';
import {SidebarRight} from './sidebar-right.tsx';
import type {HostState} from './state.ts';

export function ChannelView(): ReactNode {
    const {theme} = useHost();
    return (
        <div className="channel-view app__content">
            <GlobalHeader />
            <div className="main-wrapper">
                <TeamSidebar />
                <ChannelSidebar />
                <Center />
                <SidebarRight />
                <AppBar />
            </div>
            <Pluggable name="Root" theme={theme} webSocketClient={null} />
            <Pluggable name="Global" theme={theme} />
            <DialogBox />
        </div>
    );
}

function GlobalHeader(): ReactNode {
    const me = useSelector((state: HostState) => state.entities.users.profiles[state.entities.users.currentUserId]);
    const connected = useSelector((state: HostState) => state.websocket.connected);
    return (
        <header id="global-header" className="global-header">
            <span className="global-header__product">
                <i className="icon icon-product-channels" /> Channels
            </span>
            <span className="global-header__search">
                <i className="icon icon-magnify" /> Search
            </span>
            <span className="global-header__me">
                {!connected && <span className="global-header__offline">connecting…</span>}
                <Avatar size="sm" url={me ? `/api/v4/users/${me.id}/image` : ''} username={me?.username ?? ''} />
            </span>
        </header>
    );
}

function TeamSidebar(): ReactNode {
    const {currentTeamId, teams} = useSelector((state: HostState) => state.entities.teams);
    return (
        <nav className="team-sidebar" aria-label="team navigation region">
            {Object.values(teams).map(({id, display_name}) => (
                <span key={id} className={`team-btn ${id === currentTeamId ? 'active' : ''}`} title={display_name}>
                    {display_name.slice(0, 2)}
                </span>
            ))}
        </nav>
    );
}

function ChannelSidebar(): ReactNode {
    const {channels, currentChannelId} = useSelector((state: HostState) => state.entities.channels);
    const team = useSelector((state: HostState) => state.entities.teams.teams[state.entities.teams.currentTeamId]);
    const listed = Object.values(channels)
        .filter(({delete_at}) => delete_at === 0)
        .sort((a, b) => a.display_name.localeCompare(b.display_name));
    return (
        <nav id="SidebarContainer" className="SidebarContainer" aria-label="channel sidebar region">
            <div className="SidebarHeader">{team?.display_name}</div>
            <div className="SidebarChannelGroupHeader">CHANNELS</div>
            <ul>
                {listed.map(({id, name, display_name, type}) => (
                    <li key={id} className={`SidebarChannel ${id === currentChannelId ? 'active' : ''}`}>
                        <a
                            id={`sidebarItem_${name}`}
                            href={`/${team?.name}/channels/${name}`}
                            onClick={(event) => {
                                event.preventDefault();
                                browserHistory.push(`/${team?.name}/channels/${name}`);
                            }}
                        >
                            <i className={`icon icon-${type === 'P' ? 'lock-outline' : 'globe'}`} /> {display_name}
                        </a>
                    </li>
                ))}
            </ul>
        </nav>
    );
}

function Center(): ReactNode {
    const {store} = useHost();
    const channel = useSelector((state: HostState) => state.entities.channels.channels[state.entities.channels.currentChannelId]);
    const member = useSelector((state: HostState) => state.entities.channels.myMembers[state.entities.channels.currentChannelId]);
    const id = channel?.id;
    useEffect(() => {
        if (id) void loadChannel(store, id);
    }, [store, id]);
    const buttons = useRegistered('ChannelHeaderButton');
    const hasAppBar = useSelector(({entities: {general}}: HostState) => general.config.DisableAppBar !== 'true');
    if (!channel) return <main className="app__center" />;
    return (
        <main id="app-content" className="app__center">
            <div id="channel-header" className="channel-header">
                <h1 className="channel-header__title">
                    <i className={`icon icon-${channel.type === 'P' ? 'lock-outline' : 'globe'}`} /> {channel.display_name}
                </h1>
                {(hasAppBar ? [] : buttons).map(({id: key, icon, action, tooltipText}) => (
                    <button
                        key={key}
                        type="button"
                        className="channel-header__icon"
                        // A component of the plugin's gives no name.
                        aria-label={typeof tooltipText === 'string' ? tooltipText : ''}
                        onClick={() => (action as (channel: unknown, member: unknown) => void)(channel, member)}
                    >
                        {words(icon)}
                    </button>
                ))}
            </div>
            <PostList channelId={channel.id} />
            <Composer key={channel.id} channelId={channel.id} />
        </main>
    );
}

function PostList({channelId}: {channelId: string}): ReactNode {
    const posts = useSelector((state: HostState) => state.entities.posts.posts);
    const collapsed = useSelector(
        (state: HostState) => state.entities.preferences.myPreferences['display_settings--collapsed_reply_threads']?.value !== 'off',
    );
    const list = useRef<HTMLDivElement>(null);
    const shown = useMemo(
        () =>
            Object.values(posts)
                .filter(
                    (post: MattermostPost) =>
                        post.channel_id === channelId && (!collapsed || post.root_id === '' || post.type === 'system_ephemeral'),
                )
                .filter((post) => !(post.root_id && post.type === 'system_ephemeral' && collapsed))
                .sort((a, b) => a.create_at - b.create_at)
                .slice(-100),
        [posts, channelId, collapsed],
    );
    useEffect(() => {
        if (shown.length > 0) list.current?.scrollTo({top: list.current.scrollHeight});
    }, [shown.length]);
    return (
        <div ref={list} id="postListContent" className="post-list__content">
            {shown.map((post) => (
                <Post key={post.id} post={post} location="CENTER" />
            ))}
        </div>
    );
}

/** Plugins' own icons, and the channel header's buttons of those that have none. An action runs only where there is a channel and one is a member. */
function AppBar(): ReactNode {
    const pictures = useRegistered('AppBar');
    const buttons = useRegistered('ChannelHeaderButton');
    const hasAppBar = useSelector(({entities: {general}}: HostState) => general.config.DisableAppBar !== 'true');
    const {pluggableId, rhsState} = useSelector((state: HostState) => state.views.rhs);
    const channel = useSelector((state: HostState) => state.entities.channels.channels[state.entities.channels.currentChannelId]);
    const member = useSelector((state: HostState) => state.entities.channels.myMembers[state.entities.channels.currentChannelId]);
    const panels = useRegistered('RightHandSidebarComponent');
    if (!hasAppBar) return null;
    const openPlugin = rhsState === 'plugin' ? panels.find(({id}) => id === pluggableId)?.pluginId : undefined;
    const items = [...pictures, ...buttons.filter(({pluginId}) => !pictures.some((picture) => picture.pluginId === pluginId))];
    return (
        <div className="app-bar">
            <div className="app-bar__top">
                {items.map(({id, pluginId, iconUrl, icon, action}) => (
                    // biome-ignore lint/a11y: as in Mattermost, where neither a key nor a name leads here.
                    <div
                        key={id}
                        id={`app-bar-icon-${pluginId}`}
                        className={`app-bar__icon ${openPlugin === pluginId ? 'app-bar__icon--active' : ''}`}
                        onClick={() => channel && member && (action as (channel: unknown, member: unknown) => void)(channel, member)}
                    >
                        {iconUrl ? (
                            // biome-ignore lint/a11y/useSemanticElements: as in Mattermost.
                            <div role="button" tabIndex={0} className="app-bar__icon-inner">
                                <img src={String(iconUrl)} alt={pluginId} />
                            </div>
                        ) : (
                            // biome-ignore lint/a11y/useSemanticElements: as in Mattermost.
                            <div role="button" tabIndex={0} className="app-bar__old-icon app-bar__icon-inner app-bar__icon-inner--centered">
                                {words(icon)}
                            </div>
                        )}
                    </div>
                ))}
            </div>
        </div>
    );
}
