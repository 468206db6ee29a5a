/** The parts of a callback that need more than the delivery itself: who speaks, and where the files are. */

import type {AgentAuthor, Callback, ReplyAttachment} from '../callbacks.ts';
import type {FileOutcome} from '../contract.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import {isStandIn} from '../stand-in.ts';
import type {DeliveryRow, ReplyRow} from '../store/schema.ts';
import type {Agents} from './agents.ts';
import {signFileUrl} from './file-links.ts';
import {inlineFile, isFileGone} from './files.ts';
import type {ReplyFile, Speaker} from './queue.ts';

/** What i-Reserve knows all tries of a delivery by. */
export const callbackId = (box: SecretBox, integration_id: string, source_id: string): string =>
    `cb_${box.fingerprint('callback', integration_id, source_id)}`;

/** The same for every try. */
export const envelopeOf = (box: SecretBox, integration: Integration, delivery: DeliveryRow, timestamp: string) => ({
    id: callbackId(box, integration.id, delivery.source_id),
    timestamp,
    integration: {licence: integration.licence, environment: integration.environment},
    ...(delivery.first_received_at === null ? {} : {replayed: true as const}),
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

export type SentFiles = {attachments: ReplyAttachment[]; files: FileOutcome[]};

/**
 * The files of a reply as its callback brings them: addresses, or the bytes when the integration wants them and they are not too many.
 *
 * @returns also what became of each: one that is gone meanwhile is left out, and the reply goes without it
 * @throws MattermostError when the bytes can't be had now
 */
export async function attachmentsOf(
    {servers, box, publicUrl, maxFileBytes, now}: FileOptions,
    integration: Integration,
    reply: ReplyRow,
    queued: readonly ReplyFile[],
): Promise<SentFiles> {
    const {config, secrets} = integration;
    const client = servers.client(config.server_url, secrets.bot_token);
    const attachments: ReplyAttachment[] = [];
    const files: FileOutcome[] = [];
    for (const {gone = false, ...file} of queued) {
        const content_base64 = gone
            ? undefined
            : config.reply_files === 'inline'
              ? await bytesUnlessGone(client, file.id, maxFileBytes)
              : null;
        if (content_base64 === undefined) {
            files.push({name: file.name, state: 'missing', code: 'attachment_gone'});
        } else if (content_base64 === null) {
            attachments.push(linked(file));
            files.push({name: file.name, state: 'linked'});
        } else {
            attachments.push({...file, content_base64});
            files.push({name: file.name, state: 'attached'});
        }
    }
    return {attachments, files};

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

/** @returns null when they are too many, undefined when Mattermost has the file no more or hides it. @throws MattermostError */
async function bytesUnlessGone(client: MattermostClient, file_id: string, most: number): Promise<string | null | undefined> {
    try {
        return await inlineFile(client, file_id, most);
    } catch (error) {
        if (error instanceof MattermostError && isFileGone(error)) return undefined;
        throw error;
    }
}
