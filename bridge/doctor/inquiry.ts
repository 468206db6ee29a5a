/** What the checks of one run share: the installation under examination, and questions that are asked once and answered to all. */
import {lookup} from 'node:dns/promises';
import type {Channel} from '@mattermost/types/channels';
import type {AdminConfig, ClientConfig} from '@mattermost/types/config';
import type {Team} from '@mattermost/types/teams';
import type {UserProfile} from '@mattermost/types/users';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {Settings} from '../settings.ts';
import type {Database} from '../store/open.ts';
import {isPublicAddress} from '../to-mattermost/addresses.ts';
import type {About, FindingCode} from './findings.ts';
import {isAnswer, type Probed, probe} from './probe.ts';
import {type Said, said} from './said.ts';
import type {Values} from './server-settings.ts';
import {findService, type Service} from './service.ts';

export type DoctorOptions = {
    database: Database;
    servers: Servers;
    settings: Pick<Settings, 'DATA_DIR' | 'DATABASE_URL' | 'IRESERVE_SECRET_KEY' | 'IRESERVE_TIMEOUT_MS'>;
    /** All integrations: they must not share what belongs to one. */
    integrations: readonly Integration[];
    /** PUBLIC_URL of the service; null: it has none; undefined: the service is asked. */
    publicUrl?: string | null | undefined;
    /** Where the service may answer; undefined inside the service itself. */
    bridgeUrls?: readonly string[] | undefined;
    /** The store's id; see instance.ts. */
    instance: string;
    /** Nobody expects the service to run yet, as in the first setup. */
    notStarted?: boolean;
    now: () => number;
    /** Longest time for one check, ms. */
    limitMs?: number;
    /** Network addresses of a host; default: DNS. */
    addressesOf?: (host: string) => Promise<string[]>;
};

/** One thing seen by a check: in order, not to be seen, or a finding. */
export type Seen = {fine: string} | {unseen: string} | {code: FindingCode; text: Said; about?: About; values?: Values};

/** Thrown by a question that can't be asked because another hop is broken: then the check says so, and finds nothing of its own. */
export class CannotAsk extends Error {}

export const NOT_RUNNING = 'not checked: the service does not run';
export const NEEDS_ADMIN = 'not checked: give --admin-token-file (a system admin’s token)';

/** A channel the integration uses, what for, and the option that sets it. */
export type UsedChannel = {id: string; uses: Said[]; option: string};

/** A channel as the bot sees it; `refused`: it does not, and this is the status. */
export type Place = {channel: Channel; member: boolean} | {refused: number};

export type Inquiry = ReturnType<typeof createInquiry>;

