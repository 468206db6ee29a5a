/** `setup --remove`: takes away what setup made, in the reverse order, and tells what stays. */
import {channelsOf} from '../doctor/inquiry.ts';
import type {Integrations} from '../integrations.ts';
import type {MattermostClient} from '../mattermost.ts';
import type {Kind, Made, SetupItem} from './made.ts';
import {isRefused, orNone} from './site.ts';
import {patchOf} from './steps/settings.ts';

export type Removed = {
    key: string;
    outcome: 'removed' | 'archived' | 'disabled' | 'restored' | 'kept' | 'was_gone' | 'failed';
    text: string;
};

export type RemoveOptions = {
    admin: MattermostClient;
    integrations: Integrations;
    made: Made;
    /** Delete channels and bot for good, where the server allows it; else they are archived and disabled. */
    permanent: boolean;
};

type Detail = {
    id?: string;
    name?: string;
    before?: string;
    username?: string;
    user_id?: string;
    team_id?: string;
    channel_id?: string;
    url?: string;
    description?: string;
};

/** @param tell called after each */
export async function remove(options: RemoveOptions, tell: (removed: Removed) => void = () => undefined): Promise<Removed[]> {
    const done: Removed[] = [];
    for (const item of (await options.made.rows()).reverse()) {
        let removed: Removed;
        try {
            const outcome = await takeAway(options, item);
            removed = {key: item.key, outcome, text: WORDS[outcome]};
            await options.made.forget(item.key);
        } catch (error) {
            // Kept in the list: the next try finds it.
            removed = {key: item.key, outcome: 'failed', text: (error as Error).message};
        }
        done.push(removed);
        tell(removed);
    }
    return done;
}

const WORDS: Record<Exclude<Removed['outcome'], 'failed'>, string> = {
    removed: 'removed',
    archived: 'archived: Mattermost keeps it; for good with --permanent and ServiceSettings.EnableAPIChannelDeletion',
    disabled: 'disabled: Mattermost keeps the account; for good with --permanent and ServiceSettings.EnableAPIUserDeletion',
    restored: 'set back as it was',
    kept: 'kept: another integration of this bridge uses it',
    was_gone: 'was gone already',
};

type Outcome = Exclude<Removed['outcome'], 'failed'>;

async function takeAway(options: RemoveOptions, item: SetupItem): Promise<Outcome> {
    const {admin, integrations} = options;
    const detail = JSON.parse(item.detail) as Detail;
    const id = item.remote_id ?? (await findBegun(options, item.kind as Kind, detail));
    if (id === undefined) return 'was_gone';
    if (await isShared(options, item, id)) return 'kept';
    switch (item.kind as Kind) {
        case 'setting':
            await admin.patchConfig(patchOf(detail.name ?? '', detail.before ?? ''));
            return 'restored';
        case 'integration': {
            if (!integrations.get(id)) return 'was_gone';
            await integrations.remove(id);
            return 'removed';
        }
        case 'command':
            return gone(admin.deleteCommand(id));
        case 'webhook':
            return gone(admin.removeOutgoingWebhook(id));
        case 'token':
            return gone(admin.revokeUserAccessToken(id));
        case 'plugin':
            return gone(admin.removePlugin(id));
        case 'channel_member':
            return gone(admin.removeFromChannel(detail.user_id ?? '', id));
        case 'team_member':
            return gone(admin.removeFromTeam(id, detail.user_id ?? ''));
        case 'channel':
            return removeChannel(options, id);
        case 'channel_restored':
            return (await archive(admin, id)) === 'was_gone' ? 'was_gone' : 'restored';
        case 'bot':
            return removeBot(options, id);
        case 'bot_enabled':
            await admin.disableBot(id);
            return 'restored';
    }
}

/** Test and production may share a team's command, a channel, the plugin: what the other still needs stays. */
async function isShared({admin, integrations}: RemoveOptions, item: SetupItem, id: string): Promise<boolean> {
    const others = integrations.all().filter(({name, config}) => name !== item.integration && config.server_url === item.server_url);
    if (others.length === 0) return false;
    const detail = JSON.parse(item.detail) as Detail;
    switch (item.kind as Kind) {
        case 'plugin':
        case 'setting':
            return true;
        case 'command': {
            const command = (await admin.getCustomTeamCommands(detail.team_id ?? '')).find((one) => one.id === id);
            return others.some(({secrets}) => command !== undefined && secrets.command_tokens.includes(command.token));
        }
        case 'channel':
        case 'channel_restored':
            return others.some((other) => channelsOf(other).some((used) => used.id === id));
        default:
            return false;
    }
}

async function gone(asked: Promise<unknown>): Promise<Outcome> {
    try {
        await asked;
        return 'removed';
    } catch (error) {
        if (isRefused(error, 404)) return 'was_gone';
        throw error;
    }
}

/** Not allowed by the server's settings. */
const isForbiddenForGood = (error: unknown): boolean => isRefused(error, 401, 403, 501);

async function removeChannel({admin, permanent}: RemoveOptions, id: string): Promise<Outcome> {
    if (permanent) {
        try {
            await admin.deleteChannelForGood(id);
            return 'removed';
        } catch (error) {
            if (isRefused(error, 404)) return 'was_gone';
            if (!isForbiddenForGood(error)) throw error;
        }
    }
    return archive(admin, id);
}

async function archive(admin: MattermostClient, id: string): Promise<Outcome> {
    const channel = await orNone(admin.getChannel(id));
    if (!channel) return 'was_gone';
    if (channel.delete_at === 0) await admin.deleteChannel(id);
    return 'archived';
}

async function removeBot({admin, permanent}: RemoveOptions, id: string): Promise<Outcome> {
    const bot = await orNone(admin.anyBot(id));
    if (!bot) return 'was_gone';
    if (permanent) {
        try {
            await admin.deleteUserForGood(id);
            return 'removed';
        } catch (error) {
            if (!isForbiddenForGood(error)) throw error;
        }
    }
    if (bot.delete_at === 0) await admin.disableBot(id);
    return 'disabled';
}

/** Begun, and its id never learned: looked for by what it was to be. */
async function findBegun({admin, integrations}: RemoveOptions, kind: Kind, detail: Detail): Promise<string | undefined> {
    switch (kind) {
        case 'bot': {
            const user = await orNone(admin.getUserByUsername(detail.username ?? ''));
            return user?.is_bot ? user.id : undefined;
        }
        case 'channel':
            return (await orNone(admin.getChannelByName(detail.team_id ?? '', detail.name ?? '', true)))?.id;
        case 'token': {
            const tokens = await admin.getUserAccessTokensForUser(detail.user_id ?? '', 0, 200);
            return tokens.find(({description}) => description === detail.description)?.id;
        }
        case 'command':
            return (await admin.getCustomTeamCommands(detail.team_id ?? '')).find(({url}) => url === detail.url)?.id;
        case 'webhook': {
            const hooks = await admin.getOutgoingWebhooks(detail.channel_id ?? '', detail.team_id ?? '', 0, 200);
            return hooks.find(({callback_urls}) => callback_urls.includes(detail.url ?? ''))?.id;
        }
        case 'team_member':
            return detail.team_id;
        case 'channel_member':
        case 'channel_restored':
            return detail.channel_id;
        case 'bot_enabled':
            return detail.user_id;
        case 'setting':
            return detail.name;
        case 'plugin':
            return detail.id;
        case 'integration':
            return integrations.named(detail.name ?? '')?.id;
    }
}
