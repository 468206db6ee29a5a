/** The one slot at the right: a thread, or a plugin's panel. */
import type {Post as MattermostPost} from '@mattermost/types/posts';
import React, {type ReactNode, useEffect, useMemo, useRef} from 'react';
import {useSelector} from 'react-redux';
import {Composer} from './composer.tsx';
import {useHost} from './context.ts';
import {loadThread} from './load.ts';
import {Pluggable, useRegistered, words} from './pluggable.tsx';
import {Post} from './post.tsx';
import type {HostState} from './state.ts';

export function SidebarRight(): ReactNode {
    const {isSidebarOpen, selectedPostId, pluggableId} = useSelector((state: HostState) => state.views.rhs);
    const {store, theme} = useHost();
    const panels = useRegistered('RightHandSidebarComponent');
    if (!isSidebarOpen) return null;
    const panel = panels.find(({id}) => id === pluggableId);
    const close = () => store.dispatch({type: 'UPDATE_RHS_STATE', state: null});
    return (
        // biome-ignore lint/a11y/useSemanticElements: as in Mattermost.
        <div id="sidebar-right" className="sidebar--right" role="complementary" aria-label="Right sidebar">
            <div className="sidebar-right-container">
                <div id="rhsContainer" className="sidebar-right__body">
                    <div className="sidebar--right__header">
                        <span className="sidebar--right__title">
                            <h2 id="rhsPanelTitle">{selectedPostId ? 'Thread' : words(panel?.title)}</h2>
                        </span>
                        <div className="pull-right">
                            <button
                                id="searchResultsCloseButton"
                                type="button"
                                className="sidebar--right__close btn btn-icon btn-sm"
                                aria-label="Close Sidebar Icon"
                                onClick={close}
                            >
                                <i className="icon icon-close" />
                            </button>
                        </div>
                    </div>
                    {selectedPostId && <Thread key={selectedPostId} rootId={selectedPostId} />}
                    {panel && <Pluggable name="RightHandSidebarComponent" only={panel.id} theme={theme} webSocketClient={null} />}
                </div>
            </div>
        </div>
    );
}

function Thread({rootId}: {rootId: string}): ReactNode {
    const {store} = useHost();
    const {posts, postsInThread} = useSelector((state: HostState) => state.entities.posts);
    const list = useRef<HTMLDivElement>(null);
    useEffect(() => {
        void loadThread(store, rootId).catch(() => undefined);
    }, [store, rootId]);
    const root = posts[rootId];
    const replies = useMemo(
        () =>
            (postsInThread[rootId] ?? [])
                .map((id) => posts[id])
                .filter((post): post is MattermostPost => post !== undefined)
                .sort((a, b) => a.create_at - b.create_at),
        [posts, postsInThread, rootId],
    );
    useEffect(() => {
        if (replies.length > 0) list.current?.scrollTo({top: list.current.scrollHeight});
    }, [replies.length]);
    if (!root) return null;
    return (
        <div className="ThreadViewer">
            <div ref={list} className="post-right-comments-container">
                <Post post={root} location="RHS_ROOT" />
                <div className="root-post__divider">{replies.length === 1 ? '1 reply' : `${replies.length} replies`}</div>
                {replies.map((post) => (
                    <Post key={post.id} post={post} location="RHS_COMMENT" />
                ))}
            </div>
            <Composer channelId={root.channel_id} rootId={rootId} />
        </div>
    );
}
