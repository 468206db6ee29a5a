/** Channels of an integration: those its bot could use, and whether those that are set still work. */
import type {IntegrationConfig} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';

/** Why a channel that is set can't be used. */
export type Gone = 'archived' | 'not_member' | 'unknown';

export type ChoosableChannel = {
    channel_id: string;
    name: string;
    display_name: string;
    team: string;
    type: 'public' | 'private' | null;
    uses: string[];
    gone: Gone | null;
};

/** What each channel is set for; the words of i-Reserve's own screens first. */
export function usesOf(config: IntegrationConfig): Map<string, string[]> {
    const uses = new Map<string, string[]>();
    const used = (id: string, use: string) => {
        if (id !== '') uses.set(id, [...(uses.get(id) ?? []), use]);
    };
    used(config.channel_id, 'Channel');
    for (const [type, id] of Object.entries(config.notifications)) used(id, `Notification ${type}`);
    for (const [index, rule] of config.routing.entries()) used(rule.channel_id, `Routing rule ${index}`);
    used(config.alert_channel_id, 'Alert channel');
    return uses;
}

const typeOf = (type: string): ChoosableChannel['type'] => (type === 'O' ? 'public' : type === 'P' ? 'private' : null);

const refusedWith = (error: unknown, ...statuses: number[]): boolean =>
    error instanceof MattermostError && error.kind === 'refused' && statuses.includes(error.status);

/**
 * Channels the bot is a member of, and those that are set, by team and name.
 *
 * @throws MattermostError
 */
export async function choosableChannels(client: MattermostClient, config: IntegrationConfig): Promise<ChoosableChannel[]> {
    const uses = usesOf(config);
    const teams = await client.getMyTeams();
    const found: ChoosableChannel[] = [];
    for (const team of teams) {
        // Direct and group messages are listed too, in every team.
        for (const {id, name, display_name, type, delete_at} of await client.getMyChannels(team.id)) {
            const kind = typeOf(type);
            if (kind === null || delete_at > 0 || found.some((one) => one.channel_id === id)) continue;
            found.push({channel_id: id, name, display_name, team: team.display_name, type: kind, uses: uses.get(id) ?? [], gone: null});
        }
    }
    for (const [id, set] of uses) {
        if (!found.some((one) => one.channel_id === id)) found.push({...(await lookAt(client, id)), uses: set});
    }
    return found.sort((a, b) => a.team.localeCompare(b.team) || a.display_name.localeCompare(b.display_name));
}

/** One channel, and why it can't be used. @throws MattermostError when the server can't be asked now */
export async function lookAt(client: MattermostClient, channel_id: string): Promise<ChoosableChannel> {
    const nothing = {channel_id, name: '', display_name: '', team: '', type: null, uses: []};
    try {
        const {name, display_name, type, delete_at} = await client.getChannel(channel_id);
        const channel = {...nothing, name, display_name, type: typeOf(type)};
        if (delete_at > 0) return {...channel, gone: 'archived'};
        const isMember = await client.getMyChannelMember(channel_id).then(
            () => true,
            (error: unknown) => {
                if (refusedWith(error, 403, 404)) return false;
                throw error;
            },
        );
        return {...channel, gone: isMember ? null : 'not_member'};
    } catch (error) {
        if (refusedWith(error, 404)) return {...nothing, gone: 'unknown'};
        // A private channel the bot is not in.
        if (refusedWith(error, 403)) return {...nothing, gone: 'not_member'};
        throw error;
    }
}
