/** The parts of a callback that need more than the delivery itself: who speaks, and where the files are. */

import type {Result} from '../attempt.ts';
import type {AgentAuthor, Callback, ReplyAttachment} from '../callbacks.ts';
import type {Integration} from '../integration.ts';
import {MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import {isStandIn} from '../stand-in.ts';
import type {DeliveryRow, ReplyRow} from '../store/schema.ts';
import {classify as classifyMattermost} from '../to-mattermost/classify.ts';
import type {Agents} from './agents.ts';
import {signFileUrl} from './file-links.ts';
import {inlineFile} from './files.ts';
import type {ReplyFile, Speaker} from './queue.ts';

/** What i-Reserve knows all tries of a delivery by. */
export const callbackId = (box: SecretBox, integration_id: string, source_id: string): string =>
    `cb_${box.fingerprint('callback', integration_id, source_id)}`;

/** The same for every try. */
export const envelopeOf = (box: SecretBox, integration: Integration, delivery: DeliveryRow, timestamp: string) => ({
    id: callbackId(box, integration.id, delivery.source_id),
    timestamp,
    integration: {licence: integration.licence, environment: integration.environment},
    ...(isStandIn(integration) ? {trial: true as const} : {}),
});

export async function authorOf(agents: Agents, integration: Integration, by: Speaker): Promise<AgentAuthor> {
    const agent = await agents.find(integration, by);
    return {type: 'agent', ...(agent ? {id: agent.id} : {}), name: agent?.name || by.name, mattermost_user_id: by.user_id};
}

/** A callback for something that is worth nothing a moment later: not stored, not repeated, its id its own. */
export const typingCallback = (
    id: string,
    integration: Integration,
    conversation_id: string,
    agent: AgentAuthor,
    now: number,
): Callback => ({
    id,
    timestamp: new Date(now).toISOString(),
    integration: {licence: integration.licence, environment: integration.environment},
    type: 'typing',
    data: {conversation_id, agent},
});

type FileOptions = {servers: Servers; box: SecretBox; publicUrl: () => string; maxFileBytes: number; now: () => number};

/** Addresses, or the bytes when the integration wants them; a file that is gone meanwhile is left out. */
export async function attachmentsOf(
    {servers, box, publicUrl, maxFileBytes, now}: FileOptions,
    integration: Integration,
    reply: ReplyRow,
    files: readonly ReplyFile[],
): Promise<ReplyAttachment[] | Result> {
    const {config, secrets} = integration;
    if (config.reply_files === 'inline' && files.length > 0) {
        const client = servers.client(config.server_url, secrets.bot_token);
        const attachments: ReplyAttachment[] = [];
        try {
            for (const file of files) {
                const content_base64 = await inlineFile(client, file.id, maxFileBytes);
                if (content_base64 !== null) attachments.push({...file, content_base64});
                else attachments.push(linked(file));
            }
        } catch (error) {
            if (error instanceof MattermostError) return classifyMattermost(error, integration);
            throw error;
        }
        return attachments;
    }
    return files.map(linked);

    function linked(file: ReplyFile): ReplyAttachment {
        const expiresAt = now() + config.file_link_minutes * 60_000;
        const post_id = reply.post_id ?? reply.reply_id;
        const url = signFileUrl({
            box,
            publicUrl: publicUrl(),
            integration_id: integration.id,
            file_id: file.id,
            post_id,
            name: file.name,
            expiresAt,
        });
        return {...file, url, expires_at: new Date(expiresAt).toISOString()};
    }
}
