/**
 * Which posts of a moved thread are copies of which replies.
 *
 * "Move thread" (MoveThread of mattermost-server 11) copies what stands in a thread at that moment, oldest first, under new ids and new times, as
 * if never edited; says so with a post of its own; and deletes the old root with everything below it. What is edited or deleted in the old place
 * meanwhile stays as it was in the copy; what is said there meanwhile has none.
 */
import type {ReplyState} from '../store/schema.ts';

/** A reply that stood in the old place, in the order they were taken. */
export type Left = {
    reply_id: string;
    post_id: string | null;
    user_id: string;
    /** Of its words now, then of those it had before. */
    digests: readonly string[];
    state: ReplyState;
    version: number;
    updated_at: number;
};

/** A post of the new place, in the order they stand there. */
export type Standing = {id: string; user_id: string; digest: string; create_at: number; edit_at: number};

export type Copied = {
    /** `same`: its words were known; `news`: the post was edited before it was copied, or where it stands now. */
    pairs: {reply_id: string; post_id: string; words: 'same' | 'news'}[];
    /** Copies of what had been read and passed over in the old place. */
    passed: Set<string>;
    /** What may be the copy of something that is not for the visitor, with other words. */
    doubtful: Set<string>;
    /** Replies whose copy somebody deleted, or which were deleted before the move. */
    gone: string[];
};

/** How long the server may take between reading the old place and the first copy: files are copied one by one. */
const COPYING_MS = 60_000;

/** Never to be sent for an edit alone. */
const KEPT: readonly ReplyState[] = ['note', 'internal', 'discarded'];

/** Words it has, or had before in a copy that nobody edited: the edit came when the copy had been made. */
const isKnown = ({digests}: Left, {digest, edit_at}: Standing): boolean =>
    digest === digests[0] || (edit_at === 0 && digests.includes(digest));

/**
 * @param movedAt when the server said that it had moved the thread (`create_at`): all before that are copies. Null: it did not say
 * @param root_at when the new root was made
 */
export function matchCopies(
    left: readonly Left[],
    posts: readonly Standing[],
    {movedAt, root_at}: {movedAt: number | null; root_at: number},
): Copied {
    const pairs: Copied['pairs'] = [];
    const placeOf = new Map(posts.map(({id}, place) => [id, place]));
    const used = new Set<string>();
    const found = new Map<string, string>();
    const pair = (one: Left, post: Standing, words: 'same' | 'news') => {
        pairs.push({reply_id: one.reply_id, post_id: post.id, words});
        used.add(post.id);
        found.set(one.reply_id, post.id);
    };
    const candidates = movedAt === null ? posts : posts.filter(({create_at}) => create_at <= movedAt);
    const living = left.filter(({state}) => state !== 'withdrawn');
    // Deleted in the old place when the copy was made already.
    const takenBack =
        movedAt === null ? [] : left.filter(({state, updated_at}) => state === 'withdrawn' && updated_at >= root_at - COPYING_MS);
    const twins = (among: readonly Left[], has: (one: Left, post: Standing) => boolean) => {
        for (const one of among) {
            if (found.has(one.reply_id)) continue;
            const post = candidates.find((post) => !used.has(post.id) && post.user_id === one.user_id && has(one, post));
            if (post) pair(one, post, 'same');
        }
    };
    twins(living, ({digests: [now]}, {digest}) => digest === now);
    twins(living, isKnown);
    twins(takenBack, ({digests}, {digest}) => digests.includes(digest));

    /** Of one author, those that may stand where this post stands. */
    const between = (post: Standing): Left[] => {
        const own = living.filter(({user_id}) => user_id === post.user_id);
        const place = placeOf.get(post.id) as number;
        const placed = own.map(({reply_id}) => placeOf.get(found.get(reply_id) ?? ''));
        const after = placed.findLastIndex((other) => other !== undefined && other < place);
        const before = placed.findIndex((other, index) => index > after && other !== undefined && other > place);
        return own.slice(after + 1, before < 0 ? undefined : before).filter(({reply_id}) => !found.has(reply_id));
    };
    const doubtful = new Set<string>();
    for (const post of candidates) {
        if (used.has(post.id) || (movedAt === null && post.edit_at === 0)) continue;
        const [first] = between(post);
        if (!first) continue;
        // A note with other words, or an answer in the place of a note that was deleted.
        if (KEPT.includes(first.state)) doubtful.add(post.id);
        else pair(first, post, 'news');
    }

    const isCopy = movedAt !== null;
    const places = [...found.values()].map((id) => placeOf.get(id) as number);
    const last = Math.max(-1, ...places);
    const passed = new Set(isCopy ? candidates.slice(0, last + 1).flatMap(({id}) => (used.has(id) || doubtful.has(id) ? [] : [id])) : []);
    return {pairs, passed, doubtful, gone: isCopy ? goneOf(left, found, root_at) : []};
}

/**
 * The same where Mattermost still tells what was copied: then nothing is guessed.
 *
 * @param originals by the copy's id
 */
export function matchKnown(
    left: readonly Left[],
    posts: readonly Standing[],
    {originals, movedAt, root_at}: {originals: ReadonlyMap<string, string>; movedAt: number | null; root_at: number},
): Copied {
    const pairs = posts.flatMap((post): Copied['pairs'] => {
        const one = left.find(({post_id}) => post_id !== null && post_id === originals.get(post.id));
        return one ? [{reply_id: one.reply_id, post_id: post.id, words: isKnown(one, post) ? 'same' : 'news'}] : [];
    });
    const found = new Map(pairs.map(({reply_id, post_id}) => [reply_id, post_id]));
    return {pairs, passed: new Set(), doubtful: new Set(), gone: movedAt === null ? [] : goneOf(left, found, root_at)};
}

/** Stood there when the thread was copied, and has no copy: one that was said later has, or it was said long enough before. */
function goneOf(left: readonly Left[], found: ReadonlyMap<string, string>, root_at: number): string[] {
    const lastFound = left.findLastIndex(({reply_id}) => found.has(reply_id));
    return left
        .filter(
            ({reply_id, state, version}, index) =>
                state !== 'withdrawn' && !found.has(reply_id) && (index < lastFound || version < root_at - COPYING_MS),
        )
        .map(({reply_id}) => reply_id);
}
