/** The bridge itself: whether it runs, and whether others reach it under PUBLIC_URL. */
import {AGENT_PATH} from '../../agent-api/agent-api.ts';
import {INSTANCE_HEADER} from '../../instance.ts';
import type {Integration} from '../../integration.ts';
import {isStandIn} from '../../stand-in.ts';
import {callbackSecrets} from '../../to-ireserve/call.ts';
import {HOOK_PATH} from '../../to-ireserve/hook.ts';
import {channelsOf, type Inquiry, type Seen} from '../inquiry.ts';
import {certificateEnd, isAnswer, probe} from '../probe.ts';
import {listed, type Said, said} from '../said.ts';
import type {Check} from './check.ts';

const CERTIFICATE_MS = 14 * 86_400_000;

export const BRIDGE_CHECKS: Check[] = [
    {id: 'service', hop: 'bridge', title: 'Service', run: service},
    {id: 'state', hop: 'bridge', title: 'Integration active', run: state},
    {id: 'environments', hop: 'bridge', title: 'Test and production apart', run: environments},
    {id: 'public_url', hop: 'bridge', title: 'PUBLIC_URL', run: publicUrl},
    {id: 'public_address', hop: 'bridge', title: 'PUBLIC_URL for browsers and apps', run: publicAddress},
    {id: 'cors', hop: 'bridge', title: 'Side panel may call the bridge', run: cors},
];

async function service(inquiry: Inquiry): Promise<Seen[]> {
    const {about, notStarted} = inquiry;
    const found = await inquiry.service();
    if (!found) return [{fine: 'runs: it is asking itself'}];
    const {url, state, detail} = found;
    const here = {...about, url};
    if (state === 'ours') return [{fine: `answers at ${url}`}];
    if (state === 'not_ready') return [{code: 'bridge_not_ready', text: said`${url}/ready says 503`, about}];
    if (state === 'other') return [{code: 'other_bridge', text: said`${url} is answered by another bridge`, about: here}];
    if (notStarted) return [{unseen: 'not checked: the service is not started yet'}];
    if (state === 'silent') return [{code: 'bridge_not_running', text: said`${url}: ${detail}`, about: here}];
    return [{code: 'bridge_not_running', text: said`${url} is answered by something else`, about: here}];
}

/** As `Said`, for other languages. */
const STATES = {active: said`active`, paused: said`paused`, inactive: said`inactive`};
const NOTHING = said`nothing`;
const ENVIRONMENTS = {test: said`test`, production: said`production`};

async function state({integration, about}: Inquiry): Promise<Seen[]> {
    if (integration.state === 'active') return [{fine: 'active'}];
    return [{code: 'integration_not_active', text: said`${integration.name} is ${STATES[integration.state]}`, about}];
}

/** Test messages must not reach visitors: nothing that leads somewhere may be in both. */
async function environments({integration, integrations, about}: Inquiry): Promise<Seen[]> {
    const others = integrations.filter((one) => one.environment !== integration.environment && !isStandIn(one));
    const mixed = others.flatMap((other): Seen[] => {
        const shared = sharedBy(integration, other);
        if (shared.length === 0) return [];
        const text = said`${integration.name} (${ENVIRONMENTS[integration.environment]}) and ${other.name} (${ENVIRONMENTS[other.environment]}) share: ${listed(shared)}`;
        return [{code: 'environments_mixed', text, about}];
    });
    return mixed.length > 0 ? mixed : [{fine: 'shares nothing with the other environment'}];
}

function sharedBy(one: Integration, other: Integration): Said[] {
    const both = (mine: readonly string[], theirs: readonly string[]) => mine.some((value) => value !== '' && theirs.includes(value));
    const ids = (integration: Integration) => channelsOf(integration).map(({id}) => id);
    const same: [Said, boolean][] = [
        [said`bot token`, one.secrets.bot_token === other.secrets.bot_token],
        [said`channel`, both(ids(one), ids(other))],
        [said`callback address`, both([one.config.callback_url], [other.config.callback_url])],
        [said`signing or callback secret`, both(secretsOf(one), secretsOf(other))],
        [said`slash command`, both(one.secrets.command_tokens, other.secrets.command_tokens)],
    ];
    return same.flatMap(([what, is]) => (is ? [what] : []));
}

