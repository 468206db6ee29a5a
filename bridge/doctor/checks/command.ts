/** The slash command in each team, tried as people use it: Mattermost calls the bridge, and the bridge answers. Buttons go the same way. */
import {randomUUID} from 'node:crypto';
import type {Command} from '@mattermost/types/integrations';
import {z} from 'zod';
import {MattermostError} from '../../mattermost.ts';
import {COMMAND_PATH, TRIGGER} from '../../mattermost-calls/registration.ts';
import {type Inquiry, NEEDS_ADMIN, type Seen} from '../inquiry.ts';
import {said} from '../said.ts';
import type {Values} from '../server-settings.ts';
import type {Check} from './check.ts';

export const COMMAND_CHECKS: Check[] = [
    {id: 'command', hop: 'command', title: '/ireserve reaches the bridge', run: command},
    {id: 'command_registered', hop: 'command', title: '/ireserve in each team', run: registered},
    {id: 'address_allowed', hop: 'command', title: 'Mattermost may call PUBLIC_URL', run: addressAllowed},
];

const Answer = z.object({props: z.object({ireserve: z.object({nonce: z.string()})})});

/**
 * The bot runs `/ireserve session <nonce>`. Whoever answers with our nonce is a bridge that knows the command's token; that it refuses a bot a
 * session is as it must be. Nothing is posted.
 */
async function command(inquiry: Inquiry): Promise<Seen[]> {
    await inquiry.running();
    const teams = await inquiry.usedTeams();
    if (teams.length === 0) return [{unseen: 'not checked: the bot is in no channel of any team'}];
    return (await Promise.all(teams.map((one) => tryIn(inquiry, one)))).flat();
}

async function tryIn(inquiry: Inquiry, {team, channel_id}: {team: {id: string; name: string}; channel_id: string}): Promise<Seen[]> {
    const publicUrl = await inquiry.knownPublicUrl();
    const about = {...inquiry.about, team: team.name, url: `${publicUrl ?? 'PUBLIC_URL'}${COMMAND_PATH}`};
    const nonce = randomUUID();
    try {
        const answer = await inquiry.client.executeCommand(`/${TRIGGER} session ${nonce}`, {channel_id, team_id: team.id});
        const ours = Answer.safeParse(answer);
        if (ours.success && ours.data.props.ireserve.nonce === nonce) return [{fine: `team ${team.name}`}];
        return [{code: 'command_elsewhere', text: said`in team ${team.name} something else answers`, about}];
    } catch (error) {
        if (!(error instanceof MattermostError)) throw error;
        const {status, id} = error;
        if (status === 404 || status === 501) return [{code: 'command_missing', text: said`team ${team.name} has no /${TRIGGER}`, about}];
        if (id === 'api.command.execute_command.failed_resp.app_error')
            return [{code: 'command_refused', text: said`in team ${team.name} the answer was no 200`, about}];
        // 11.6 and newer: without it no command is run at all.
        if (id.includes('site_url'))
            return [
                {
                    code: 'site_url_missing',
                    text: said`in team ${team.name} Mattermost refuses every command`,
                    about,
                    values: {'ServiceSettings.SiteURL': inquiry.integration.config.server_url},
                },
            ];
        if (status < 500 && error.kind !== 'refused') return [{unseen: `not checked: ${error.message}`}];
        if (status < 500)
            return [{code: 'command_not_run', text: said`in team ${team.name} Mattermost refuses to run it: ${error.message}`, about}];
        return [{code: 'command_unreachable', text: said`in team ${team.name}: ${error.message}`, about, values: allowed(publicUrl)}];
    }
}

/** The list as it should be: what is in it stays. */
function allowed(publicUrl: string | undefined, before = ''): Values {
    if (!publicUrl) return {};
    const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
    return {'ServiceSettings.AllowedUntrustedInternalConnections': [before, host].filter(Boolean).join(' ')};
}

async function registered(inquiry: Inquiry): Promise<Seen[]> {
    const {adminClient, integration} = inquiry;
    const publicUrl = await inquiry.knownPublicUrl();
    if (!adminClient) return [{unseen: NEEDS_ADMIN}];
    const config = await inquiry.adminConfig();
    if (config && !config.ServiceSettings.EnableCommands)
        return [{code: 'commands_off', text: said`EnableCommands is off`, about: inquiry.about}];
    const teams = await inquiry.usedTeams();
    const url = `${publicUrl ?? 'PUBLIC_URL'}${COMMAND_PATH}`;
    const seen: Seen[] = [];
    for (const {team} of teams) {
        const about = {...inquiry.about, team: team.name, url};
        const found: Command | undefined = (await adminClient.getCustomTeamCommands(team.id)).find(({trigger}) => trigger === TRIGGER);
        if (!found) {
            seen.push({code: 'command_missing', text: said`team ${team.name} has no /${TRIGGER}`, about});
            continue;
        }
        if (publicUrl && found.url !== url)
            seen.push({code: 'command_url_wrong', text: said`in team ${team.name} it calls ${found.url}`, about});
        if (found.method !== 'P') seen.push({code: 'command_by_get', text: said`in team ${team.name}`, about});
        if (!integration.secrets.command_tokens.includes(found.token))
            seen.push({code: 'command_token_unknown', text: said`the token of team ${team.name}`, about});
    }
    return seen.length > 0 ? seen : [{fine: `${teams.length} team(s)`}];
}

async function addressAllowed(inquiry: Inquiry): Promise<Seen[]> {
    const publicUrl = await inquiry.publicUrl();
    if (!publicUrl) return [{unseen: 'not checked: PUBLIC_URL is not set'}];
    if (!(await inquiry.publicIsPrivate())) return [{fine: 'PUBLIC_URL is a public address'}];
    const config = await inquiry.adminConfig();
    if (!config) return [{unseen: NEEDS_ADMIN}];
    const list = config.ServiceSettings.AllowedUntrustedInternalConnections ?? '';
    const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
    // Ranges are Mattermost's to judge: /ireserve was just tried.
    const entries = list.split(/[\s,]+/).filter(Boolean);
    if (entries.includes(host) || entries.some((entry) => entry.includes('/'))) return [{fine: `${host} is allowed`}];
    return [
        {
            code: 'address_forbidden',
            text: said`${host} is not in ${JSON.stringify(list)}`,
            about: inquiry.about,
            values: allowed(publicUrl, list),
        },
    ];
}
