/** Teams, the bot, channels, and the bot's place in them. */
import type {SetupAnswers} from '../answers.ts';
import {botNameOf} from '../answers.ts';
import {adopt, type FoundChannel, type Look, making, orNone, type Site, type Step} from '../site.ts';

export function teamSteps({teams}: SetupAnswers): Step[] {
    return teams.map((name) => ({
        key: `team/${name}`,
        what: `team ${name}`,
        why: 'agents work there',
        required: true,
        async look({admin, known}) {
            const team = await orNone(admin.getTeamByName(name));
            if (!team || team.delete_at > 0) return {state: 'cannot', text: `there is no team ${name}: make it in Mattermost first`};
            known.teams.set(name, team.id);
            return {state: 'exists', text: team.display_name};
        },
        make: () => Promise.resolve(),
    }));
}

export function botSteps(answers: SetupAnswers): Step[] {
    const username = botNameOf(answers);
    return [
        {
            key: 'bot',
            what: `bot @${username}`,
            why: 'posts in the bridge’s name',
            required: true,
            look: (site) => lookAtBot(site, username),
            make: (site) => makeBot(site, username),
        },
        ...answers.teams.map(
            (name): Step => ({
                key: `team_member/${name}`,
                what: `bot in team ${name}`,
                why: 'only members can join channels',
                required: true,
                async look(site) {
                    const {admin, known} = site;
                    const team_id = known.teams.get(name);
                    if (!known.bot || !team_id) return {state: 'to_make', text: 'will be added'};
                    const member = await orNone(admin.getTeamMember(team_id, known.bot.id));
                    if (!member || member.delete_at > 0) return {state: 'to_make', text: 'will be added'};
                    await adopt(site, `team_member/${name}`, team_id);
                    return {state: 'exists', text: 'is a member'};
                },
                async make(site) {
                    const [bot, team_id] = [botOf(site), site.known.teams.get(name) ?? ''];
                    await making(site, `team_member/${name}`, 'team_member', {team_id, user_id: bot.id}, async () => {
                        await site.admin.addToTeam(team_id, bot.id);
                        return {id: team_id};
                    });
                },
            }),
        ),
    ];
}

async function lookAtBot(site: Site, username: string): Promise<Look> {
    const {admin, known, config} = site;
    if (known.bot) {
        const own = await botOfSetup(site);
        const isOther = own ? own !== known.bot.id : site.answers.bot !== undefined && site.answers.bot !== known.bot.username;
        // Adding that one to teams and channels would leave two bots that do not know each other's posts.
        if (isOther)
            return {
                state: 'cannot',
                text: `the integration has a token of @${known.bot.username}, which is another bot: give it one of @${username} (ireserve-bridge secret add ${site.answers.name} bot_token --file FILE), or name that bot with --bot in an integration of its own`,
            };
    }
    // The integration's own bot, whatever its name.
    if (known.bot && known.bot.username !== username) return {state: 'exists', text: `the integration has @${known.bot.username}`};
    const user = await orNone(admin.getUserByUsername(username));
    if (!user) {
        const allowed = config.ServiceSettings.EnableBotAccountCreation || site.answers.change_settings;
        return allowed ? {state: 'to_make', text: 'will be made'} : {state: 'cannot', text: 'bots can’t be made; see the setting above'};
    }
    if (!user.is_bot) return {state: 'cannot', text: `@${username} is a person: choose another name with --bot`};
    const bot = await admin.anyBot(user.id);
    if (bot.delete_at > 0) return {state: 'to_make', text: 'is disabled, will be enabled'};
    known.bot = {id: user.id, username};
    await adopt(site, 'bot', user.id);
    return {state: 'exists', text: 'is active'};
}

/** The bot that setup made, or enabled, for this integration. */
async function botOfSetup({made}: Site): Promise<string | null> {
    const rows = (await made?.rows()) ?? [];
    return rows.find(({kind}) => kind === 'bot' || kind === 'bot_enabled')?.remote_id ?? null;
}

async function makeBot(site: Site, username: string): Promise<void> {
    const {admin, known} = site;
    const user = await orNone(admin.getUserByUsername(username));
    if (user) {
        await making(site, 'bot_enabled', 'bot_enabled', {user_id: user.id}, async () => {
            await admin.enableBot(user.id);
            return {id: user.id};
        });
        known.bot = {id: user.id, username};
        return;
    }
    const {id} = await making(site, 'bot', 'bot', {username}, async () => {
        const bot = await admin.createBot({username, display_name: 'i-Reserve', description: 'Mirrors i-Reserve web chats'});
        return {id: bot.user_id};
    });
    known.bot = {id, username};
}

