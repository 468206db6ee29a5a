/** The integration log as it grows, to admins' browsers and terminals. Who follows is asked for again and again: a stream sees no more than a page. */
import type {Response} from 'express';
import {followLog, type LogFilter} from '../admin/log.ts';
import {createStreamClient} from '../agent-api/stream-client.ts';
import {BridgeError} from '../errors.ts';
import type {Database} from '../store/open.ts';
import type {LogRow} from '../store/schema.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import type {LogEntryShown} from './contract.ts';

const LOOK_MS = 500;
/** In looks. */
const AUDIT_EVERY = 10;
const KEEP_ALIVE_EVERY = 40;
const MOST_EACH = 5;
const MOST = 50;
/** Shown at once when nothing is resumed. */
const FIRST = 50;

export type LogStreams = ReturnType<typeof createLogStreams>;

type Open = {owner: string; stop: (reason: string) => void; done: Promise<void>};

export function createLogStreams({
    door,
    database,
    now,
    onError,
}: {
    door: AdminDoor;
    database: Database;
    now: () => number;
    onError: (error: unknown) => void;
}) {
    const open = new Set<Open>();
    let stopped = false;

    async function run(
        caller: AdminCaller,
        {filter, shown, from}: {filter: LogFilter; shown: (row: LogRow) => LogEntryShown; from: number | undefined},
        client: ReturnType<typeof createStreamClient>,
        stopping: {reason: string | null; wake: () => void},
    ): Promise<void> {
        let looks = 0;
        const pause = async (): Promise<boolean> => {
            await new Promise<void>((resolve) => {
                const timer = setTimeout(resolve, LOOK_MS);
                stopping.wake = () => {
                    clearTimeout(timer);
                    resolve();
                };
            });
            looks++;
            if (stopping.reason === null && looks % AUDIT_EVERY === 0) {
                await door.authenticate({authorization: `Bearer ${caller.token}`});
                // What it reaches may have changed: the client asks anew.
                if (filter.integration_ids?.some((id) => !isReached(caller, id))) stopping.reason = 'reset';
            }
            if (stopping.reason === null && caller.expires_at !== null && caller.expires_at <= now()) stopping.reason = 'session_expired';
            if (looks % KEEP_ALIVE_EVERY === 0) client.keepAlive();
            return stopping.reason === null;
        };
        client.send('hello', {resumed: from !== undefined});
        for await (const rows of followLog(database, filter, FIRST, pause, from)) {
            for (const row of rows) client.send('entry', shown(row), row.id);
        }
    }

    const isReached = (caller: AdminCaller, id: string): boolean => {
        const integration = door.integrations.get(id);
        return integration !== undefined && caller.reaches(integration);
    };

    return {
        /**
         * @returns takes the response over
         * @throws BridgeError too_many_requests, overloaded
         */
        admit(
            caller: AdminCaller,
            filter: LogFilter,
            shown: (row: LogRow) => LogEntryShown,
            last: string | undefined,
        ): (response: Response) => void {
            const owner = `${caller.who.kind}/${caller.who.id}`;
            if ([...open].filter((one) => one.owner === owner).length >= MOST_EACH) {
                throw new BridgeError('too_many_requests', `at most ${MOST_EACH} streams each`, {retryAfter: 30});
            }
            if (open.size >= MOST || stopped) throw new BridgeError('overloaded', 'too many streams are open', {retryAfter: 30});
            const from = /^\d{1,15}$/.test(last ?? '') ? Number(last) : undefined;
            return (response) => {
                const stopping: {reason: string | null; wake: () => void} = {reason: null, wake: () => undefined};
                const stop = (reason: string) => {
                    stopping.reason ??= reason;
                    stopping.wake();
                };
                const client = createStreamClient(response, () => stop('closed'));
                const done = run(caller, {filter, shown, from}, client, stopping)
                    .then(
                        () => {
                            if (stopping.reason !== 'closed') client.bye(stopping.reason ?? 'stopping');
                        },
                        (error: unknown) => {
                            if (!(error instanceof BridgeError)) onError(error);
                            client.bye(error instanceof BridgeError ? error.code : 'internal');
                        },
                    )
                    .finally(() => open.delete(one));
                const one: Open = {owner, stop, done};
                open.add(one);
            };
        },
        async stop(): Promise<void> {
            stopped = true;
            const all = [...open];
            for (const {stop} of all) stop('stopping');
            await Promise.all(all.map(({done}) => done));
        },
    };
}
