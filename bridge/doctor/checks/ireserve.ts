/** Between the bridge and i-Reserve: its credential, and whether callbacks arrive and are verified. */
import {randomUUID} from 'node:crypto';
import {expiringSecrets} from '../../admin/expiring-secrets.ts';
import {ADDRESSES} from '../../integration.ts';
import {askIreserve, within} from '../../ireserve/request.ts';
import {callbackSecrets, signedHeaders} from '../../to-ireserve/call.ts';
import {hasCredentials} from '../../url-credentials.ts';
import type {FindingCode} from '../findings.ts';
import type {Inquiry, Seen} from '../inquiry.ts';
import {type Answered, isAnswer, type Probed, probe} from '../probe.ts';
import {said} from '../said.ts';
import {lastRoundTrip} from '../stored.ts';
import type {Check} from './check.ts';

const SOON_MS = 14 * 86_400_000;
const SKEW_MS = 60_000;

export const IRESERVE_CHECKS: Check[] = [
    {id: 'credential', hop: 'ireserve', title: 'i-Reserve’s credential', run: credential},
    {id: 'secret_dates', hop: 'ireserve', title: 'Dates of secrets', run: secretDates},
    {id: 'received', hop: 'ireserve', title: 'Events of i-Reserve', run: received},
    {id: 'addresses', hop: 'ireserve', title: 'Addresses', run: addresses},
    {id: 'callback', hop: 'ireserve', title: 'Callback', run: callback},
    {id: 'verifying', hop: 'ireserve', title: 'i-Reserve verifies signatures', run: verifying},
    {id: 'agent_list', hop: 'ireserve', title: 'Agent list', run: agentList},
    {id: 'bookings', hop: 'ireserve', title: 'Bookings', run: bookings},
    {id: 'round_trip', hop: 'ireserve', title: 'Last round trip', run: roundTrip},
];

async function credential({database, integration, about, now}: Inquiry): Promise<Seen[]> {
    const at = now();
    if (integration.secrets.signing_secrets.length > 0) return [{fine: 'signs its events'}];
    const tokens = await database.read
        .selectFrom('token')
        .select('expires_at')
        .where('integration_id', '=', integration.id)
        .where('revoked_at', 'is', null)
        .execute();
    const live = tokens.filter(({expires_at}) => expires_at === null || expires_at > at);
    if (live.length === 0) return [{code: 'credential_missing', text: said`no signing secret and no live token`, about}];
    const last = Math.max(...live.map(({expires_at}) => expires_at ?? Number.POSITIVE_INFINITY));
    if (last - at < SOON_MS) return [{code: 'token_expires', text: said`the last one on ${new Date(last).toISOString()}`, about}];
    return [{fine: `${live.length} bearer token(s)`}];
}

async function secretDates({database, integration, about, now}: Inquiry): Promise<Seen[]> {
    const expiring = await expiringSecrets(database.read, now(), integration.id);
    if (expiring.length === 0) return [{fine: 'none noted for the next 30 days'}];
    return expiring.map(({kind, value_id, expires_at}): Seen => {
        const at = new Date(expires_at).toISOString();
        const text = expires_at < now() ? said`${kind} ${value_id} expired on ${at}` : said`${kind} ${value_id} expires on ${at}`;
        return {code: 'secret_expires', text, about: {...about, kind}};
    });
}

async function received({database, integration, about}: Inquiry): Promise<Seen[]> {
    const last = await database.read
        .selectFrom('delivery')
        .select('received_at')
        .where('integration_id', '=', integration.id)
        .where('direction', '=', 'to-mattermost')
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
    if (last) return [{fine: `the last one at ${new Date(Number(last.received_at)).toISOString()}`}];
    return [{code: 'nothing_received', text: said`none yet`, about}];
}

/** The option that sets each. */
const ADDRESS_OPTIONS: Record<(typeof ADDRESSES)[number], string> = {
    server_url: '--server-url',
    callback_url: '--callback-url',
    agents_url: '--agents-url',
    ireserve_url: '--ireserve-url',
    conversations_url: '--conversations-url',
    conversation_link: '--conversation-link',
    booking_link: '--booking-link',
};

async function addresses({integration, about}: Inquiry): Promise<Seen[]> {
    const seen = ADDRESSES.filter((key) => hasCredentials(integration.config[key])).map((key): Seen => {
        const option = ADDRESS_OPTIONS[key];
        return {
            code: 'url_with_credentials',
            text: said`${option} holds a user name or password: ${integration.config[key]}`,
            about: {...about, option},
        };
    });
    return seen.length > 0 ? seen : [{fine: 'none holds a password'}];
}

const CREDENTIALS_UNSEEN: Seen = {unseen: 'not checked: the address holds a user name or password'};

/** A callback nobody needs to do anything about (docs/callbacks.md); its id is new each time. */
function ping({integration, now}: Inquiry): {id: string; body: string} {
    const id = `cb_ping_${randomUUID()}`;
    const {licence, environment} = integration;
    const timestamp = new Date(now()).toISOString();
    return {id, body: JSON.stringify({id, type: 'ping', timestamp, integration: {licence, environment}, data: {}})};
}

const POST = {method: 'POST', headers: {'content-type': 'application/json', 'user-agent': 'ireserve-bridge'}};

