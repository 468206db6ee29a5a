/** A post of a mirrored thread → what the transcript shows of it. Pure. */
import type {Post} from '@mattermost/types/posts';
import type {Mark} from '../types/bridge.ts';

export type Said =
    /** Said by the visitor or somebody of i-Reserve; the bot posted it. */
    | {kind: 'theirs'; post: Post; by: 'visitor' | 'agent' | 'bot' | 'unknown'; name: string; text: string}
    /** Said by a person of this Mattermost, for the visitor or for colleagues. */
    | {kind: 'ours'; post: Post; text: string}
    /** What happened: taken, closed, goes on elsewhere. */
    | {kind: 'line'; post: Post; text: string};

/** "▍ **Name** · visitor (1/2)": each of the bot's messages is complete without the plugin (bridge/to-mattermost/format.ts); older ones have no mark. */
const NAME_LINE = /^(?:\u258D )?\*\*(.+?)\*\* · ([^\n]*)(?:\n+|$)/;

/** @returns null: nothing for the transcript; the card is the header, and what the bridge asks stands at the reply itself */
export function saidIn(post: Post, mark: Mark | null): Said | null {
    if (!mark) {
        if (post.type.startsWith('system_') || !post.root_id) return null;
        // What a plugin posts in somebody's name never goes to the visitor (bridge/to-ireserve/visit.ts).
        return {kind: ['', 'me'].includes(post.type) ? 'ours' : 'line', post, text: post.message};
    }
    switch (mark.kind) {
        case 'message': {
            const [line = '', name = ''] = NAME_LINE.exec(post.message) ?? [];
            return {
                kind: 'theirs',
                post,
                by: mark.author ?? 'visitor',
                name: mark.name ?? plainName(name),
                text: post.message.slice(line.length),
            };
        }
        case 'note':
            return {kind: 'ours', post, text: post.message};
        case 'line':
        case 'link':
            return {kind: 'line', post, text: post.message};
        default:
            return null;
    }
}

/** Without the backslashes and invisible breaks that keep it from being Markdown. */
const plainName = (name: string): string => name.replace(/\\([!-/:-@[-`{-~])/g, '$1').replace(/[\u200b\u2060]/g, '');

/** How a post's author meant it, as the panel wrote it down. */
export function intentOf(post: Post): 'reply' | 'note' | null {
    const intent: unknown = post.props?.ireserve_intent;
    return intent === 'reply' || intent === 'note' ? intent : null;
}
