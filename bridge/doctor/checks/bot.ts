/** The bot: its token, its account, its owner, and what it may see. */
import {knownBot, rememberBot} from '../../admin/verify-bot-token.ts';
import {type Inquiry, isRefusal, NEEDS_ADMIN, type Seen} from '../inquiry.ts';
import {said} from '../said.ts';
import type {Check} from './check.ts';

export const BOT_CHECKS: Check[] = [
    {id: 'token', hop: 'bot', title: 'Bot token', run: token},
    {id: 'owner', hop: 'bot', title: 'Bot and its owner', run: owner},
    {id: 'teams', hop: 'bot', title: 'Teams', run: teams},
    {id: 'emails', hop: 'bot', title: 'Agents’ e-mail addresses', run: emails},
];

async function token(inquiry: Inquiry): Promise<Seen[]> {
    const {about, integration} = inquiry;
    const me = await inquiry.me();
    if (!me) {
        const seen: Seen[] = [{code: 'bot_token_refused', text: said`Mattermost answers 401`, about}];
        const config = await inquiry.adminConfig().catch(() => undefined);
        // Bots do not need the switch.
        if (config && !config.ServiceSettings.EnableUserAccessTokens && !(await isKnownBot(inquiry)))
            seen.push({code: 'user_tokens_off', text: said`EnableUserAccessTokens is off`, about});
        return seen;
    }
    const seen: Seen[] = [];
    const here = {...about, bot: me.username};
    if (!me.is_bot) seen.push({code: 'bot_token_of_person', text: said`it is @${me.username}’s`, about: here});
    else if (me.roles.split(' ').includes('system_admin'))
        seen.push({code: 'bot_is_admin', text: said`@${me.username}: ${me.roles}`, about: here});
    await rememberBot(inquiry.database, integration.id, me.id);
    return seen.length > 0 ? seen : [{fine: `@${me.username} of ${integration.name}`}];
}

async function isKnownBot({adminClient, database, integration}: Inquiry): Promise<boolean> {
    const bot_id = await knownBot(database, integration.id);
    return bot_id !== null && (await adminClient?.anyBot(bot_id).catch(() => undefined)) !== undefined;
}

async function owner(inquiry: Inquiry): Promise<Seen[]> {
    const {adminClient, about, database, integration} = inquiry;
    const me = await inquiry.me();
    if (me && !me.is_bot) return [{unseen: 'not a bot'}];
    if (!adminClient) return [{unseen: NEEDS_ADMIN}];
    const bot_id = me?.id ?? (await knownBot(database, integration.id));
    if (!bot_id) return [{unseen: 'not checked: which bot it is was never seen'}];
    const bot = await adminClient.anyBot(bot_id).catch((error: unknown) => {
        if (isRefusal(error, 404)) return undefined;
        throw error;
    });
    if (!bot) return [{unseen: 'not checked: the bot does not exist any more'}];
    const here = {...about, bot: bot.username};
    const person = await adminClient.getUser(bot.owner_id).catch((error: unknown) => {
        // A plugin may own bots too.
        if (isRefusal(error, 400, 404)) return undefined;
        throw error;
    });
    if (bot.delete_at > 0 && person && person.delete_at > 0)
        return [
            {code: 'bot_owner_deactivated', text: said`@${bot.username} belongs to @${person.username}, who was deactivated`, about: here},
        ];
    if (bot.delete_at > 0) return [{code: 'bot_disabled', text: said`@${bot.username} is disabled`, about: here}];
    return [{fine: `@${bot.username} is active${person ? `, owned by @${person.username}` : ''}`}];
}

async function teams(inquiry: Inquiry): Promise<Seen[]> {
    const [mine, bot] = await Promise.all([inquiry.teams(), inquiry.bot()]);
    if (mine.length > 0) return [{fine: mine.map(({display_name}) => display_name).join(', ')}];
    const channel = inquiry.integration.config.channel_id;
    const team = await inquiry.adminClient
        ?.getChannel(channel)
        .then(async ({team_id}) => (await inquiry.adminClient?.getTeam(team_id))?.name)
        .catch(() => undefined);
    const about = {...inquiry.about, bot: bot.username, channel, team: team ?? `of channel ${channel}`};
    return [{code: 'bot_not_in_team', text: said`@${bot.username} is in no team`, about}];
}

async function emails(inquiry: Inquiry): Promise<Seen[]> {
    const {client, about, integration} = inquiry;
    const [bot, config] = await Promise.all([inquiry.bot(), inquiry.clientConfig()]);
    const hidden: Seen[] = [{code: 'emails_hidden', text: said`the bot sees none`, about}];
    if (config.ShowEmailAddress === 'false') return hidden;
    const place = (await inquiry.places()).get(integration.config.channel_id);
    if (!place || !('channel' in place) || !place.member) return [{unseen: 'not checked: the mirror channel can’t be read'}];
    const people = await client.getProfilesInChannel(place.channel.id, 0, 20);
    const others = people.filter((one) => one.id !== bot.id && !one.is_bot && one.delete_at === 0);
    if (others.length === 0) return [{unseen: 'not checked: nobody is in the mirror channel'}];
    return others.some(({email}) => email) ? [{fine: 'the bot sees them'}] : hidden;
}
