/** What calls the bridge: the slash command in each team, and outgoing webhooks for public channels when they are asked for. */
import type {Command, OutgoingWebhook} from '@mattermost/types/integrations';
import type {TeamsWithCount} from '@mattermost/types/teams';
import {howToSet} from '../../doctor/server-settings.ts';
import {COMMAND_PATH, COMMAND_REGISTRATION, TRIGGER} from '../../mattermost-calls/registration.ts';
import {HOOK_PATH} from '../../to-ireserve/hook.ts';
import type {SetupAnswers} from '../answers.ts';
import {adopt, type Look, making, orNone, type Site, type Step} from '../site.ts';

/** As many as Mattermost gives. */
const TEAMS_AT_ONCE = 200;

export const commandSteps = ({teams}: SetupAnswers): Step[] =>
    teams.map((team) => ({
        key: `command/${team}`,
        what: `/${TRIGGER} in team ${team}`,
        why: 'agents’ commands, buttons, and the side panel’s log-in',
        required: false,
        look: (site) => lookAtCommand(site, team),
        make: (site) => makeCommand(site, team),
    }));

const isOn = ({config, known}: Site, name: 'EnableCommands' | 'EnableOutgoingWebhooks'): boolean =>
    config.ServiceSettings[name] || known.switchedOn.has(`ServiceSettings.${name}`);

const urlOf = ({answers}: Site): string => answers.public_url + COMMAND_PATH;

async function findCommand({admin, known}: Site, team: string): Promise<Command | undefined> {
    return (await admin.getCustomTeamCommands(known.teams.get(team) ?? '')).find(({trigger}) => trigger === TRIGGER);
}

async function lookAtCommand(site: Site, team: string): Promise<Look> {
    if (!isOn(site, 'EnableCommands')) {
        if (site.answers.change_settings) return {state: 'to_make', text: 'will be made'};
        return {state: 'cannot', text: 'commands are off', settings: [howToSet('ServiceSettings.EnableCommands')]};
    }
    const command = await findCommand(site, team);
    if (!command) return {state: 'to_make', text: 'will be made'};
    if (command.url !== urlOf(site) && (await isOurs(site, team, command.id)))
        return {state: 'to_make', text: `calls ${command.url}, will call ${urlOf(site)}`};
    if (command.url !== urlOf(site))
        return {
            state: 'cannot',
            text: `exists and calls ${command.url}: set its URL to ${urlOf(site)}, or delete it, in Integrations → Slash Commands`,
        };
    await adopt(site, `command/${team}`, command.id);
    const knows = site.known.integration?.secrets.command_tokens.includes(command.token);
    return knows ? {state: 'exists', text: 'leads to the bridge'} : {state: 'to_make', text: 'exists; the bridge will be given its token'};
}

/** Whether setup made it, so that a new PUBLIC_URL is its business. */
async function isOurs({made}: Site, team: string, id: string): Promise<boolean> {
    const rows = (await made?.rows()) ?? [];
    return rows.some((row) => row.key === `command/${team}` && row.remote_id === id);
}

async function makeCommand(site: Site, team: string): Promise<void> {
    const {admin, answers, known} = site;
    const team_id = known.teams.get(team) ?? '';
    const fields = {team_id, ...COMMAND_REGISTRATION(known.integration?.config.language ?? 'nl', answers.public_url)};
    const there = await findCommand(site, team);
    // Its token stays.
    if (there && there.url !== fields.url) await admin.editCommand({...there, url: fields.url});
    const command =
        there ??
        (await making(site, `command/${team}`, 'command', {team_id, url: fields.url}, () =>
            admin.addCommand(fields as unknown as Command),
        ));
    await keep(site, 'command_tokens', command.token);
}

/**
 * Mattermost knows no overlap: once a token was regenerated, or its command deleted, nobody who may calls with the old one again. The bridge has the new
 * one by then (the steps before), so the old one ends at once; it could only let in who should not have it.
 */
export const endedTokensStep = (): Step => ({
    key: 'command_tokens',
    what: 'old tokens of slash commands',
    why: 'a regenerated or deleted one must open nothing any more',
    required: false,
    async look(site) {
        // Then Mattermost tells nobody of any.
        if (!isOn(site, 'EnableCommands')) return {state: 'not_needed', text: 'commands are off'};
        const kept = site.known.integration?.secrets.command_tokens.length ?? 0;
        const ended = await endedTokens(site);
        if (ended.length > 0) return {state: 'to_make', text: `${ended.length} of ${kept} will be dropped: no team of the server has them`};
        return {state: 'not_needed', text: kept === 0 ? 'there are none' : 'none: all are in use'};
    },
    async make(site) {
        const {integrations, known} = site;
        if (!integrations || !known.integration) return;
        const ended = await endedTokens(site);
        known.integration = await integrations.change(known.integration.id, ({secrets}) => ({
            secrets: {...secrets, command_tokens: secrets.command_tokens.filter((token) => !ended.includes(token))},
        }));
    },
});

