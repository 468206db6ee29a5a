/** One integration's bot on Mattermost's event stream: hears, looks where it may have missed something, and says how well it does. */
import type {Post} from '@mattermost/types/posts';
import type {Integration} from '../integration.ts';
import type {Log} from '../log.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import {isStandIn} from '../stand-in.ts';
import type {Database} from '../store/open.ts';
import type {NoticeRow} from '../store/schema.ts';
import type {Session} from '../to-mattermost/session.ts';
import {catchUp, channelsOf} from './catch-up.ts';
import {type Hearing, NotElected} from './election.ts';
import {isLookDue, LOOK_MS, WATCH_MS, waitBeforeLook} from './look-schedule.ts';
import {createSettledPosts} from './settled-posts.ts';
import {openSocket, type Socket, type SocketEvent} from './socket.ts';
import type {Take} from './take.ts';

export type EarOptions = {
    database: Database;
    servers: Servers;
    session: (client: MattermostClient) => Promise<Session>;
    take: Take;
    log: Log;
    now: () => number;
    random: () => number;
    /** Somebody types in a thread. */
    onTyping: (integration: Integration, root_id: string, user_id: string) => void;
    /** Somebody reacted to a post. */
    onReaction: (integration: Integration, reaction: {post_id: string; user_id: string; emoji: string}) => void;
    onNotice: (notice: NoticeRow, stands: boolean) => void;
    onHeard: (event: string) => void;
    retry?: {first: number; longest: number};
    look?: {down: number; up: number};
    /** The number of the election this replica listens by, where there is more than one. */
    fence: number;
    /** A write was refused: another replica was elected. */
    onDeposed: () => void;
};

/** Posts read at once per bot; the thread's own order is kept by the door. */
const READERS = 4;
/** An ear that is down for longer is worth an admin's look. */
const DEAF_MS = 60_000;

export type Ear = ReturnType<typeof openEar>;

/** What an ear depends on: it is opened anew when that changes. */
export const keyOf = ({config, secrets}: Integration): string => `${config.server_url} ${secrets.bot_token}`;

