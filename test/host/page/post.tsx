/** One post: author, body (a plugin's own for its types), buttons, files, reactions, and what appears when one hovers over it. */
import type {Post as MattermostPost} from '@mattermost/types/posts';
import React, {type ComponentType, type ReactNode} from 'react';
import {useSelector} from 'react-redux';
import {Attachments} from './attachments.tsx';
import {useHost} from './context.ts';
import {Avatar, ProductApi, Timestamp} from './globals.tsx';
import {formatText, messageHtmlToComponent} from './markdown.tsx';
import {Boundary} from './pluggable.tsx';
import {PostMenus} from './post-menus.tsx';
import type {HostState} from './state.ts';

export type Location = 'CENTER' | 'RHS_ROOT' | 'RHS_COMMENT';

export const Post = React.memo(function Post({post, location}: {post: MattermostPost; location: Location}) {
    const author = useSelector((state: HostState) => state.entities.users.profiles[post.user_id]);
    const collapsed = useSelector(
        (state: HostState) => state.entities.preferences.myPreferences['display_settings--collapsed_reply_threads']?.value !== 'off',
    );
    const {store} = useHost();
    const gone = post.delete_at > 0;
    const ephemeral = post.type === 'system_ephemeral';
    const system = post.type.startsWith('system_');
    const name = author ? `${author.first_name} ${author.last_name}`.trim() || author.username : '…';
    const openThread = () => store.dispatch(ProductApi.selectRhsPost(post.id));
    const replies = post.reply_count ?? 0;
    return (
        <article
            id={`${location === 'CENTER' ? 'post' : 'rhsPost'}_${post.id}`}
            className={`post ${system ? 'post--system' : ''}`}
            data-post-id={post.id}
            data-location={location}
        >
            <div className="post__img">
                <Avatar
                    size="md"
                    url={system ? '' : `/api/v4/users/${post.user_id}/image`}
                    text={system ? '•' : name}
                    username={author?.username ?? ''}
                />
            </div>
            <div className="post__content">
                <div className="post__header">
                    <button type="button" className="user-popover style--none">
                        {system && !ephemeral ? 'System' : name}
                    </button>
                    {author?.is_bot && <span className="Tag BotTag">BOT</span>}
                    <span className="post__time">
                        <Timestamp value={post.create_at} />
                    </span>
                    {ephemeral && <span className="post__visibility">(Only visible to you)</span>}
                    {post.edit_at > 0 && !gone && <span className="post__visibility">Edited</span>}
                </div>
                {gone ? <p className="post--deleted">(message deleted)</p> : <Body post={post} location={location} />}
                {!gone && <Attachments post={post} />}
                {!gone && <Files post={post} />}
                {!gone && <Reactions postId={post.id} />}
                {collapsed && location === 'CENTER' && replies > 0 && (
                    <button type="button" className="ThreadFooter style--none" onClick={openThread}>
                        {replies === 1 ? '1 reply' : `${replies} replies`}
                    </button>
                )}
            </div>
            {!gone && !system && <PostMenus post={post} location={location} reply={openThread} />}
        </article>
    );
});

/** `post.props.type` wins over `post.type`, as in the real thing. */
function Body({post, location}: {post: MattermostPost; location: Location}): ReactNode {
    const {theme} = useHost();
    const type = typeof post.props?.type === 'string' ? post.props.type : post.type;
    const own = useSelector((state: HostState) => state.plugins.postTypes[type]);
    if (own) {
        return (
            <Boundary pluginId={own.pluginId}>
                {React.createElement(own.component as ComponentType<Record<string, unknown>>, {
                    post,
                    compactDisplay: false,
                    isRHS: location !== 'CENTER',
                    theme,
                })}
            </Boundary>
        );
    }
    return <div className="post-message__text">{messageHtmlToComponent(formatText(post.message))}</div>;
}

function Files({post}: {post: MattermostPost}): ReactNode {
    const known = useSelector((state: HostState) => state.entities.files.files);
    const files = (post.file_ids ?? []).flatMap((id) => known[id] ?? []);
    if (files.length === 0) return null;
    return (
        <div className="post-image__columns">
            {files.map((file) => (
                <a key={file.id} className="post-image__column" href={`/api/v4/files/${file.id}?download=1`} download={file.name}>
                    {file.has_preview_image ? (
                        <img src={`/api/v4/files/${file.id}/thumbnail`} alt={file.name} />
                    ) : (
                        <i className="icon icon-file-generic-outline" />
                    )}
                    <span className="post-image__name">{file.name}</span>
                </a>
            ))}
        </div>
    );
}

function Reactions({postId}: {postId: string}): ReactNode {
    const reactions = useSelector((state: HostState) => state.entities.posts.reactions[postId]);
    const counts = new Map<string, number>();
    for (const {emoji_name} of Object.values(reactions ?? {})) counts.set(emoji_name, (counts.get(emoji_name) ?? 0) + 1);
    if (counts.size === 0) return null;
    return (
        <div className="post-reaction-list">
            {[...counts].map(([name, count]) => (
                <span key={name} className="Reaction" title={name}>
                    {messageHtmlToComponent(formatText(`:${name}:`, {singleline: true}))} {count}
                </span>
            ))}
        </div>
    );
}
