/** Streams of changes to agents' browsers. Membership is asked for every event, the session again and again: a stream sees no more than a list. */
import type {Response} from 'express';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import type {Typing, Typist} from '../to-ireserve/typing.ts';
import type {Access} from './access.ts';
import type {AgentCaller, Authenticate} from './authenticate.ts';
import {type Change, changesSince, createMemory, OVERLAP_MS} from './changes.ts';
import {instant} from './contract.ts';
import {createStreamClient, type StreamClient} from './stream-client.ts';
import type {Links} from './summary.ts';

export type StreamsOptions = {
    database: Database;
    access: Access;
    authenticate: Authenticate;
    links: Links;
    typing: Typing;
    /** Tells when something was stored here: then nobody waits for the next look. @returns stops it */
    watch: (tell: () => void) => () => void;
    now: () => number;
    onError: (error: unknown) => void;
};

const LOOK_MS = 1000;
/** After news of our own, so that what comes in one go is one look. */
const SOON_MS = 25;
const AUDIT_EVERY = 5;
const KEEP_ALIVE_EVERY = 20;
const MOST_PER_USER = 5;
const MOST = 500;
/** Events a stream may have waiting to be checked. */
const MOST_WAITING = 1000;
/** An older last id is not resumed from: the client loads its list again. */
const RESUME_MS = 10 * 60_000;

type Stream = {
    caller: AgentCaller;
    client: StreamClient;
    /** Channels the user was a member of at the last look. */
    channels: Set<string>;
    work: Promise<void>;
    waiting: number;
};

export type Streams = ReturnType<typeof createStreams>;

