import {Agent} from 'node:http';
import {type Changes, createChanges} from '../conditions/changes.ts';
import {createFaults, type Faults} from '../conditions/faults.ts';
import {createLatency, type Latency} from '../conditions/latency.ts';
import {createRateLimiter, type RateLimiter} from '../conditions/rate-limit.ts';
import {createRequestLog, type RequestLog} from '../conditions/request-log.ts';
import {createPendingIds, type PendingIds} from '../posts/pending-ids.ts';
import {createHub, type Hub} from '../realtime/hub.ts';
import {newId, seededRandom} from './ids.ts';
import type {
    AccessToken,
    Channel,
    ChannelMember,
    Command,
    Mentions,
    OutgoingHook,
    Plugin,
    Post,
    Reaction,
    Session,
    StoredFile,
    Team,
    TeamMember,
    User,
} from './records.ts';
import {DIFFERENCES, type Differences, type ServerVersion} from './versions.ts';

/** Server settings the double knows, with Mattermost's names; the defaults are those of a server prepared for integrations. */
export type Config = {
    siteUrl: string;
    /** Mattermost's default is false; true here, else every `setup` would need a config change first */
    enableBotAccountCreation: boolean;
    /** personal tokens of people; bots' tokens do not need it */
    enableUserAccessTokens: boolean;
    enableOutgoingWebhooks: boolean;
    enableCommands: boolean;
    enableFileAttachments: boolean;
    /** hosts that hooks, commands and buttons may call although they are internal; Mattermost's default is '' */
    allowedUntrustedInternalConnections: string;
    enablePlugins: boolean;
    /** plugin uploads; Mattermost's default is false */
    enablePluginUploads: boolean;
    /** no uploads at all on 11.1 */
    requirePluginSignature: boolean;
    /** `DELETE …?permanent=true` of channels and people; Mattermost's default is false */
    enableApiChannelDeletion: boolean;
    enableApiUserDeletion: boolean;
    showEmailAddress: boolean;
    enablePostUsernameOverride: boolean;
    enablePostIconOverride: boolean;
    disableBotsWhenOwnerIsDeactivated: boolean;
    /** blanks `id` and `message` of every 5xx (11.x) */
    hardenedMode: boolean;
    strictCsrf: boolean;
    /** event streams may be resumed; off by default on 5.37, where `hello` then has a blank connection id */
    enableReliableWebSockets: boolean;
    maxFileSize: number;
    /** seconds after which people may no longer edit; -1 = never */
    postEditTimeLimit: number;
    /** groups that posts may mention: name → user ids; undefined = no licence for groups, as by default */
    groups: Readonly<Record<string, readonly string[]>> | undefined;
    /** requests per second and burst; undefined = limiter off, as by default */
    rateLimit: {perSec: number; maxBurst: number; varyByUser: boolean} | undefined;
};

const DEFAULT_CONFIG: Config = {
    siteUrl: '',
    enableBotAccountCreation: true,
    enableUserAccessTokens: false,
    enableOutgoingWebhooks: true,
    enableCommands: true,
    enableFileAttachments: true,
    allowedUntrustedInternalConnections: 'localhost 127.0.0.0/8',
    enablePlugins: true,
    enablePluginUploads: true,
    requirePluginSignature: false,
    enableApiChannelDeletion: false,
    enableApiUserDeletion: false,
    showEmailAddress: true,
    enablePostUsernameOverride: false,
    enablePostIconOverride: false,
    disableBotsWhenOwnerIsDeactivated: true,
    hardenedMode: false,
    strictCsrf: false,
    enableReliableWebSockets: true,
    maxFileSize: 100 * 1024 * 1024,
    postEditTimeLimit: -1,
    groups: undefined,
    rateLimit: undefined,
};

/** Where a `trigger_id` came from and until when it opens a dialog. */
export type Trigger = {userId: string; clientTriggerId: string; expiresAt: number};

/** Where the answers to a slash command's `response_url` go. */
export type CommandReply = {userId: string; channelId: string; rootId: string; expiresAt: number; usesLeft: number};

/** A post that has just been stored. */
export type Created = {post: Post; channel: Channel; author: User; triggersHooks: boolean};

