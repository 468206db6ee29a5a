/** The Mattermost server: whether it is there, under which address, and how it is set. */
import {type Inquiry, isMattermost, NEEDS_ADMIN, type Seen} from '../inquiry.ts';
import {certificateEnd, isAnswer} from '../probe.ts';
import {said, spoken} from '../said.ts';
import type {Check} from './check.ts';

const OLDEST = [5, 37] as const;
export const OLDEST_FOR_PLUGIN = [11, 0] as const;
const SKEW_MS = 60_000;
const CERTIFICATE_MS = 14 * 86_400_000;
/** Requests a second that a busy desk needs: a message costs three to four. */
const LEAST_PER_SECOND = 50;
/** As the header tells it: the burst and one more. */
const LEAST_BURST = 200;

export const SERVER_CHECKS: Check[] = [
    {id: 'server_url', hop: 'server', title: 'Server URL', run: serverUrl},
    {id: 'certificate', hop: 'server', title: 'Certificate', run: certificate},
    {id: 'version', hop: 'server', title: 'Version', run: version},
    {id: 'site_url', hop: 'server', title: 'Site URL', run: siteUrl},
    {id: 'clock', hop: 'server', title: 'Clocks', run: clock},
    {id: 'rate_limit', hop: 'server', title: 'Rate limit', run: rateLimit},
    {id: 'switches', hop: 'server', title: 'Settings', run: switches},
];

async function serverUrl({ping, integration, about}: Inquiry): Promise<Seen[]> {
    const {server_url} = integration.config;
    const answer = await ping();
    if (!isAnswer(answer)) {
        const code = answer.failure === 'tls' ? 'server_tls' : answer.failure === 'timeout' ? 'server_no_answer' : 'server_unreachable';
        return [{code, text: said`${server_url}: ${answer.detail}`, about}];
    }
    if (answer.status >= 300 && answer.status < 400) {
        const location = answer.location.replace(/\/api\/v4\/system\/ping.*$/, '') || '?';
        return [{code: 'server_url_redirects', text: said`${server_url} leads to ${location}`, about: {...about, location}}];
    }
    // Refused for the moment: it is there, and the limit is told below.
    if (answer.status === 429) return [{fine: `${server_url} answers (429)`}];
    if (answer.status >= 500) return [{code: 'server_failing', text: said`${server_url} answers ${answer.status}`, about}];
    if (!isMattermost(answer))
        return [{code: 'server_url_wrong', text: said`${server_url}/api/v4/system/ping answers ${answer.status}`, about}];
    return [{fine: `${server_url} answers in ${answer.ms} ms`}];
}

async function certificate({integration, about, now}: Inquiry): Promise<Seen[]> {
    const {server_url} = integration.config;
    if (!server_url.startsWith('https:')) return [{unseen: 'no TLS: nothing to check'}];
    const end = await certificateEnd(server_url);
    if (end === null) return [{unseen: 'not checked: no certificate could be read'}];
    const at = new Date(end).toISOString();
    const text = end < now() ? said`expired on ${at}` : said`valid until ${at}`;
    return end - now() < CERTIFICATE_MS ? [{code: 'certificate_expires', text, about}] : [{fine: spoken(text)}];
}

async function version(inquiry: Inquiry): Promise<Seen[]> {
    const {Version = ''} = await inquiry.clientConfig();
    const text = said`Mattermost ${Version}`;
    if (isBefore(Version, OLDEST)) return [{code: 'server_too_old', text, about: inquiry.about}];
    if (isBefore(Version, OLDEST_FOR_PLUGIN)) return [{code: 'server_old_for_plugin', text, about: inquiry.about}];
    return [{fine: spoken(text)}];
}

