import type {Post} from '@mattermost/types/posts';
import {useEffect, useMemo, useState} from 'react';
import {whenIdle} from '../host.ts';
import {type Said, saidIn} from '../state/said.ts';
import {createPostsOf, isBot, markOf} from '../state/selectors.ts';
import type {Detail} from '../types/bridge.ts';
import type {GlobalState} from '../types/mattermost.ts';
import {useDesk, useHost, useOurs} from './useDesk.ts';

/** More than a screen shows: drawn at once. The others of a page follow in slices, so that nothing waits for them. */
const FIRST = 15;
const SLICE = 10;
/** So many in the end, and so many more each time. */
export const PAGE = 60;

export type Transcript = {
    said: Said[];
    status: 'loading' | 'ready' | 'failed';
    hasOlder: boolean;
    /** More was asked for and is on its way. */
    isGrowing: boolean;
    showOlder(): void;
    /** After `failed`. */
    retry(): void;
};

/** What was said, oldest first: the newest of the thread, and on demand what came before it, in this thread and those it continues. */
export function useTranscript(root_id: string, detail: Detail | undefined): Transcript {
    const desk = useDesk();
    const [wanted, setWanted] = useState(PAGE);
    const [most, setMost] = useState(FIRST);
    const [earlierThreads, setEarlierThreads] = useState(0);
    const before = useMemo(() => {
        const all = detail?.threads.map((thread) => thread.root_id) ?? [];
        return all.slice(0, Math.max(0, all.indexOf(root_id)));
    }, [detail?.threads, root_id]);
    const root_ids = [...(earlierThreads > 0 ? before.slice(-earlierThreads) : []), root_id];
    const status = useOurs((state) => state.threads[root_id]?.status ?? 'loading');
    const oldest = root_ids[0] ?? root_id;
    const oldestStatus = useOurs((state) => state.threads[oldest]?.status ?? 'loading');
    useEffect(() => void desk.conversations.loadThread(oldest), [desk, oldest]);
    const threads = root_ids.join();
    const postsOf = useMemo(() => createPostsOf(threads.split(',')), [threads]);
    const posts = useHost(postsOf);
    const readSaid = useMemo(createReadSaid, []);
    // Whether a post counts as the bridge's hangs on its author being a bot, which may become known later.
    const authors = useMemo(() => [...new Set(posts.map(({user_id}) => user_id))], [posts]);
    const bots = useHost((state) => authors.filter((id) => isBot(state, id)).join());
    const {said, hasMore} = useMemo(
        () => newest(posts, most, (post) => readSaid(desk.store.getState(), post, bots)),
        [posts, most, bots, desk, readSaid],
    );
    useEffect(() => {
        if (hasMore && most < wanted) return whenIdle(() => setMost(Math.min(wanted, most + SLICE)));
        return undefined;
    }, [hasMore, most, wanted]);
    const isGrowing = (hasMore && most < wanted) || oldestStatus === 'loading';
    return {
        said,
        status: oldestStatus === 'failed' ? 'failed' : status,
        hasOlder: (hasMore && most >= wanted) || before.length > earlierThreads,
        isGrowing,
        retry: () => void desk.conversations.loadThread(status === 'failed' ? root_id : oldest),
        showOlder() {
            if (isGrowing) return;
            if (!hasMore && earlierThreads < before.length) setEarlierThreads(earlierThreads + 1);
            setWanted(wanted + PAGE);
        },
    };
}

/** The last of them that say something; of those before, only whether there are any. */
function newest(posts: readonly Post[], most: number, read: (post: Post) => Said | null): {said: Said[]; hasMore: boolean} {
    const said: Said[] = [];
    for (let at = posts.length - 1; at >= 0; at--) {
        const one = read(posts[at] as Post);
        if (one && said.length === most) return {said: said.reverse(), hasMore: true};
        if (one) said.push(one);
    }
    return {said: said.reverse(), hasMore: false};
}

/** Read once each: what is drawn already stays the same object. */
function createReadSaid() {
    let known = new WeakMap<Post, Said | null>();
    let knownBots = '';
    return (state: GlobalState, post: Post, bots: string): Said | null => {
        if (bots !== knownBots) known = new WeakMap();
        knownBots = bots;
        const old = known.get(post);
        if (old !== undefined) return old;
        const said = saidIn(post, markOf(state, post));
        known.set(post, said);
        return said;
    };
}