/** All that a running double is made of. Functions take it as their first argument; nothing is kept elsewhere. */
export type World = {
    readonly version: ServerVersion;
    readonly differs: Differences;
    readonly config: Config;
    readonly now: () => number;
    readonly newId: () => string;
    /** decides what a database leaves open: the order of rows that sort alike */
    readonly tieRandom: () => number;
    readonly teams: Map<string, Team>;
    readonly users: Map<string, User>;
    readonly channels: Map<string, Channel>;
    /** by team id, then user id */
    readonly teamMembers: Map<string, Map<string, TeamMember>>;
    /** by channel id, then user id */
    readonly channelMembers: Map<string, Map<string, ChannelMember>>;
    readonly posts: Map<string, Post>;
    /** every row of a channel in order of creation, deleted ones and earlier versions included */
    readonly channelRows: Map<string, Post[]>;
    /** replies by root id, deleted ones included */
    readonly replies: Map<string, Post[]>;
    readonly mentions: Map<string, Mentions>;
    readonly reactions: Map<string, Reaction[]>;
    readonly files: Map<string, StoredFile>;
    readonly accessTokens: Map<string, AccessToken>;
    readonly sessions: Map<string, Session>;
    readonly hooks: Map<string, OutgoingHook>;
    readonly commands: Map<string, Command>;
    readonly commandReplies: Map<string, CommandReply>;
    readonly triggers: Map<string, Trigger>;
    readonly plugins: Map<string, Plugin>;
    readonly pendingIds: PendingIds;
    readonly hub: Hub;
    readonly faults: Faults;
    readonly latency: Latency;
    readonly rateLimiter: RateLimiter;
    readonly requestLog: RequestLog;
    readonly changes: Changes;
    /** calls to hooks under way; `stop` waits for them as a graceful stop of the real server does */
    readonly calls: Set<Promise<unknown>>;
    /** for calls to integrations: 11.1 keeps idle connections for 90 s, two per host, so that a peer closing early loses calls */
    readonly agent: Agent;
    /** told of every created post; outgoing webhooks listen here */
    readonly onPosted: Set<(created: Created) => void>;
    /** forgets all data; settings, faults and latency go back to how they were at the start */
    clear(): void;
};

export type WorldOptions = {
    readonly version?: ServerVersion;
    readonly now?: () => number;
    readonly seed?: number;
    readonly latencyScale?: number;
    readonly config?: Partial<Config>;
};

export function createWorld(options: WorldOptions): World {
    const version = options.version ?? '11.1';
    const seedNumber = options.seed ?? Math.floor(Math.random() * 2 ** 32);
    const now = options.now ?? Date.now;
    let random = seededRandom(seedNumber);
    const defaults: Config = {...DEFAULT_CONFIG, enableReliableWebSockets: version !== '5.37', ...options.config};
    const config: Config = {...defaults};
    const changes = createChanges();
    // Separate streams: arming a fault must not change the ids that follow.
    const latency = createLatency(options.latencyScale ?? 0, seededRandom(seedNumber + 1));
    const faults = createFaults(seededRandom(seedNumber + 2));
    const stores = {
        teams: new Map<string, Team>(),
        users: new Map<string, User>(),
        channels: new Map<string, Channel>(),
        teamMembers: new Map<string, Map<string, TeamMember>>(),
        channelMembers: new Map<string, Map<string, ChannelMember>>(),
        posts: new Map<string, Post>(),
        channelRows: new Map<string, Post[]>(),
        replies: new Map<string, Post[]>(),
        mentions: new Map<string, Mentions>(),
        reactions: new Map<string, Reaction[]>(),
        files: new Map<string, StoredFile>(),
        accessTokens: new Map<string, AccessToken>(),
        sessions: new Map<string, Session>(),
        hooks: new Map<string, OutgoingHook>(),
        commands: new Map<string, Command>(),
        commandReplies: new Map<string, CommandReply>(),
        triggers: new Map<string, Trigger>(),
        plugins: new Map<string, Plugin>(),
    };
    const world: World = {
        version,
        differs: DIFFERENCES[version],
        config,
        now,
        newId: () => newId(random),
        tieRandom: seededRandom(seedNumber + 3),
        ...stores,
        pendingIds: createPendingIds(now),
        hub: createHub(changes.announce, version === '5.37'),
        faults,
        latency,
        rateLimiter: createRateLimiter(config, now),
        requestLog: createRequestLog(),
        changes,
        calls: new Set(),
        agent: new Agent({keepAlive: true, maxFreeSockets: 2, timeout: 90_000}),
        onPosted: new Set(),
        clear() {
            for (const store of Object.values(stores)) {
                store.clear();
            }
            random = seededRandom(seedNumber);
            const {siteUrl} = config;
            Object.assign(config, defaults, {siteUrl});
            faults.clear();
            latency.scale = options.latencyScale ?? 0;
            latency.extraMs.clear();
            world.pendingIds.clear();
            world.rateLimiter.clear();
            world.requestLog.clear();
            world.hub.forgetAll();
        },
    };
    return world;
}
