import type {Post} from '@mattermost/types/posts';
import {useEffect, useMemo, useState} from 'react';
import {type Said, saidIn} from '../state/said.ts';
import {markOf, postsOf} from '../state/selectors.ts';
import type {Detail} from '../types/bridge.ts';
import {useDesk, useHost, useOurs} from './useDesk.ts';

/** So many are drawn at first, and so many more each time. */
export const PAGE = 100;

export type Transcript = {
    said: Said[];
    status: 'loading' | 'ready' | 'failed';
    hasOlder: boolean;
    showOlder(): void;
};

/** What was said, oldest first: the newest of the thread, and on demand what came before it, in this thread and those it continues. */
export function useTranscript(root_id: string, detail: Detail | undefined): Transcript {
    const desk = useDesk();
    const [most, setMost] = useState(PAGE);
    const [earlierThreads, setEarlierThreads] = useState(0);
    const before = useMemo(() => {
        const all = detail?.threads.map((thread) => thread.root_id) ?? [];
        return all.slice(0, Math.max(0, all.indexOf(root_id)));
    }, [detail?.threads, root_id]);
    const root_ids = [...(earlierThreads > 0 ? before.slice(-earlierThreads) : []), root_id];
    const status = useOurs((state) => state.threads[root_id]?.status ?? 'loading');
    const wanted = root_ids[0] ?? root_id;
    useEffect(() => void desk.conversations.loadThread(wanted), [desk, wanted]);
    const posts = useHost((state) => postsOf(state, root_ids), sameItems);
    // Whether a post counts as the bridge's hangs on its author being a bot, which may become known later.
    const marks = useHost((state) => posts.map((post) => (markOf(state, post) ? 'b' : 'p')).join(''));
    const all = useMemo(
        () =>
            posts.flatMap((post, index) => {
                const said = saidIn(post, marks[index] === 'b' ? markOf(desk.store.getState(), post) : null);
                return said ? [said] : [];
            }),
        [posts, marks, desk],
    );
    return {
        said: all.slice(-most),
        status,
        hasOlder: all.length > most || before.length > earlierThreads,
        showOlder() {
            if (all.length <= most + PAGE && earlierThreads < before.length) setEarlierThreads(earlierThreads + 1);
            setMost(most + PAGE);
        },
    };
}

const sameItems = (a: Post[], b: Post[]): boolean => a.length === b.length && a.every((post, index) => post === b[index]);
