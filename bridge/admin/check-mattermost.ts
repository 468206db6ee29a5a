/** Every hop to Mattermost, tried in order: server, token, channel, membership, post. Each failure has the code the integration log uses. */
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import {nextStep} from './next-steps.ts';
import {sampleMessage} from './sample-message.ts';

export type Check = {name: string; ok: boolean; text: string; code?: string; next?: string};
export type Report = {checks: Check[]; server_version?: string; bot?: string; post_id?: string};

class Failed extends Error {
    readonly code: string;

    constructor(code: string, message: string) {
        super(message);
        this.code = code;
    }
}

/**
 * @param channel look at it only; otherwise the mirror channel gets the message, and all other channels are checked without one
 * @param silent post nothing
 */
export async function checkMattermost(
    client: MattermostClient,
    integration: Integration,
    {channel, silent = false}: {channel?: string | undefined; silent?: boolean} = {},
): Promise<Report> {
    const {config} = integration;
    const report: Report = {checks: []};
    const target = channel ?? config.channel_id;

    /** @returns false when what follows can't work either */
    async function check(name: string, channelId: string, run: () => Promise<string>, option = '--channel ID'): Promise<boolean> {
        try {
            report.checks.push({name, ok: true, text: await run()});
            return true;
        } catch (error) {
            const {code, message} = failureOf(error);
            const subject = {integration: integration.name, channel: channelId, server: config.server_url, option};
            report.checks.push({name, ok: false, text: message, code, next: nextStep(code, subject)});
            return false;
        }
    }

    const serverAnswers = await check('Server URL', target, async () => {
        report.server_version = await versionOf(client);
        return `${config.server_url} is Mattermost ${report.server_version}`;
    });
    if (!serverAnswers) return report;
    const tokenWorks = await check('Bot token', target, async () => {
        const me = await client.getMe();
        report.bot = me.username;
        return `works for ${me.is_bot ? 'bot' : 'the account of a person (a bot is better):'} @${me.username}`;
    });
    if (!tokenWorks) return report;
    if ((await check('Channel', target, () => describe(client, target))) && !silent) {
        await check('Test message', target, async () => {
            const message = sampleMessage(integration);
            const post = await client.createPost({channel_id: target, message});
            report.post_id = post.id;
            return `posted (${post.id})`;
        });
    }
    if (channel === undefined) {
        for (const {id, uses, option} of otherChannels(integration)) await check(uses.join(', '), id, () => describe(client, id), option);
    }
    return report;
}

async function versionOf(client: MattermostClient): Promise<string> {
    const {Version} = (await client.getClientConfig()) as {Version?: string};
    if (!Version) throw new Failed('mattermost_url_wrong', 'something answers there, but it is no Mattermost server');
    return Version;
}

/** The channel's name; it exists, is not archived, and the bot is a member. */
async function describe(client: MattermostClient, id: string): Promise<string> {
    const channel = await client.getChannel(id).catch((error: unknown) => {
        if (refusedWith(error, 404)) throw new Failed('channel_unknown', `there is no channel ${id}`);
        if (refusedWith(error, 403))
            throw new Failed('bot_not_in_channel', `the bot may not see channel ${id}: it is no member of it, or of its team`);
        throw error;
    });
    const name = `~${channel.name} (${channel.display_name})`;
    if (channel.delete_at > 0) throw new Failed('channel_archived', `${name} is archived`);
    await client.getMyChannelMember(id).catch((error: unknown) => {
        if (refusedWith(error, 403, 404)) throw new Failed('bot_not_in_channel', `the bot is no member of ${name}`);
        throw error;
    });
    return `${name}, and the bot is a member`;
}

type OtherChannel = {id: string; uses: string[]; option: string};

/** Channels besides the mirror channel, what each is used for, and the option that sets it. */
function otherChannels({config}: Integration): OtherChannel[] {
    const found = new Map<string, OtherChannel>();
    const used = (id: string, use: string, option: string) => {
        if (id === '' || id === config.channel_id) return;
        const other = found.get(id) ?? {id, uses: [], option};
        other.uses.push(use);
        found.set(id, other);
    };
    for (const [type, id] of Object.entries(config.notifications)) used(id, `Notification ${type}`, `--notification ${type}=ID`);
    for (const [index, rule] of config.routing.entries()) used(rule.channel_id, `Routing rule ${index}`, '--routing-file FILE');
    used(config.alert_channel_id, 'Alert channel', '--alert-channel ID');
    return [...found.values()];
}

const refusedWith = (error: unknown, ...statuses: number[]): boolean =>
    error instanceof MattermostError && error.kind === 'refused' && statuses.includes(error.status);

function failureOf(error: unknown): Failed {
    if (error instanceof Failed) return error;
    if (!(error instanceof MattermostError)) throw error;
    const {kind, status, message, tls} = error;
    if (kind === 'limited') return new Failed('mattermost_rate_limited', message);
    if (kind === 'unsent') return new Failed(tls ? 'mattermost_tls' : 'mattermost_unreachable', message);
    if (kind === 'unknown') {
        // A redirect or a page of HTML comes from something in front, or from another server altogether.
        if ((status > 0 && status < 400) || status === 404) return new Failed('mattermost_url_wrong', message);
        return new Failed(status === 0 ? 'mattermost_no_answer' : 'mattermost_error', message);
    }
    if (status === 401)
        return new Failed('mattermost_token_refused', 'the bot token is refused: it is wrong or revoked, or the bot was disabled');
    if (error.id === 'api.post.create_post.can_not_post_to_deleted.error') return new Failed('channel_archived', 'the channel is archived');
    if (status === 403) return new Failed('post_refused', `the bot is a member, but may not post there: ${message}`);
    return new Failed('mattermost_error', message);
}
