/** Each channel the integration uses: there, alive, the bot in it, and not open to everyone where visitors speak. */
import {type Inquiry, isRefusal, type Seen, type UsedChannel} from '../inquiry.ts';
import {listed, said, spoken} from '../said.ts';
import type {Check} from './check.ts';

export const CHANNEL_CHECKS: Check[] = [
    {id: 'mirror', hop: 'channels', title: 'Mirror channel', run: mirror},
    {id: 'other_channels', hop: 'channels', title: 'Notifications, routing, alerts', run: others},
    {id: 'agents', hop: 'channels', title: 'Agents', run: agents},
];

async function mirror(inquiry: Inquiry): Promise<Seen[]> {
    const {integration, channels, about} = inquiry;
    const used = channels.find(({id}) => id === integration.config.channel_id);
    const seen = used ? await look(inquiry, used) : [];
    const place = (await inquiry.places()).get(integration.config.channel_id);
    if (place && 'channel' in place && place.channel.type === 'O')
        seen.push({
            code: 'mirror_public',
            text: said`~${place.channel.name} is public`,
            about: {...about, channel: `~${place.channel.name}`},
        });
    return withoutFineBesideBad(seen);
}

async function others(inquiry: Inquiry): Promise<Seen[]> {
    const rest = inquiry.channels.filter(({id}) => id !== inquiry.integration.config.channel_id);
    const seen = (await Promise.all(rest.map((used) => look(inquiry, used)))).flat();
    if (seen.length === 0) return [{fine: 'none besides the mirror channel'}];
    return withoutFineBesideBad(seen);
}

const withoutFineBesideBad = (seen: Seen[]): Seen[] => (seen.some((one) => 'code' in one) ? seen.filter((one) => 'code' in one) : seen);

async function look(inquiry: Inquiry, {id, uses, option}: UsedChannel): Promise<Seen[]> {
    const [places, bot] = await Promise.all([inquiry.places(), inquiry.bot()]);
    const place = places.get(id);
    const what = listed(uses);
    const here = {...inquiry.about, bot: bot.username, channel: id, option};
    if (!place) return [];
    if ('refused' in place) {
        if (place.refused === 404) return [{code: 'channel_unknown', text: said`${what}: there is no channel ${id}`, about: here}];
        return [await whyHidden(inquiry, {id, uses, option}, bot.id, bot.username)];
    }
    const {channel, member} = place;
    const about = {...here, channel: `~${channel.name}`};
    const name = said`${what}: ~${channel.name}`;
    if (channel.delete_at > 0) return [{code: 'channel_archived', text: said`${name} is archived`, about}];
    if (!member) return [{code: 'bot_not_in_channel', text: said`@${bot.username} is not in ${name}`, about}];
    return [{fine: spoken(name)}];
}

/** The bot only knows that it may not look; an admin sees whether the team or the channel is missing. */
async function whyHidden({adminClient, about}: Inquiry, {id, uses, option}: UsedChannel, bot_id: string, bot: string): Promise<Seen> {
    const what = listed(uses);
    const unseen: Seen = {
        code: 'bot_not_in_channel',
        text: said`${what}: @${bot} may not see channel ${id}: it is no member of it, or of its team`,
        about: {...about, bot, channel: id},
    };
    if (!adminClient) return unseen;
    try {
        const channel = await adminClient.getChannel(id);
        const named = {...about, bot, channel: `~${channel.name}`, option};
        if (channel.delete_at > 0) return {code: 'channel_archived', text: said`${what}: ~${channel.name} is archived`, about: named};
        const team = await adminClient.getTeam(channel.team_id);
        const member = await adminClient.getTeamMember(team.id, bot_id).catch((error: unknown) => {
            if (isRefusal(error, 404)) return undefined;
            throw error;
        });
        if (!member || member.delete_at > 0)
            return {code: 'bot_not_in_team', text: said`${what}: @${bot} is not in team ${team.name}`, about: {...named, team: team.name}};
        return {code: 'bot_not_in_channel', text: said`${what}: @${bot} is not in ~${channel.name}`, about: named};
    } catch (error) {
        if (isRefusal(error, 404))
            return {code: 'channel_unknown', text: said`${what}: there is no channel ${id}`, about: {...about, option}};
        return unseen;
    }
}

async function agents(inquiry: Inquiry): Promise<Seen[]> {
    const {client, integration} = inquiry;
    const [places, bot] = await Promise.all([inquiry.places(), inquiry.bot()]);
    const place = places.get(integration.config.channel_id);
    if (!place || !('channel' in place) || !place.member) return [{unseen: 'not checked: the mirror channel can’t be read'}];
    const people = (await client.getProfilesInChannel(place.channel.id, 0, 100)).filter(
        ({id, is_bot, delete_at}) => id !== bot.id && !is_bot && delete_at === 0,
    );
    if (people.length > 0)
        return [{fine: people.length < 100 ? `${people.length} in the mirror channel` : 'a hundred or more in the mirror channel'}];
    const name = `~${place.channel.name}`;
    return [{code: 'nobody_in_channel', text: said`nobody is in ${name}`, about: {...inquiry.about, channel: name}}];
}