export function createStreams({database, access, authenticate, links, typing, watch, now, onError}: StreamsOptions) {
    const streams = new Set<Stream>();
    let memory = createMemory();
    let timer: NodeJS.Timeout | undefined;
    let soon: NodeJS.Timeout | undefined;
    let looking: Promise<void> | undefined;
    let lookAgain = false;
    let looked = 0;
    let ticks = 0;
    let stopped = false;

    /** One thing after another per stream, so that its events keep their order; what can't be checked is not shown. */
    function inTurn(stream: Stream, work: () => Promise<void>): void {
        if (++stream.waiting > MOST_WAITING) {
            stream.client.drop();
            return;
        }
        stream.work = stream.work
            .then(() => (streams.has(stream) ? work() : undefined))
            .catch((error: unknown) => failed(stream, error))
            .finally(() => {
                stream.waiting--;
            });
    }

    function failed(stream: Stream, error: unknown): void {
        if (!(error instanceof BridgeError)) onError(error);
        end(stream, error instanceof BridgeError ? error.code : 'internal');
    }

    function end(stream: Stream, reason: string): void {
        if (!streams.delete(stream)) return;
        stream.client.bye(reason);
        restIfAlone();
    }

    function restIfAlone(): void {
        if (streams.size > 0) return;
        clearInterval(timer);
        clearTimeout(soon);
        timer = undefined;
        soon = undefined;
    }

    function look(): void {
        if (looking) {
            lookAgain = true;
            return;
        }
        looking = lookOnce()
            .catch(onError)
            .finally(() => {
                looking = undefined;
                if (lookAgain && streams.size > 0 && !stopped) look();
            });
    }

    async function lookOnce(): Promise<void> {
        lookAgain = false;
        const since = looked - OVERLAP_MS;
        const at = now();
        const integrations = new Map([...streams].map(({caller: {integration}}) => [integration.id, integration]));
        for (const integration of integrations.values()) {
            const changes = await changesSince(database.read, integration, links, since);
            const mine = [...streams].filter(({caller}) => caller.integration.id === integration.id);
            if (changes === null) for (const {client} of mine) client.send('reset', {}, at);
            else for (const change of memory.news(integration.id, changes, since)) for (const stream of mine) tell(stream, change);
        }
        looked = at;
    }

    function tell(stream: Stream, {summary, channel_id, updated_at}: Change): void {
        const {integration, person} = stream.caller;
        inTurn(stream, async () => {
            if (await access.isMember(integration, channel_id, person.user_id)) stream.client.send('conversation', summary, updated_at);
            // It may have been in another channel before, where this user saw it.
            else stream.client.send('gone', {conversation_id: summary.conversation_id}, updated_at);
        });
    }

    function tick(): void {
        ticks++;
        for (const stream of streams) {
            if (stream.caller.session.expires_at <= now()) end(stream, 'session_expired');
            else if (ticks % KEEP_ALIVE_EVERY === 0) stream.client.keepAlive();
            if (ticks % AUDIT_EVERY === 0) inTurn(stream, () => audit(stream));
        }
        if (streams.size > 0) look();
    }

    /** The session may have been revoked, the account deactivated, the integration changed, a membership lost or won. */
    async function audit(stream: Stream): Promise<void> {
        stream.caller = await authenticate({authorization: `Bearer ${stream.caller.token}`});
        const channels = new Set(await access.channels(stream.caller.integration, stream.caller.person.user_id));
        for (const channel_id of stream.channels) if (!channels.has(channel_id)) stream.client.send('gone', {channel_id});
        if ([...channels].some((channel_id) => !stream.channels.has(channel_id))) stream.client.send('reset', {});
        stream.channels = channels;
    }

    const stopTyping = typing.watch(({integration, conversation_id, user_id, name, until}: Typist) => {
        for (const stream of streams) {
            const {caller, client} = stream;
            if (caller.integration.id !== integration.id || caller.person.user_id === user_id) continue;
            inTurn(stream, async () => {
                const seen = await mayBeSeen(caller.integration, caller.person.user_id, conversation_id);
                if (seen) client.send('typing', {conversation_id, user: {user_id, name}, until: instant(until)});
            });
        }
    });

    const mayBeSeen = (integration: Integration, user_id: string, conversation_id: string): Promise<boolean> =>
        access.conversation(integration, user_id, conversation_id).then(
            () => true,
            (error: unknown) => {
                if (error instanceof BridgeError && error.code === 'unknown_conversation') return false;
                throw error;
            },
        );

    const stopWatching = watch(() => {
        if (streams.size > 0) soon ??= setTimeout(lookSoon, SOON_MS);
    });

    function lookSoon(): void {
        soon = undefined;
        look();
    }

    async function greet(stream: Stream, lastId: string | undefined, from: number): Promise<void> {
        const {integration, person} = stream.caller;
        stream.channels = new Set(await access.channels(integration, person.user_id));
        const last = /^\d{1,15}$/.test(lastId ?? '') ? Number(lastId) : Number.NaN;
        const missed =
            last > from - RESUME_MS && last <= from + OVERLAP_MS
                ? await changesSince(database.read, integration, links, last - OVERLAP_MS)
                : null;
        stream.client.send('hello', {resumed: missed !== null, expires_at: instant(stream.caller.session.expires_at)}, from);
        for (const change of missed ?? []) tell(stream, change);
    }

    return {
        /**
         * @returns takes the response over
         * @throws BridgeError too_many_requests, overloaded
         */
        admit(caller: AgentCaller, lastId: string | undefined): (response: Response) => void {
            const same = ({caller: {integration, person}}: Stream) =>
                integration.id === caller.integration.id && person.user_id === caller.person.user_id;
            if ([...streams].filter(same).length >= MOST_PER_USER) {
                throw new BridgeError('too_many_requests', `at most ${MOST_PER_USER} streams each`, {retryAfter: 30});
            }
            if (streams.size >= MOST) throw new BridgeError('overloaded', 'too many streams are open', {retryAfter: 30});
            return (response) => {
                const client = createStreamClient(response, () => {
                    streams.delete(stream);
                    restIfAlone();
                });
                const stream: Stream = {caller, client, channels: new Set(), work: Promise.resolve(), waiting: 0};
                if (stopped) return client.bye('stopping');
                const from = now();
                if (streams.size === 0) {
                    looked = from;
                    memory = createMemory();
                }
                streams.add(stream);
                timer ??= setInterval(tick, LOOK_MS);
                inTurn(stream, () => greet(stream, lastId, from));
            };
        },
        /** Ends the streams of one session at once. */
        endSession(token: string, reason: string): void {
            const hash = sha256(token);
            for (const stream of streams) if (sha256(stream.caller.token) === hash) end(stream, reason);
        },
        open: () => streams.size,
        async stop(): Promise<void> {
            stopped = true;
            stopTyping();
            stopWatching();
            for (const stream of [...streams]) end(stream, 'stopping');
            await looking;
        },
    };
}
