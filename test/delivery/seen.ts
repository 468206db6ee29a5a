/** What people see in Mattermost of the mirrored conversations: the bot's living posts, told apart by the marks in their props. */
import type {Mark} from '../../bridge/to-mattermost/publish.ts';
import type {Looks, PlainPost} from '../doubles/mattermost/start.ts';

/** `position`: rank in the channel; within one millisecond `create_at` says nothing. */
export type SeenPost = PlainPost & {readonly mark: Mark; readonly position: number};
/** One message as it stands in the threads: its posts by place, oldest first where a place was taken twice. */
export type SeenMessage = {readonly message_id: string; readonly parts: {readonly place: number; readonly post: SeenPost}[]};
export type SeenConversation = {
    /** By number. */
    readonly roots: {readonly number: number; readonly post: SeenPost}[];
    readonly links: SeenPost[];
    readonly messages: ReadonlyMap<string, SeenMessage>;
};

/** The marked posts of these channels in the order in which the server made them. */
export function seenPosts(look: Looks, channel_ids: Iterable<string>, options: {deleted?: boolean} = {}): SeenPost[] {
    return [...channel_ids]
        .flatMap((id) => look.posts(id, options))
        .flatMap((post, position) => (isMarked(post) ? [{...post, mark: post.props.ireserve, position}] : []));
}

function isMarked(post: PlainPost): post is PlainPost & {props: {ireserve: Mark}} {
    const mark = post.props.ireserve;
    return typeof mark === 'object' && mark !== null && 'key' in mark;
}

export function seenConversation(posts: readonly SeenPost[], conversation_id: string): SeenConversation {
    const own = posts.filter(({mark}) => mark.conversation === conversation_id);
    const messages = new Map<string, SeenMessage>();
    for (const post of own) {
        const place = placeOf(post.mark.key);
        if (!place) continue;
        const message = messages.get(place.message_id) ?? {message_id: place.message_id, parts: []};
        message.parts.push({place: place.part, post});
        messages.set(place.message_id, message);
    }
    for (const {parts} of messages.values()) parts.sort((a, b) => a.place - b.place);
    return {
        roots: own
            .filter(({mark}) => mark.kind === 'root')
            .map((post) => ({number: Number(post.mark.key.split(':')[1]), post}))
            .sort((a, b) => a.number - b.number),
        links: own.filter(({mark}) => mark.kind === 'link'),
        messages,
    };
}

/** `message:M17:0`, or `message:M17:edit:2` for a part that an edit added. */
export function placeOf(key: string): {message_id: string; part: number; added: boolean} | null {
    const [, message_id = '', added, part] = /^message:([^:]+):(edit:)?(\d+)$/.exec(key) ?? [];
    return part === undefined ? null : {message_id, part: Number(part), added: added !== undefined};
}

/** All of a message's text, its parts joined. */
export const textOf = ({parts}: SeenMessage): string => parts.map(({post}) => post.message).join('\n');
