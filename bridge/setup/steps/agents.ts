/** The people who answer, in the channels that setup may have made: a private channel nobody is in helps nobody. */
import type {UserProfile} from '@mattermost/types/users';
import type {SetupAnswers} from '../answers.ts';
import {type Look, making, orNone, type Site, type Step} from '../site.ts';
import {botOf, channelOf, channelsAsked} from './people-and-places.ts';

const PAGE = 200;
const MOST_PAGES = 10;

export const agentSteps = ({agents}: SetupAnswers): Step[] =>
    agents.map((who) => ({
        key: `agent/${who}`,
        what: `agent ${who}`,
        why: 'sees and answers the conversations',
        required: false,
        look: (site) => look(site, who),
        make: (site) => add(site, who),
    }));

/** People only. Undefined: Mattermost knows nobody of that name or address. */
async function peopleOf({admin, known}: Site, who: string): Promise<UserProfile[] | undefined> {
    const team = /^team:(.+)$/.exec(who)?.[1];
    let found: UserProfile[] = [];
    if (team === undefined) {
        const one = await orNone(who.includes('@') ? admin.getUserByEmail(who) : admin.getUserByUsername(who));
        if (!one) return undefined;
        found = [one];
    } else {
        const team_id = known.teams.get(team) ?? (await orNone(admin.getTeamByName(team)))?.id;
        if (team_id === undefined) return undefined;
        for (let page = 0; page < MOST_PAGES; page++) {
            const some = await admin.getProfilesInTeam(team_id, page, PAGE);
            found.push(...some);
            if (some.length < PAGE) break;
        }
    }
    return found.filter(({is_bot, delete_at}) => !is_bot && delete_at === 0);
}

/** Who is missing where: of the channels that are there already. */
async function missing(site: Site, people: readonly UserProfile[]): Promise<{user: UserProfile; given: string}[]> {
    const found: {user: UserProfile; given: string}[] = [];
    for (const {given} of channelsAsked(site.answers)) {
        const channel = site.known.channels.get(given);
        for (const user of people)
            if (!channel || !(await orNone(site.admin.getChannelMember(channel.id, user.id)))) found.push({user, given});
    }
    return found;
}

async function look(site: Site, who: string): Promise<Look> {
    const people = await peopleOf(site, who);
    if (!people)
        return {state: 'cannot', text: 'Mattermost knows nobody of that name or address: a user name, an e-mail address, or team:NAME'};
    if (people.length === 0) return {state: 'cannot', text: 'is no active person'};
    const left = await missing(site, people);
    if (left.length === 0) return {state: 'exists', text: 'is in all channels'};
    return {state: 'to_make', text: `${new Set(left.map(({user}) => user.id)).size} of ${people.length} will be added to channels`};
}

async function add(site: Site, who: string): Promise<void> {
    const people = (await peopleOf(site, who)) ?? [];
    for (const {user, given} of await missing(site, people)) {
        if (user.id === botOf(site).id) continue;
        const channel = channelOf(site, given);
        await joinTeam(site, channel.team_id, user.id);
        await making(site, `agent/${given}/${user.id}`, 'channel_member', {channel_id: channel.id, user_id: user.id}, async () => {
            await site.admin.addToChannel(user.id, channel.id);
            return {id: channel.id};
        });
    }
}

/** Only members of the team can be in its channels. */
async function joinTeam(site: Site, team_id: string, user_id: string): Promise<void> {
    const member = await orNone(site.admin.getTeamMember(team_id, user_id));
    if (member && member.delete_at === 0) return;
    await making(site, `agent_team/${team_id}/${user_id}`, 'team_member', {team_id, user_id}, async () => {
        await site.admin.addToTeam(team_id, user_id);
        return {id: team_id};
    });
}
