import {type Acts, actsOn} from './act.ts';
import type {Faults} from './conditions/faults.ts';
import type {Latency} from './conditions/latency.ts';
import type {SeenRequest} from './conditions/request-log.ts';
import {type Looks, looksInto} from './look.ts';
import type {EventTap} from './realtime/hub.ts';
import {type Seeded, seed} from './seed.ts';
import {type Listening, listen} from './server.ts';
import type {ServerVersion} from './state/versions.ts';
import {type Config, createWorld, type World} from './state/world.ts';

export type {Acts} from './act.ts';
export type {FaultKind, Faults} from './conditions/faults.ts';
export type {Latency} from './conditions/latency.ts';
export type {SeenRequest} from './conditions/request-log.ts';
export type {Looks, PlainPost} from './look.ts';
export type {Seeded} from './seed.ts';
export type {JsonObject} from './state/records.ts';
export type {ServerVersion} from './state/versions.ts';
export type {Config} from './state/world.ts';

export type MattermostOptions = {
    /** TCP port on 127.0.0.1; 0 (the default) takes a free one */
    readonly port?: number;
    /** which server to be; default '11.1' */
    readonly version?: ServerVersion;
    /** clock in milliseconds, default `Date.now`: the pending-id window, trigger ids and time stamps follow it */
    readonly now?: () => number;
    /** makes ids, fault dice and latency jitter repeatable; default random. Give two doubles of one test different seeds. */
    readonly seed?: number;
    /** 1 = as slow as the measured server, 0 (default) = as fast as the double can; see `latency` */
    readonly latencyScale?: number;
    /** server settings that differ from the double's defaults */
    readonly config?: Partial<Config>;
};

/** A running Mattermost double. Everything in it speaks plain data: ids in, records out. */
export type MattermostDouble = {
    /** base URL without a trailing slash, e.g. `http://127.0.0.1:40123` */
    readonly url: string;
    readonly version: ServerVersion;
    /** one team, channels, an admin, agents and a bot that exist from the start, with their tokens */
    readonly seeded: Seeded;
    /** do something as a user, or have something happen to the server: post, edit, archive, revoke... */
    readonly act: Acts;
    /** read what is stored, as plain data, without permissions in the way */
    readonly look: Looks;
    /** make requests fail in chosen ways */
    readonly faults: Faults;
    /** make requests take time */
    readonly latency: Latency;
    /** the event stream's news of posts: lost without a trace, or late and in another order */
    readonly events: EventTap;
    /** settings that may be changed while it runs */
    readonly config: Config;
    /** the last 20,000 API requests answered (or dropped), oldest first */
    requests(): readonly SeenRequest[];
    /** waits until `condition` holds, checking after every change; rejects after `deadlineMs` (default 5,000) */
    until<T>(condition: () => T | undefined | false, deadlineMs?: number): Promise<T>;
    /** forgets everything and seeds anew; with the same `seed` option the same ids and tokens come back */
    reset(): Seeded;
    /** closes all sockets and waits for hooks on their way; nothing is left open */
    stop(): Promise<void>;
};

/** Starts a Mattermost double on 127.0.0.1. */
export async function startMattermost(options: MattermostOptions = {}): Promise<MattermostDouble> {
    const world: World = createWorld(options);
    let seeded = seed(world);
    const reset = (): Seeded => {
        world.clear();
        seeded = seed(world);
        return seeded;
    };
    const listening: Listening = await listen(world, {port: options.port ?? 0, seeded: () => seeded, reset});
    return {
        url: listening.url,
        version: world.version,
        get seeded() {
            return seeded;
        },
        act: actsOn(world),
        look: looksInto(world),
        faults: world.faults,
        latency: world.latency,
        events: world.hub.posts,
        config: world.config,
        requests: () => world.requestLog.seen(),
        until: (condition, deadlineMs) => world.changes.until(condition, deadlineMs),
        reset,
        stop: listening.stop,
    };
}
