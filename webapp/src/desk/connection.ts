/** From nothing to a living connection with the bridge, and keeping it while somebody looks. */
import {openStream, type Stream, type StreamEvent} from '../client/stream.ts';
import {readKept} from '../state/drafts.ts';
import {currentTeamId, currentUserId, myChannels} from '../state/selectors.ts';
import {GoneEvent, Summary, TypingEvent} from '../types/bridge.ts';
import {attempt} from '../types/read.ts';
import type {Context} from './context.ts';
import type {Conversations} from './conversations.ts';
import type {Queue} from './queue.ts';

const SOON_MS = 500;
/** While nobody looks, and the panel was used before in this browser: how often the number of those who wait is asked for. */
const GLANCE_MS = 60_000;
const FIRST_GLANCE_MS = 5000;
/** Sooner, when a visitor's words were posted; a busy channel brings no more questions than this. */
const HEARD_GLANCE_MS = 5000;
const usedKey = (user_id: string): string => `ireserve.used.${user_id}`;

export function createConnection(context: Context, queue: Queue, conversations: Conversations, onWake: (wake: () => void) => () => void) {
    const {bridge, sessions, storage, now, random, host, state, change, noticed} = context;
    let watchers = 0;
    let stream: Stream | null = null;
    let stopWaking = () => {};
    let soon: ReturnType<typeof setTimeout> | undefined;
    let generation = 0;
    let members = myChannels(host());
    /** Teams without our command, or where I answer nobody: not asked again, until I am in one more channel or open the panel there. */
    const quiet = new Set<string>();

    /** Every team has its own bridge, as far as we know. @returns whether there is a user at all */
    function enterTeam(): boolean {
        const team_id = currentTeamId(host());
        const user_id = currentUserId(host());
        if (!user_id) return false;
        if (!team_id || team_id === state().team_id) return true;
        generation++;
        sessions.forget();
        change({type: 'team', team_id, kept: readKept(storage, user_id)});
        closeStream();
        return true;
    }

    /** @returns whether the bridge answers */
    async function connect(): Promise<boolean> {
        const mine = generation;
        if (state().connection.kind === 'off') change({type: 'connection', connection: {kind: 'connecting'}});
        const me = await bridge.me();
        if (mine !== generation) return false;
        if (!me.ok) {
            const {failure, code} = me.error;
            change({type: 'connection', connection: {kind: 'failed', failure: failure ?? {kind: 'refused', code}}});
            return false;
        }
        storage.set(usedKey(me.data.user.user_id), 'yes');
        quiet.delete(state().team_id);
        change({type: 'me', me: me.data});
        change({type: 'connection', connection: {kind: 'ready'}});
        return true;
    }

    /** Everything that is shown, anew. @returns whether the bridge answered */
    async function resync(): Promise<boolean> {
        const before = state().connection.kind;
        if ((before !== 'ready' || !state().me) && !(await connect())) return false;
        const [answered] = await Promise.all([queue.load(), conversations.reload()]);
        return answered;
    }

    function countSoon(): void {
        soon ??= setTimeout(() => {
            soon = undefined;
            void queue.count();
        }, SOON_MS);
    }

    function onEvent({event, data}: StreamEvent): void {
        if (event === 'conversation') {
            const summary = attempt(Summary, data);
            if (!summary) return;
            change({type: 'summary', summary});
            conversations.onChanged(summary.conversation_id);
            countSoon();
        } else if (event === 'typing') {
            const typing = attempt(TypingEvent, data);
            if (typing) change({type: 'typing', typing: {conversation_id: typing.conversation_id, ...typing.user, until: typing.until}});
        } else if (event === 'gone') {
            const gone = attempt(GoneEvent, data);
            if (gone) queue.drop(gone);
            countSoon();
        } else if (event === 'bye') {
            const {reason} = (data ?? {}) as {reason?: unknown};
            if (reason === 'session_expired') sessions.forget();
        }
    }

    function openIt(): void {
        if (stream || watchers === 0) return;
        stream = openStream({
            open: async (lastId, signal) => {
                const answer = await bridge.stream(lastId, signal);
                if (!answer.ok && !signal.aborted) noticed(answer.error);
                return answer;
            },
            onEvent,
            onResync: resync,
            onLive: (live) => change({type: 'live', live}),
            now,
            random,
        });
    }

    function closeStream(): void {
        stream?.stop();
        stream = null;
        clearTimeout(soon);
        soon = undefined;
    }

    async function start(): Promise<void> {
        if (!enterTeam()) return;
        await resync();
        const {connection} = state();
        // No use in asking again and again where somebody has to set something up first.
        if (connection.kind === 'ready' || (connection.kind === 'failed' && connection.failure.kind === 'bridge_unreachable')) openIt();
    }

    /** Mattermost knows first who is no longer a member; the bridge asks it now and then. */
    function followMembership(): void {
        const now = myChannels(host());
        if (now === members) return;
        const {left} = state();
        const gone = [...left, ...Object.keys(members)].filter((id) => !(id in now));
        if (Object.keys(now).some((id) => !(id in members))) quiet.clear();
        members = now;
        if (gone.length !== left.length || gone.some((id) => !left.includes(id))) change({type: 'left', channel_ids: [...new Set(gone)]});
    }

    /** Called whenever the store changed: the user may have gone to another team, or been taken out of a channel. */
    function onStore(): void {
        followMembership();
        if (watchers > 0 && currentTeamId(host()) !== state().team_id) void start();
    }

    const unsubscribe = context.store.subscribe(onStore);
    let glancedAt = 0;
    let heard: ReturnType<typeof setTimeout> | undefined;
    async function glance(): Promise<void> {
        const user_id = currentUserId(host());
        if (watchers > 0 || !user_id || !storage.get(usedKey(user_id)) || !enterTeam()) return;
        const {team_id} = state();
        if (quiet.has(team_id)) return;
        glancedAt = now();
        const failure = await queue.count();
        if (failure?.kind === 'command_missing' || failure?.kind === 'not_member') quiet.add(team_id);
    }
    const first = setTimeout(() => void glance(), FIRST_GLANCE_MS);
    const glances = setInterval(() => void glance(), GLANCE_MS);

    return {
        start,
        resync,
        enterTeam,
        /** Somebody looks. @returns tell when he looks no longer */
        watch(): () => void {
            if (++watchers === 1) {
                stopWaking = onWake(() => stream?.wake());
                void start();
            }
            return () => {
                if (--watchers > 0) return;
                stopWaking();
                closeStream();
            };
        },
        /** The bridge answered, whatever it was asked: what says that it is away goes, and what waits for it is done at once. */
        answered(): void {
            const {connection, me, waits, live} = state();
            if ((connection.kind === 'failed' && me) || waits) change({type: 'answered'});
            if (live !== 'polling') stream?.tryNow();
        },
        /** A visitor's words were posted: somebody may have begun to wait. */
        heard(): void {
            if (watchers > 0 || heard) return;
            heard = setTimeout(
                () => {
                    heard = undefined;
                    void glance();
                },
                // All agents' tabs have heard it.
                Math.max(SOON_MS * (1 + 3 * random()), glancedAt + HEARD_GLANCE_MS - now()),
            );
        },
        /** After a failure, because the user asks. */
        async retry(): Promise<void> {
            sessions.forget();
            closeStream();
            change({type: 'connection', connection: {kind: 'connecting'}});
            await start();
        },
        /** The host's own connection was lost for a while. */
        wake(): void {
            stream?.wake();
            if (watchers > 0) void resync();
        },
        stop(): void {
            watchers = 0;
            closeStream();
            stopWaking();
            unsubscribe();
            clearTimeout(first);
            clearTimeout(heard);
            clearInterval(glances);
        },
    };
}
