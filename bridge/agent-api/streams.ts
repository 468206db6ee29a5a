/** Streams of changes to agents' browsers. Membership is asked for every event, the session again and again: a stream sees no more than a list. */
import type {Response} from 'express';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Database} from '../store/open.ts';
import type {Typing, Typist} from '../to-ireserve/typing.ts';
import type {Access} from './access.ts';
import type {AgentCaller, Authenticate} from './authenticate.ts';
import {type Change, changesSince, createMemory, OVERLAP_MS} from './changes.ts';
import {instant} from './contract.ts';
import {createOpenStreams, type Stream} from './open-streams.ts';
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
/** In looks. */
const AUDIT_EVERY = 5;
const KEEP_ALIVE_EVERY = 20;
/** An older last id is not resumed from: the client loads its list again. */
const RESUME_MS = 10 * 60_000;

export type Streams = ReturnType<typeof createStreams>;

export function createStreams({database, access, authenticate, links, typing, watch, now, onError}: StreamsOptions) {
    const open = createOpenStreams({onEmpty: rest, onError});
    let memory = createMemory();
    let timer: NodeJS.Timeout | undefined;
    let soon: NodeJS.Timeout | undefined;
    let looking: Promise<void> | undefined;
    let lookAgain = false;
    let looked = 0;
    let ticks = 0;
    let stopped = false;

    function rest(): void {
        clearInterval(timer);
        clearTimeout(soon);
        timer = undefined;
        soon = undefined;
    }

    function look(): void {
        soon = undefined;
        lookAgain = looking !== undefined;
        looking ??= lookOnce()
            .catch(onError)
            .finally(() => {
                looking = undefined;
                if (lookAgain && !open.none() && !stopped) look();
            });
    }

    async function lookOnce(): Promise<void> {
        const since = looked - OVERLAP_MS;
        const at = now();
        const integrations = new Map(open.all().map(({caller: {integration}}) => [integration.id, integration]));
        for (const integration of integrations.values()) {
            const changes = await changesSince(database.read, integration, links, since);
            const mine = open.all().filter(({caller}) => caller.integration.id === integration.id);
            if (changes === null) for (const {client} of mine) client.send('reset', {}, at);
            else for (const change of memory.news(integration.id, changes, since)) for (const stream of mine) tell(stream, change);
        }
        looked = at;
    }

    function tell(stream: Stream, {summary, channel_id, updated_at}: Change): void {
        const {integration, person} = stream.caller;
        open.inTurn(stream, async () => {
            if (await access.isMember(integration, channel_id, person.user_id)) stream.client.send('conversation', summary, updated_at);
            // It may have been in another channel before, where this user saw it.
            else stream.client.send('gone', {conversation_id: summary.conversation_id}, updated_at);
        });
    }

    function tick(): void {
        ticks++;
        for (const stream of open.all()) {
            if (stream.caller.session.expires_at <= now()) open.end(stream, 'session_expired');
            else if (ticks % KEEP_ALIVE_EVERY === 0) stream.client.keepAlive();
            if (ticks % AUDIT_EVERY === 0) open.inTurn(stream, () => audit(stream));
        }
        if (!open.none()) look();
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
        for (const stream of open.all()) {
            const {caller, client} = stream;
            if (caller.integration.id !== integration.id || caller.person.user_id === user_id) continue;
            open.inTurn(stream, async () => {
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
        if (!open.none()) soon ??= setTimeout(look, SOON_MS);
    });

    async function greet(stream: Stream, lastId: string | undefined, from: number): Promise<void> {
        const {integration, person} = stream.caller;
        stream.channels = new Set(await access.channels(integration, person.user_id));
        const last = /^\d{1,15}$/.test(lastId ?? '') ? Number(lastId) : Number.NaN;
        const isRecent = last > from - RESUME_MS && last <= from + OVERLAP_MS;
        const missed = isRecent ? await changesSince(database.read, integration, links, last - OVERLAP_MS) : null;
        stream.client.send('hello', {resumed: missed !== null, expires_at: instant(stream.caller.session.expires_at)}, from);
        for (const change of missed ?? []) tell(stream, change);
    }

    return {
        /**
         * @returns takes the response over
         * @throws BridgeError too_many_requests, overloaded
         */
        admit(caller: AgentCaller, lastId: string | undefined): (response: Response) => void {
            open.mustHaveRoom(caller);
            return (response) => {
                const from = now();
                if (open.none()) {
                    looked = from;
                    memory = createMemory();
                }
                const stream = open.add(caller, response);
                if (stopped) {
                    open.end(stream, 'stopping');
                    return;
                }
                timer ??= setInterval(tick, LOOK_MS);
                open.inTurn(stream, () => greet(stream, lastId, from));
            };
        },
        /** Ends the streams of one session at once. */
        endSession(token: string, reason: string): void {
            for (const stream of open.all()) if (stream.caller.token === token) open.end(stream, reason);
        },
        async stop(): Promise<void> {
            stopped = true;
            stopTyping();
            stopWatching();
            for (const stream of open.all()) open.end(stream, 'stopping');
            await looking;
        },
    };
}