const secretsOf = (integration: Integration): string[] => [...integration.secrets.signing_secrets, ...callbackSecrets(integration)];

async function publicUrl(inquiry: Inquiry): Promise<Seen[]> {
    const {about, instance} = inquiry;
    const url = await inquiry.publicUrl();
    if (!url) return [{code: 'public_url_missing', text: said`not set`, about}];
    await inquiry.running();
    // As Mattermost calls it: a redirect that a browser would hardly notice loses what is posted.
    const answer = await probe(`${url}${HOOK_PATH}`, {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}});
    const here = {...about, url};
    if (!isAnswer(answer)) return [{code: 'public_url_unreachable', text: said`${url}: ${answer.detail}`, about: here}];
    if (answer.status >= 300 && answer.status < 400) {
        const location = answer.location.replace(HOOK_PATH, '') || '?';
        return [{code: 'public_url_redirects', text: said`${url} leads to ${location}`, about: {...here, location}}];
    }
    if (answer.status !== 200 || answer.text.trim() !== '{}')
        return [{code: 'public_url_elsewhere', text: said`${url}${HOOK_PATH} answers ${answer.status}`, about: here}];
    const theirs = answer.headers.get(INSTANCE_HEADER);
    if (theirs === null)
        return [{unseen: `${url} leads to a bridge; a proxy takes away the header ${INSTANCE_HEADER} that tells to which`}];
    if (theirs !== instance) return [{code: 'other_bridge', text: said`${url} leads to another bridge`, about: here}];
    return [{fine: `${url} leads here (${answer.ms} ms)`}];
}

async function publicAddress(inquiry: Inquiry): Promise<Seen[]> {
    const {about, now} = inquiry;
    const url = await inquiry.publicUrl();
    if (!url) return [{unseen: 'not checked: PUBLIC_URL is not set'}];
    const seen: Seen[] = [];
    const siteUrl = (await inquiry.clientConfig()).SiteURL ?? '';
    const sameOrigin = URL.canParse(siteUrl) && new URL(siteUrl).origin === new URL(url).origin;
    if (!sameOrigin && (await inquiry.publicIsPrivate()))
        seen.push({code: 'public_url_private', text: said`${new URL(url).hostname} is a private address`, about});
    if (siteUrl.startsWith('https:') && url.startsWith('http:'))
        seen.push({code: 'public_url_not_https', text: said`Mattermost is ${siteUrl}, the bridge ${url}`, about});
    const end = await certificateEnd(url);
    if (end !== null && end - now() < CERTIFICATE_MS)
        seen.push({code: 'certificate_expires', text: said`${url}: ${new Date(end).toISOString()}`, about: {...about, url}});
    return seen.length > 0 ? seen : [{fine: 'reachable for browsers and apps'}];
}

async function cors(inquiry: Inquiry): Promise<Seen[]> {
    const {about, integration} = inquiry;
    const url = await inquiry.publicUrl();
    if (!url) return [{unseen: 'not checked: PUBLIC_URL is not set'}];
    await inquiry.running();
    const siteUrl = (await inquiry.clientConfig()).SiteURL || integration.config.server_url;
    const {origin} = new URL(siteUrl);
    const headers = {origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization'};
    const answer = await probe(`${url}${AGENT_PATH}/queue`, {method: 'OPTIONS', headers});
    if (!isAnswer(answer)) return [{unseen: 'not checked: nothing answers at PUBLIC_URL'}];
    const allowed = answer.headers.get('access-control-allow-origin');
    if (allowed === origin) return [{fine: `pages of ${origin} may call it`}];
    const text = said`for ${origin} the answer allows ${allowed ?? NOTHING}`;
    return [{code: 'cors_refused', text, about, values: {'ServiceSettings.SiteURL': siteUrl}}];
}