/**
 * Of the tokens the bridge takes, those no slash command has. All teams are looked through only when those of this setup do not explain them.
 *
 * Mattermost lists teams by their display name, page by page: of two with the same name, one may be in no page. While not as many were seen as
 * there are, no token is said to be ended.
 */
export async function endedTokens({admin, known}: Pick<Site, 'admin' | 'known'>): Promise<string[]> {
    const left = new Set(known.integration?.secrets.command_tokens);
    const looked = new Set<string>();
    const look = async (team_id: string) => {
        looked.add(team_id);
        for (const {token} of await admin.getCustomTeamCommands(team_id)) left.delete(token);
    };
    for (const team_id of known.teams.values()) if (left.size > 0) await look(team_id);
    for (let page = 0; left.size > 0; page++) {
        const {teams, total_count} = (await admin.getTeams(page, TEAMS_AT_ONCE, true)) as TeamsWithCount;
        for (const {id} of teams) if (left.size > 0 && !looked.has(id)) await look(id);
        if (teams.length < TEAMS_AT_ONCE) return looked.size < total_count ? [] : [...left];
    }
    return [];
}

/** The bridge is given a token it does not know yet. */
async function keep({known, integrations}: Site, list: 'command_tokens' | 'webhook_tokens', token: string): Promise<void> {
    const integration = known.integration;
    if (!integration || !integrations || integration.secrets[list].includes(token)) return;
    const secrets = {...integration.secrets, [list]: [...integration.secrets[list], token]};
    known.integration = await integrations.change(integration.id, {secrets});
}

export function webhookSteps({webhook, channel}: SetupAnswers): Step[] {
    if (!webhook) return [];
    return [
        {
            key: `webhook/${channel}`,
            what: `outgoing webhook of ${channel}`,
            why: 'faster where no event stream gets through',
            required: false,
            look: (site) => lookAtWebhook(site, channel),
            make: (site) => makeWebhook(site, channel),
        },
    ];
}

/** One only: Mattermost accepts a second one for the same channel, and then tells every post twice. */
async function findWebhook({admin, answers, known}: Site, given: string): Promise<OutgoingWebhook | undefined> {
    const channel = known.channels.get(given);
    if (!channel) return undefined;
    const hooks = await admin.getOutgoingWebhooks(channel.id, channel.team_id, 0, 200);
    return hooks.find(({callback_urls}) => callback_urls.includes(answers.public_url + HOOK_PATH));
}

async function lookAtWebhook(site: Site, given: string): Promise<Look> {
    const channel = site.known.channels.get(given);
    // A channel that is still to be made will be private.
    if (channel?.type !== 'O')
        return {state: 'not_needed', text: 'the channel is private: Mattermost never calls for those; the event stream hears it'};
    if (!isOn(site, 'EnableOutgoingWebhooks')) {
        if (site.answers.change_settings) return {state: 'to_make', text: 'will be made'};
        return {state: 'cannot', text: 'outgoing webhooks are off', settings: [howToSet('ServiceSettings.EnableOutgoingWebhooks')]};
    }
    const hook = await findWebhook(site, given);
    if (!hook) return {state: 'to_make', text: 'will be made'};
    await adopt(site, `webhook/${given}`, hook.id);
    if (hook.token === '') return {state: 'to_make', text: 'exists without a token: gets a new one'};
    const knows = site.known.integration?.secrets.webhook_tokens.includes(hook.token);
    return knows ? {state: 'exists', text: 'leads to the bridge'} : {state: 'to_make', text: 'exists; the bridge will be given its token'};
}

/** One of ours that calls an address of before: beside the new one it would call nobody, or tell another bridge. */
async function endFormerWebhook({admin, made}: Site, given: string): Promise<void> {
    const row = ((await made?.rows()) ?? []).find(({key}) => key === `webhook/${given}`);
    if (!row?.remote_id) return;
    await orNone(admin.removeOutgoingWebhook(row.remote_id));
    await made?.forget(row.key);
}

async function makeWebhook(site: Site, given: string): Promise<void> {
    const {admin, answers, known} = site;
    const channel = known.channels.get(given);
    if (!channel) throw new Error(`channel ${given} is not known yet`);
    let hook = await findWebhook(site, given);
    if (!hook) {
        await endFormerWebhook(site, given);
        const fields = {
            team_id: channel.team_id,
            channel_id: channel.id,
            display_name: 'i-Reserve',
            callback_urls: [answers.public_url + HOOK_PATH],
            content_type: 'application/json',
        };
        const detail = {channel_id: channel.id, team_id: channel.team_id, url: fields.callback_urls[0]};
        hook = await making(site, `webhook/${given}`, 'webhook', detail, () =>
            admin.createOutgoingWebhook(fields as unknown as OutgoingWebhook),
        );
    } else if (hook.token === '') {
        // Never by an update: that would need the token sent along.
        hook = (await admin.regenOutgoingHookToken(hook.id)) as unknown as OutgoingWebhook;
    }
    await keep(site, 'webhook_tokens', hook.token);
}
