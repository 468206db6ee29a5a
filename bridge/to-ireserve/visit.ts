/** What the steps of taking one post share: who we are, where we look, and what can come of it. */
import type {Post} from '@mattermost/types/posts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import type {Session} from '../to-mattermost/session.ts';
import type {FirstWords} from './first-words.ts';
import type {People} from './people.ts';

/** Why a post is not for the visitor; label of a metric. */
export const DROPS = [
    'own_bot',
    'other_bot',
    'system_post',
    'other_type',
    'not_mirrored',
    'note',
    'internal',
    'unmarked',
    'empty',
    'unknown_post',
    'deleted_before_relay',
    'deactivated_user',
    'known_version',
    'thread_deleted',
    'moved_copy',
    'too_old',
    'callback_not_set',
    'integration_inactive',
] as const;
export type Drop = (typeof DROPS)[number];

export type Taken = {reply_id: string; did: 'queued' | 'asked' | 'edited' | 'deleted'} | {reply_id: string; did: Drop};

export type Door = {
    database: Database;
    servers: Servers;
    session: (client: MattermostClient) => Promise<Session>;
    people: People;
    box: SecretBox;
    now: () => number;
    /** Something was stored: both outboxes have work, lists and streams news. */
    onStored: (integration: Integration) => void;
    onTaken: (integration: Integration, taken: Taken) => void;
};

export type Visit = Door & {integration: Integration; client: MattermostClient; botId: string; firstWords: FirstWords};

/** Null when it is deleted, or can't be seen by the bot. */
export async function readPost(client: MattermostClient, post_id: string): Promise<Post | null> {
    try {
        const post = await client.getPost(post_id);
        return post.delete_at > 0 ? null : post;
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status === 404) return null;
        // Another channel's post, or a made-up id.
        if (error instanceof MattermostError && error.kind === 'refused' && (error.status === 403 || error.status === 400)) return null;
        throw error;
    }
}

/** Deleted for sure: a post in a channel that the bot was removed from is only hidden. */
export async function isDeleted(client: MattermostClient, post_id: string): Promise<boolean> {
    try {
        return (await client.getPost(post_id)).delete_at > 0;
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status === 404) return true;
        if (error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return false;
        throw error;
    }
}

/** Types of posts whose words are what a person typed: all others are drawn by a plugin in that person's name, and may hold no words at all. */
const TYPED: readonly string[] = ['', 'me'];
export const isTyped = ({type}: Pick<Post, 'type'>): boolean => TYPED.includes(type ?? '');

/** Said by the server: who joined, which header was changed. */
export const isSystem = ({type}: Pick<Post, 'type'>): boolean => type.startsWith('system_');

export const versionOf = (post: Post): number => post.edit_at || post.create_at;
