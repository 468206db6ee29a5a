/** What the agent says: first a post of his own in Mattermost, then the bridge is told. So nothing is lost while the bridge is away. */
import type {Post} from '@mattermost/types/posts';
import type {BridgeError} from '../client/bridge.ts';
import {MattermostError, type UploadedFile} from '../client/mattermost.ts';
import {type Draft, NO_DRAFT, writeKept} from '../state/drafts.ts';
import {currentUserId, postById} from '../state/selectors.ts';
import {type Held, keyOfShown} from '../state/state.ts';
import type {Context} from './context.ts';
import type {Conversations} from './conversations.ts';

/** What came of sending. Where the bridge could not be told, it hears of it later, by itself. */
export type Sent = {ok: true; refusal?: BridgeError} | {ok: false; reason: string};

const KEEP_MS = 300;
const TYPING_MS = 3000;
/** For as long Mattermost answers a repeat with the post it made (mattermost-server.md 4.1). */
const REPEAT_MS = 25_000;

export function createWriting(context: Context, conversations: Conversations) {
    const {bridge, mattermost, storage, now, random, host, state, change, noticed} = context;
    let keeping: ReturnType<typeof setTimeout> | undefined;
    let saidTyping = 0;
    let last = {text: '', key: '', pending_post_id: '', at: 0};

    function keep(): void {
        clearTimeout(keeping);
        keeping = undefined;
        const user_id = currentUserId(host());
        if (user_id) writeKept(storage, user_id, state().kept);
    }

    function keepSoon(): void {
        keeping ??= setTimeout(keep, KEEP_MS);
    }

    function draft(key: string, draft: Draft): void {
        change({type: 'draft', key, draft});
        keepSoon();
    }

    function place(): {channel_id: string; root_id: string; conversation_id: string | null} | null {
        const {shown, details, threads} = state();
        if (shown.kind !== 'conversation') return null;
        const thread = details[shown.conversation_id ?? '']?.thread;
        const root_id = thread?.root_id ?? shown.root_id ?? '';
        const root: Post | undefined = postById(host(), root_id) ?? threads[root_id]?.posts[root_id];
        const channel_id = thread?.channel_id ?? root?.channel_id;
        return channel_id && root_id ? {channel_id, root_id, conversation_id: shown.conversation_id} : null;
    }

    /** The same words again shortly after: probably the first try got through, and only its answer was lost. */
    function pendingId(key: string, text: string): string {
        const same = last.key === key && last.text === text && now() - last.at < REPEAT_MS;
        if (!same) last = {key, text, at: now(), pending_post_id: `${currentUserId(host())}:${now()}${Math.floor(random() * 1e6)}`};
        return last.pending_post_id;
    }

    async function tellBridge(conversation_id: string, post: Post, key: string): Promise<Sent> {
        const {panel_undo_seconds: seconds = 0} = state().me?.integration ?? {};
        const until = now() + seconds * 1000;
        if (seconds > 0) change({type: 'held', held: {conversation_key: key, post, until}});
        const told = await bridge.relay(conversation_id, post.id);
        if (!told.ok) {
            noticed(told.error);
            if (told.error.failure !== undefined || told.error.status >= 500) return later(key);
            change({type: 'held', held: null});
            return {ok: true, refusal: told.error};
        }
        const {held} = state();
        if (held?.post.id === post.id) change({type: 'held', held: heldUntil(held, told.data.reply?.hold_until ?? null)});
        await conversations.loadDetail();
        return {ok: true};
    }

    /** The bridge's clock may differ from ours: it can only make the time shorter. */
    function heldUntil(held: Held, until: number | null): Held | null {
        if (until === null) return null;
        return until > now() && until < held.until ? {...held, until} : held;
    }

    function later(key: string): Sent {
        change({type: 'waits', waits: key});
        return {ok: true};
    }

    return {
        draft,
        keep,
        async send(): Promise<Sent> {
            const key = keyOfShown(state().shown);
            const {text, mode, files} = state().kept.drafts[key] ?? NO_DRAFT;
            const where = place();
            if (!where) return {ok: false, reason: 'no_thread'};
            const {channel_id, root_id, conversation_id} = where;
            let post: Post;
            try {
                const file_ids = files.map(({id}) => id);
                post = await mattermost.createPost({
                    channel_id,
                    root_id,
                    message: text,
                    file_ids,
                    intent: mode,
                    pending_post_id: pendingId(key, text + file_ids.join()),
                });
            } catch (error) {
                return {ok: false, reason: error instanceof MattermostError ? error.message : String(error)};
            }
            last = {text: '', key: '', pending_post_id: '', at: 0};
            change({type: 'post', post});
            change({type: 'seen', key, at: post.create_at});
            // What was typed on meanwhile stays.
            const current = state().kept.drafts[key];
            if (current?.text === text) draft(key, {...NO_DRAFT, mode});
            if (mode === 'note') return {ok: true};
            return conversation_id ? tellBridge(conversation_id, post, key) : later(key);
        },
        /** Takes the last reply back, and gives its words back to the composer. @returns false: it had left already */
        async undo(): Promise<boolean> {
            const {held, kept} = state();
            if (!held) return true;
            const {post, conversation_key} = held;
            try {
                await mattermost.deletePost(post.id);
            } catch {
                return false;
            }
            change({type: 'held', held: null});
            change({type: 'post_gone', post_id: post.id, root_id: post.root_id});
            const begun = kept.drafts[conversation_key]?.text;
            draft(conversation_key, {...NO_DRAFT, text: begun ? `${post.message}\n${begun}` : post.message});
            return true;
        },
        /** The time to take it back is over. */
        letGo: () => change({type: 'held', held: null}),
        /** Has a post of the thread brought to the visitor that was not meant so at first. */
        async relay(conversation_id: string, post_id: string): Promise<BridgeError | null> {
            const answer = await bridge.relay(conversation_id, post_id);
            if (answer.ok) await conversations.loadDetail();
            return answer.ok ? null : answer.error;
        },
        typing(): void {
            const {shown, connection} = state();
            if (shown.kind !== 'conversation' || !shown.conversation_id || connection.kind !== 'ready') return;
            if (now() - saidTyping < TYPING_MS) return;
            saidTyping = now();
            void bridge.typing(shown.conversation_id);
        },
        upload(file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<UploadedFile> {
            const where = place();
            return where ? mattermost.uploadFile(where.channel_id, file, onProgress, signal) : Promise.reject(new Error('no thread'));
        },
        seen(key: string, at: number): void {
            if ((state().kept.seen[key] ?? 0) >= at) return;
            change({type: 'seen', key, at});
            keepSoon();
        },
        stop(): void {
            if (keeping) keep();
        },
    };
}