/** Compared by major and minor number; what is no version is not older. */
export function isBefore(given: string, [major, minor]: readonly [number, number]): boolean {
    const [, givenMajor, givenMinor] = /^(\d+)\.(\d+)/.exec(given) ?? [];
    if (givenMajor === undefined) return false;
    return Number(givenMajor) < major || (Number(givenMajor) === major && Number(givenMinor) < minor);
}

async function siteUrl(inquiry: Inquiry): Promise<Seen[]> {
    const {about, integration} = inquiry;
    const {SiteURL = ''} = await inquiry.clientConfig();
    const server = integration.config.server_url;
    if (SiteURL === '')
        return [{code: 'site_url_missing', text: said`not set in Mattermost`, about, values: {'ServiceSettings.SiteURL': server}}];
    if (SiteURL.replace(/\/+$/, '') === server) return [{fine: SiteURL}];
    return [{code: 'site_url_differs', text: said`people use ${SiteURL}, the bridge ${server}`, about: {...about, location: SiteURL}}];
}

async function clock({ping, server, about, now}: Inquiry): Promise<Seen[]> {
    await server();
    const answer = await ping();
    if (!isAnswer(answer) || answer.date === null) return [{unseen: 'not checked: the server tells no time'}];
    // The header has whole seconds, and the answer took a moment.
    const off = answer.date - now();
    const seconds = Math.round(off / 1000);
    if (Math.abs(off) > SKEW_MS) return [{code: 'clock_skew', text: said`Mattermost’s clock is ${seconds} s off ours`, about}];
    return [{fine: `${Math.abs(seconds)} s apart`}];
}

async function rateLimit(inquiry: Inquiry): Promise<Seen[]> {
    const {about} = inquiry;
    const answer = await inquiry.ping();
    const limits = (await inquiry.adminConfig().catch(() => undefined))?.RateLimitSettings;
    if (limits) {
        const {Enable, PerSec, MaxBurst} = limits;
        if (!Enable) return [{fine: 'off'}];
        const text = said`${PerSec} requests a second, ${MaxBurst} at once`;
        return PerSec < LEAST_PER_SECOND ? [{code: 'rate_limit_low', text, about}] : [{fine: spoken(text)}];
    }
    if (!isAnswer(answer)) return [{unseen: 'not checked: Mattermost can’t be asked'}];
    const header = answer.headers.get('x-ratelimit-limit');
    if (header === null && answer.status !== 429) return [{fine: 'off'}];
    const burst = Number.parseInt(header ?? '0', 10);
    const text = said`on, ${burst} requests at once`;
    return burst < LEAST_BURST ? [{code: 'rate_limit_low', text, about}] : [{fine: spoken(text)}];
}

/** What the log-in of a bot may see of the settings, and an admin the rest. */
async function switches(inquiry: Inquiry): Promise<Seen[]> {
    const {about} = inquiry;
    const config: Record<string, unknown> = await inquiry.clientConfig();
    const seen: Seen[] = [];
    if (config.EnableCommands === 'false') seen.push({code: 'commands_off', text: said`EnableCommands is off`, about});
    if (config.EnableOutgoingWebhooks === 'false' && inquiry.integration.secrets.webhook_tokens.length > 0)
        seen.push({code: 'webhooks_off', text: said`EnableOutgoingWebhooks is off`, about});
    if (config.EnableBotAccountCreation === 'false')
        seen.push({code: 'bot_creation_off', text: said`EnableBotAccountCreation is off`, about});
    if (config.EnableFileAttachments === 'false') seen.push({code: 'files_off', text: said`EnableFileAttachments is off`, about});
    if (typeof config.PostEditTimeLimit === 'string' && config.PostEditTimeLimit !== '-1')
        seen.push({code: 'post_edit_limit', text: said`posts can be edited for ${config.PostEditTimeLimit} seconds`, about});
    if (seen.length > 0) return seen;
    // Older servers do not tell a bot.
    return 'EnableCommands' in config ? [{fine: 'commands, files and edits are on'}] : [{unseen: NEEDS_ADMIN}];
}