/** Opens one. It closes when told to, never by itself. */
export function openEar(options: EarOptions, first: Integration) {
    const {database, take, log, now, fence, look = LOOK_MS} = options;
    const client = options.servers.client(first.config.server_url, first.secrets.bot_token);
    const waiting: (() => Promise<void>)[] = [];
    let running = 0;
    let closed = false;
    let downSince: number | null = now();
    /** A notice may stand: from before a restart, or of the replica that listened before. */
    let mayBeTold = true;
    let told = false;
    /** Something may have been missed, and was not caught up yet. */
    let behind = true;
    let missed = 0;
    let catching: Promise<void> | null = null;
    let failures = 0;
    let deafSince: number | null = null;
    let lookedAt = 0;
    const settled = createSettledPosts(now);
    let timer: NodeJS.Timeout | undefined;

    const hearing = (): Hearing => ({up: socket.isUp() && !behind, downSince, deafSince});
    const ear = {key: keyOf(first), integration: first, fence, catchUpSoon, close, idle, hearing};
    const name = () => ear.integration.name;
    const watcher = setInterval(watch, Math.min(WATCH_MS, look.down, look.up));

    const socket: Socket = openSocket({
        url: first.config.server_url,
        token: first.secrets.bot_token,
        random: options.random,
        ...(options.retry ? {retry: options.retry} : {}),
        onUp(gap) {
            log.info({integration: name(), gap}, 'listening to Mattermost');
            downSince = null;
            if (mayBeTold) options.onNotice(deafNotice(''), false);
            mayBeTold = false;
            told = false;
            if (gap) miss();
            if (behind) catchUpSoon();
        },
        onDown(reason) {
            log.warn({integration: name(), reason}, 'not listening to Mattermost');
            downSince ??= now();
            // What was said just before may have been lost with it.
            watch();
        },
        onEvent: (event) => {
            options.onHeard(event.event);
            hearEvent(event);
        },
    });

    function deafNotice(detail: string): NoticeRow {
        return {integration_id: ear.integration.id, code: 'not_listening', subject: 'socket', detail, since: now()};
    }

    function run(work: () => Promise<void>): void {
        waiting.push(work);
        while (running < READERS && waiting.length > 0) {
            running++;
            void next();
        }
    }

    async function next(): Promise<void> {
        for (let work = waiting.shift(); work && !closed; work = waiting.shift()) {
            try {
                await work();
            } catch (error) {
                failed(error);
            }
        }
        running--;
    }

    function miss(): void {
        missed++;
        behind = true;
    }

    /** It stays in Mattermost: catching up finds it. */
    function failed(error: unknown): void {
        miss();
        if (error instanceof NotElected) {
            log.info({integration: name(), detail: error.message}, 'another replica listens');
            options.onDeposed();
            return;
        }
        log.warn({integration: name(), err: error}, 'could not read what was said; trying again');
        catchUpSoon();
    }

    function hearEvent({event, data, broadcast}: SocketEvent): void {
        if (event === 'posted' || event === 'post_edited' || event === 'post_deleted') hearPost(event, data);
        if (event === 'reaction_added') {
            const reaction = parsed(data.reaction);
            const {post_id, user_id, emoji_name} = reaction as {post_id?: unknown; user_id?: unknown; emoji_name?: unknown};
            if (typeof post_id === 'string' && typeof user_id === 'string' && typeof emoji_name === 'string')
                options.onReaction(ear.integration, {post_id, user_id, emoji: emoji_name});
            return;
        }
        if (event === 'typing') {
            const {parent_id, user_id} = data;
            if (typeof parent_id === 'string' && parent_id && typeof user_id === 'string')
                options.onTyping(ear.integration, parent_id, user_id);
            return;
        }
        // In again, or a channel that can be read again: what was said meanwhile is not told any more.
        if (event === 'user_added' || event === 'channel_restored' || event === 'channel_converted') {
            log.info({integration: name(), event, channel: broadcast.channel_id}, 'membership or channel changed');
            miss();
            catchUpSoon();
        }
        if (event === 'user_removed' || event === 'channel_deleted')
            log.info({integration: name(), event, channel: broadcast.channel_id}, 'membership or channel changed');
    }

    function hearPost(event: string, data: Record<string, unknown>): void {
        const {id, root_id, user_id, message, edit_at, props} = parsed(data.post) as {[of in keyof Post]?: unknown};
        if (typeof id !== 'string' || typeof root_id !== 'string') return;
        if (event === 'posted' && root_id && typeof message === 'string' && edit_at === 0)
            take.wrote({id, message, edit_at, props: props as Post['props']});
        run(async () => {
            const {botId} = await options.session(client);
            if (root_id === '') {
                // A thread that was moved loses its old root last: it lives on under a new one.
                if (event === 'post_deleted' && user_id === botId) catchUpSoon();
                return;
            }
            // In a round trip the bot answers itself.
            if (user_id !== botId || isStandIn(ear.integration))
                await take.take(ear.integration, id, {
                    ...{root_id, database},
                    edited: event === 'post_edited',
                    deleted: event === 'post_deleted',
                });
        });
    }

    /** Joins one that is about to start; after a failure it waits longer each time. */
    function catchUpSoon(): void {
        if (closed || timer) return;
        const wait = waitBeforeLook(failures, options.random());
        timer = setTimeout(() => {
            timer = undefined;
            if (catching) {
                void catching.then(catchUpSoon);
                return;
            }
            catching = catchUpAll().finally(() => {
                catching = null;
            });
        }, wait);
    }

    async function catchUpAll(): Promise<void> {
        const started = now();
        lookedAt = started;
        try {
            const before = missed;
            const unread: string[] = [];
            for (const channel_id of await channelsOf(database, ear.integration, started)) {
                if (closed) return;
                const read = await catchUp({database, take, settled, now, closed: () => closed}, ear.integration, client, channel_id);
                if (!read) unread.push(channel_id);
            }
            failures = 0;
            deafSince = null;
            // What was missed while it looked may lie behind it.
            if (missed === before) behind = false;
            if (unread.length > 0) log.warn({integration: name(), channels: unread}, 'the bot may not read these channels');
        } catch (error) {
            if (error instanceof NotElected) {
                failed(error);
                return;
            }
            failures++;
            deafSince = isUnreached(error) ? (deafSince ?? started) : null;
            miss();
            const detail = error instanceof MattermostError ? error.message : undefined;
            // An outage may last for hours: it is told once.
            log[failures === 1 ? 'warn' : 'debug'](
                {integration: name(), ...(detail ? {detail} : {err: error})},
                'could not catch up; trying again',
            );
            catchUpSoon();
        }
    }

    function watch(): void {
        const at = now();
        if (downSince !== null && !told && at - downSince > DEAF_MS) {
            told = true;
            mayBeTold = true;
            options.onNotice(
                deafNotice(`${ear.integration.config.server_url}: no event stream; replies are found late, or not before it is back`),
                true,
            );
        }
        if (isLookDue(at, {isUp: downSince === null, lookedAt}, look) && !catching && !timer) catchUpSoon();
    }

    async function idle(): Promise<void> {
        while (catching || running > 0) {
            if (catching) await catching;
            else await new Promise((resolve) => setTimeout(resolve, 5));
        }
    }

    function close(): void {
        closed = true;
        clearTimeout(timer);
        clearInterval(watcher);
        socket.close();
    }

    return ear;
}

/** No answer at all, as when this replica is cut off; any answer another replica would get, too. */
const isUnreached = (error: unknown): boolean =>
    error instanceof MattermostError && (error.kind === 'unsent' || (error.kind === 'unknown' && error.status === 0));

function parsed(text: unknown): object {
    try {
        const value = JSON.parse(String(text)) as unknown;
        return typeof value === 'object' && value !== null ? value : {};
    } catch {
        return {};
    }
}