async function callback(inquiry: Inquiry): Promise<Seen[]> {
    const {integration, now, settings} = inquiry;
    const {callback_url: url} = integration.config;
    const about = {...inquiry.about, url};
    if (!url) return [{code: 'callback_missing', text: said`no Callback URL`, about}];
    if (hasCredentials(url)) return [CREDENTIALS_UNSEEN];
    const secrets = callbackSecrets(integration);
    if (secrets.length === 0) return [{code: 'callback_unsigned', text: said`no secret`, about}];
    const seen: Seen[] = [];
    if (url.startsWith('http:') && integration.environment === 'production')
        seen.push({code: 'callback_not_https', text: said`${url}`, about});
    const {id, body} = ping(inquiry);
    const [callback_token] = integration.secrets.callback_tokens;
    const headers = {
        ...POST.headers,
        ...(callback_token ? {authorization: `Bearer ${callback_token}`} : {}),
        ...signedHeaders(secrets, id, body, now()),
    };
    const answer = await probe(url, {...POST, headers, body}, Math.min(settings.IRESERVE_TIMEOUT_MS, 8000));
    const wrong = whatIsWrong(answer);
    if (wrong) {
        const location = isAnswer(answer) ? answer.location : '';
        const text = isAnswer(answer) ? said`${url} answers ${answer.status}` : said`${url}: ${answer.detail}`;
        seen.push({code: wrong, text, about: {...about, location: location || '?'}});
    }
    if (isAnswer(answer)) seen.push(...skewOf(answer, inquiry));
    return seen.length > 0 ? seen : [{fine: `${url} takes a signed ping`}];
}

function whatIsWrong(answer: Probed): FindingCode | null {
    if (!isAnswer(answer)) return answer.failure === 'tls' ? 'callback_tls' : 'callback_unreachable';
    const {status} = answer;
    if (status >= 200 && status < 300) return null;
    if (status < 400) return 'callback_redirects';
    if (status === 401 || status === 403) return 'callback_refuses_us';
    if (status === 404 || status === 405) return 'callback_wrong_address';
    if (status === 410) return 'callback_gone';
    return 'callback_failing';
}

function skewOf({date}: Answered, {now, about}: Inquiry): Seen[] {
    const off = date === null ? 0 : date - now();
    if (Math.abs(off) <= SKEW_MS) return [];
    return [{code: 'clock_skew_ireserve', text: said`i-Reserve’s clock is ${Math.round(off / 1000)} s off ours`, about}];
}

/** The same, without a signature: it must not be taken. */
async function verifying(inquiry: Inquiry): Promise<Seen[]> {
    const {integration, about} = inquiry;
    const {callback_url: url} = integration.config;
    if (!url) return [{unseen: 'not checked: there is no Callback URL'}];
    if (hasCredentials(url)) return [CREDENTIALS_UNSEEN];
    const answer = await probe(url, {...POST, body: ping(inquiry).body});
    if (!isAnswer(answer)) return [{unseen: 'not checked: the callback address does not answer'}];
    if (answer.status >= 200 && answer.status < 300)
        return [{code: 'callback_not_verifying', text: said`an unsigned callback is answered with ${answer.status}`, about}];
    if (answer.status === 401 || answer.status === 403) return [{fine: `an unsigned callback is refused (${answer.status})`}];
    return [{unseen: `not checked: an unsigned callback is answered with ${answer.status}`}];
}

async function agentList({integration, database, about, now, settings}: Inquiry): Promise<Seen[]> {
    const {agents_url: url} = integration.config;
    if (!url) {
        const {count} = await database.read
            .selectFrom('listed_agent')
            .select((select) => select.fn.countAll().as('count'))
            .where('integration_id', '=', integration.id)
            .executeTakeFirstOrThrow();
        return [{fine: Number(count) > 0 ? `${Number(count)} agents, pushed` : 'none pushed: agents answer under their Mattermost names'}];
    }
    if (hasCredentials(url)) return [CREDENTIALS_UNSEEN];
    const id = `agents_${randomUUID()}`;
    const headers = {accept: 'application/json', ...signedHeaders(callbackSecrets(integration), id, '', now())};
    const answer = await probe(url, {headers}, Math.min(settings.IRESERVE_TIMEOUT_MS, 8000));
    if (isAnswer(answer) && answer.status === 200) return [{fine: 'can be fetched'}];
    const text = isAnswer(answer) ? said`${url} answers ${answer.status}` : said`${url}: ${answer.detail}`;
    return [{code: 'agents_url_failing', text, about: {...about, url}}];
}

/** One question only: i-Reserve locks accounts that are refused too often. */
async function bookings({integration, about}: Inquiry): Promise<Seen[]> {
    const {ireserve_url: base_url, ireserve_user: user} = integration.config;
    if (!base_url || !user) return [{fine: 'not looked up'}];
    const [password = ''] = integration.secrets.ireserve_passwords;
    const answer = await within(5000, (signal) => askIreserve({base_url, user, password}, {method: 'GET', path: 'booking/1', signal}));
    if (answer.kind !== 'unavailable') return [{fine: `${base_url} answers`}];
    return [{code: 'bookings_unavailable', text: said`${answer.code}: ${answer.detail}`, about}];
}

async function roundTrip({database, integration, about}: Inquiry): Promise<Seen[]> {
    const last = await lastRoundTrip(database, integration.id);
    if (!last) return [{unseen: 'never made: ireserve-bridge doctor --round-trip'}];
    if (last.ok) return [{fine: `${last.at}: ${last.ms} ms`}];
    const {title = '', code = '', text = ''} = last.hops.find(({state}) => state === 'broken') ?? {};
    return [{code: 'round_trip_failed', text: said`${last.at}: ${{words: title, values: []}}: ${text} (${code})`, about}];
}