export const botOf = ({known}: Site): {id: string; username: string} => {
    if (!known.bot) throw new Error('the bot is not known yet');
    return known.bot;
};

const ID = /^[a-z0-9]{26}$/;

/** The channels that were asked for, each once: what for, and under which name. */
export function channelsAsked({channel, notifications, alert_channel}: SetupAnswers): {given: string; uses: string[]}[] {
    const asked = new Map<string, string[]>();
    const use = (given: string, what: string) => asked.set(given, [...(asked.get(given) ?? []), what]);
    use(channel, 'conversations');
    for (const [type, given] of Object.entries(notifications)) use(given, `notification ${type}`);
    if (alert_channel) use(alert_channel, 'alerts');
    return [...asked].map(([given, uses]) => ({given, uses}));
}

export function channelSteps(answers: SetupAnswers): Step[] {
    return channelsAsked(answers).flatMap(({given, uses}): Step[] => [
        {
            key: `channel/${given}`,
            what: `channel ${given}`,
            why: uses.join(', '),
            required: true,
            look: (site) => lookAtChannel(site, given),
            make: (site) => makeChannel(site, given, uses),
        },
        {
            key: `channel_member/${given}`,
            what: `bot in channel ${given}`,
            why: 'only members can post and hear',
            required: true,
            async look(site) {
                const channel = site.known.channels.get(given);
                if (!site.known.bot || !channel) return {state: 'to_make', text: 'will be added'};
                const member = await orNone(site.admin.getChannelMember(channel.id, site.known.bot.id));
                if (!member) return {state: 'to_make', text: 'will be added'};
                await adopt(site, `channel_member/${given}`, channel.id);
                return {state: 'exists', text: 'is a member'};
            },
            async make(site) {
                const [bot, channel] = [botOf(site), channelOf(site, given)];
                await making(site, `channel_member/${given}`, 'channel_member', {channel_id: channel.id, user_id: bot.id}, async () => {
                    await site.admin.addToChannel(bot.id, channel.id);
                    return {id: channel.id};
                });
            },
        },
    ]);
}

export function channelOf({known}: Site, given: string): FoundChannel {
    const channel = known.channels.get(given);
    if (!channel) throw new Error(`channel ${given} is not known yet`);
    return channel;
}

/** Which team a name is in, and the name itself. */
function placeOf({answers, known}: Site, given: string): {team_id: string | undefined; name: string} {
    const [first = '', second] = given.split('/');
    const team = second === undefined ? answers.teams[0] : first;
    return {team_id: known.teams.get(team ?? ''), name: second ?? first};
}

async function findChannel(site: Site, given: string) {
    if (ID.test(given)) return orNone(site.admin.getChannel(given));
    const {team_id, name} = placeOf(site, given);
    return team_id ? orNone(site.admin.getChannelByName(team_id, name, true)) : undefined;
}

async function lookAtChannel(site: Site, given: string): Promise<Look> {
    const channel = await findChannel(site, given);
    if (!channel) {
        if (ID.test(given)) return {state: 'cannot', text: 'there is no channel with this id'};
        const {team_id} = placeOf(site, given);
        return team_id
            ? {state: 'to_make', text: 'will be made, private'}
            : {state: 'cannot', text: 'its team is none of those that were given'};
    }
    if (channel.delete_at > 0) return {state: 'to_make', text: 'is archived, will be restored'};
    site.known.channels.set(given, channel);
    await adopt(site, `channel/${given}`, channel.id);
    const open = channel.type === 'O' ? ', public: everyone in the team can read it' : ', private';
    return {state: 'exists', text: channel.display_name + open};
}

async function makeChannel(site: Site, given: string, uses: string[]): Promise<void> {
    const archived = await findChannel(site, given);
    if (archived) {
        await making(site, `channel_restored/${given}`, 'channel_restored', {channel_id: archived.id}, async () => {
            await site.admin.unarchiveChannel(archived.id);
            return {id: archived.id};
        });
        site.known.channels.set(given, archived);
        return;
    }
    const {team_id = '', name} = placeOf(site, given);
    const purpose = `i-Reserve: ${uses.join(', ')}`;
    const display_name = name.replace(/[-_]+/g, ' ').replace(/^./, (letter) => letter.toUpperCase());
    const channel = await making(site, `channel/${given}`, 'channel', {team_id, name}, () =>
        // Visitors' data: private, whatever it is for.
        site.admin.createChannel({team_id, name, display_name, type: 'P', purpose, header: ''} as Parameters<
            typeof site.admin.createChannel
        >[0]),
    );
    site.known.channels.set(given, channel);
}
