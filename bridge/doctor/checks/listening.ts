/** How the bridge hears Mattermost: the event stream, and outgoing webhooks where there are any. */
import type {OutgoingWebhook} from '@mattermost/types/integrations';
import {WebSocket} from 'ws';
import {HOOK_PATH} from '../../to-ireserve/hook.ts';
import {type Inquiry, NEEDS_ADMIN, type Seen} from '../inquiry.ts';
import {type Said, said} from '../said.ts';
import type {Check} from './check.ts';

const HELLO_MS = 5000;

export const LISTENING_CHECKS: Check[] = [
    {id: 'websocket', hop: 'listening', title: 'Event stream', run: websocket},
    {id: 'webhook', hop: 'listening', title: 'Outgoing webhook', run: webhook},
];

async function websocket(inquiry: Inquiry): Promise<Seen[]> {
    const {integration, about} = inquiry;
    await inquiry.bot();
    const {server_url} = integration.config;
    const refusal = await hello(`${server_url.replace(/^http/, 'ws')}/api/v4/websocket`, integration.secrets.bot_token);
    if (refusal === null) return [{fine: 'opens'}];
    return [{code: 'websocket_blocked', text: refusal, about}];
}

/** Waits for Mattermost's greeting. @returns why it did not come, or null */
function hello(url: string, token: string): Promise<Said | null> {
    return new Promise((resolve) => {
        const socket = new WebSocket(url, {
            headers: {authorization: `Bearer ${token}`},
            handshakeTimeout: HELLO_MS,
            followRedirects: false,
        });
        const timer = setTimeout(() => done(said`it opens, but no greeting comes`), HELLO_MS);
        const done = (reason: Said | null) => {
            clearTimeout(timer);
            socket.removeAllListeners();
            socket.on('error', () => undefined);
            socket.terminate();
            resolve(reason);
        };
        socket.on('message', (data) => {
            if (String(data).includes('"hello"')) done(null);
        });
        socket.on('unexpected-response', (_request, response) =>
            done(said`instead of opening it, something answers ${response.statusCode ?? 0}`),
        );
        socket.on('error', (error) => done(error.message ? said`${error.message}` : said`it can’t be opened`));
        socket.on('close', () => done(said`it is closed at once`));
    });
}

/** Only an admin sees them. None at all is in order: the event stream hears the same and more. */
async function webhook(inquiry: Inquiry): Promise<Seen[]> {
    const {adminClient, integration, about} = inquiry;
    const publicUrl = await inquiry.knownPublicUrl();
    const tokens = integration.secrets.webhook_tokens;
    if (!adminClient) return [tokens.length > 0 ? {unseen: NEEDS_ADMIN} : {fine: 'none: not needed beside the event stream'}];
    const config = await inquiry.adminConfig();
    if (config && !config.ServiceSettings.EnableOutgoingWebhooks)
        return tokens.length > 0
            ? [{code: 'webhooks_off', text: said`EnableOutgoingWebhooks is off`, about}]
            : [{fine: 'none: not needed beside the event stream'}];
    const teams = await inquiry.teams();
    const all = (await Promise.all(teams.map(({id}) => adminClient.getOutgoingWebhooks('', id, 0, 200)))).flat();
    const url = `${publicUrl ?? ''}${HOOK_PATH}`;
    const here = {...about, url};
    const leadsHere = ({callback_urls}: OutgoingWebhook) => publicUrl !== undefined && callback_urls.includes(url);
    const uses = new Set(inquiry.channels.map(({id}) => id));
    const seen: Seen[] = [];
    for (const hook of all) {
        const ours = tokens.includes(hook.token);
        const name = said`webhook ${hook.display_name || hook.id}`;
        if (ours && !leadsHere(hook))
            seen.push({code: 'webhook_elsewhere', text: said`${name} calls ${hook.callback_urls.join(', ')}`, about: here});
        // Another integration's, on the same bridge.
        if (!leadsHere(hook) || !(ours || uses.has(hook.channel_id))) continue;
        if (hook.token === '') seen.push({code: 'webhook_token_blank', text: said`${name} has no token`, about: here});
        else if (!ours) seen.push({code: 'webhook_token_unknown', text: said`the token of ${name} is not known`, about: here});
        if (hook.callback_urls.length > 1)
            seen.push({code: 'webhook_several_urls', text: said`${name} has ${hook.callback_urls.length} callback URLs`, about: here});
        const place = (await inquiry.places()).get(hook.channel_id);
        if (place && 'channel' in place && place.channel.type === 'P')
            seen.push({code: 'webhook_private', text: said`${name} is on ~${place.channel.name}, which is private now`, about: here});
    }
    const here2 = all.filter((hook) => leadsHere(hook) && uses.has(hook.channel_id));
    const doubled = here2.filter((hook, index) => here2.findIndex(({channel_id}) => channel_id === hook.channel_id) !== index);
    for (const hook of doubled) seen.push({code: 'webhook_doubled', text: said`channel ${hook.channel_id} has more than one`, about: here});
    if (seen.length > 0) return seen;
    if (here2.length > 0) return [{fine: `${here2.length} lead here`}];
    return tokens.length > 0
        ? [{code: 'webhook_missing', text: said`none leads here`, about: here}]
        : [{fine: 'none: not needed beside the event stream'}];
}