export function createInquiry(options: DoctorOptions, integration: Integration, adminClient?: MattermostClient) {
    const {config, secrets} = integration;
    const client = options.servers.client(config.server_url, secrets.bot_token);
    const channels = channelsOf(integration);

    const ping = once(() => probe(`${config.server_url}/api/v4/system/ping`));
    /** @throws CannotAsk when no Mattermost answers there */
    const server = once(async () => {
        const answer = await ping();
        if (!isAnswer(answer) || !isMattermost(answer)) throw new CannotAsk('not checked: Mattermost can’t be asked');
    });
    /** Undefined: the token is refused. */
    const me = once(async (): Promise<UserProfile | undefined> => {
        await server();
        return client.getMe().catch((error: unknown) => {
            if (isRefusal(error, 401)) return undefined;
            throw error;
        });
    });
    /** @throws CannotAsk when the token is refused */
    const bot = once(async (): Promise<UserProfile> => {
        const found = await me();
        if (!found) throw new CannotAsk('not checked: the bot token is refused');
        return found;
    });
    /** With the bot's log-in it says more than without. */
    const clientConfig = once(async (): Promise<Partial<ClientConfig>> => {
        await bot();
        return client.getClientConfig();
    });
    /** Undefined without an admin. */
    const adminConfig = once(async (): Promise<AdminConfig | undefined> => {
        await server();
        return adminClient?.getConfig();
    });
    const teams = once(async (): Promise<Team[]> => {
        await bot();
        return client.getMyTeams();
    });
    const places = once(async (): Promise<Map<string, Place>> => {
        await bot();
        const found = await Promise.all(channels.map(async ({id}) => [id, await placeOf(client, id)] as const));
        return new Map(found);
    });
    /** Teams of the channels that are used, each with one the bot may write in. */
    const usedTeams = once(async (): Promise<{team: Team; channel_id: string}[]> => {
        const [all, found] = await Promise.all([teams(), places()]);
        const inTeam = (id: string) =>
            [...found.values()].flatMap((place) =>
                'channel' in place && place.member && place.channel.team_id === id && place.channel.delete_at === 0 ? [place.channel] : [],
            )[0];
        return all.flatMap((team) => {
            const channel = inTeam(team.id);
            return channel ? [{team, channel_id: channel.id}] : [];
        });
    });
    /** The running service; undefined: it is asking itself. */
    const service = once(async (): Promise<Service | undefined> => options.bridgeUrls && findService(options.bridgeUrls, options.instance));
    /** @throws CannotAsk when the service does not run: what needs it is not known */
    const running = once(async (): Promise<void> => {
        const found = await service();
        if (found && found.state !== 'ours' && found.state !== 'not_ready') throw new CannotAsk(NOT_RUNNING);
    });
    /** Undefined: the service has none. @throws CannotAsk when nobody knows it */
    const publicUrl = once(async (): Promise<string | undefined> => {
        if (options.publicUrl !== undefined) return options.publicUrl ?? undefined;
        const told = (await service())?.publicUrl;
        if (told === undefined) throw new CannotAsk('not checked: only the running service knows PUBLIC_URL; or give --public-url');
        return told ?? undefined;
    });
    /** Whether PUBLIC_URL leads to a private address; false when that can't be told. */
    const publicIsPrivate = once(async (): Promise<boolean> => {
        const url = await publicUrl();
        if (!url) return false;
        const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
        const addresses = await (options.addressesOf ?? resolved)(host).catch(() => []);
        return addresses.length > 0 && addresses.every((address) => !isPublicAddress(address));
    });

    return {
        ...options,
        integration,
        client,
        adminClient,
        channels,
        ping,
        server,
        me,
        bot,
        clientConfig,
        adminConfig,
        teams,
        places,
        usedTeams,
        publicIsPrivate,
        service,
        running,
        publicUrl,
        /** Undefined also where nobody knows it. */
        knownPublicUrl: () => publicUrl().catch(() => undefined),
        /** What most mends name. */
        about: {integration: integration.name, url: config.server_url} satisfies About,
    };
}

const resolved = async (host: string): Promise<string[]> => (await lookup(host, {all: true})).map(({address}) => address);

/** Asked at most once, by whoever is first. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
    let answer: Promise<T> | undefined;
    return () => {
        answer ??= ask();
        return answer;
    };
}

/** Something that is not Mattermost has no such answer, and no such header. */
export function isMattermost(probed: Probed): boolean {
    if (!isAnswer(probed) || probed.status !== 200) return false;
    if (probed.headers.has('x-version-id')) return true;
    try {
        return (JSON.parse(probed.text) as {status?: unknown}).status === 'OK';
    } catch {
        return false;
    }
}

export const isRefusal = (error: unknown, ...statuses: number[]): boolean =>
    error instanceof MattermostError && error.kind === 'refused' && statuses.includes(error.status);

async function placeOf(client: MattermostClient, id: string): Promise<Place> {
    let channel: Channel | undefined;
    try {
        channel = await client.getChannel(id);
        await client.getMyChannelMember(id);
        return {channel, member: true};
    } catch (error) {
        if (!(error instanceof MattermostError) || error.kind !== 'refused') throw error;
        // A public channel of its team can be read without being a member.
        return channel ? {channel, member: false} : {refused: error.status};
    }
}

/** Every channel the integration uses, once. */
export function channelsOf({config}: Integration): UsedChannel[] {
    const found = new Map<string, UsedChannel>();
    const used = (id: string, use: Said, option: string) => {
        if (id === '') return;
        const known = found.get(id) ?? {id, uses: [], option};
        known.uses.push(use);
        found.set(id, known);
    };
    used(config.channel_id, said`mirror channel`, '--channel ID');
    for (const [type, id] of Object.entries(config.notifications)) used(id, said`notification ${type}`, `--notification ${type}=ID`);
    for (const [index, rule] of config.routing.entries()) used(rule.channel_id, said`routing rule ${index}`, '--routing-file FILE');
    used(config.alert_channel_id, said`alert channel`, '--alert-channel ID');
    return [...found.values()];
}
