/** What an agent says elsewhere than in the thread: in a dialog, by a command, in the panel. The bot says it there in the agent's name. */
import {randomUUID} from 'node:crypto';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {findConversation, findReply, touchConversation} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {postedUpTo} from '../to-mattermost/conversation-state.ts';
import {appendOwn} from '../to-mattermost/own-events.ts';
import type {ActionsOptions} from './actions.ts';
import {guardOf, isBlank, isNote} from './policy.ts';
import type {QueuedReply, Speaker} from './queue.ts';
import {queueReply} from './take-new.ts';

/** Longest text said in a dialog, a command or the panel, in UTF-16 units: what a refusal names is this, though dialogs let nobody type more than 3,000. */
export const LONGEST_SAID = 16_000;

export function createSaying({database, now, onStored}: Omit<ActionsOptions, 'agents'>) {
    return {
        /**
         * Says something to the visitor for somebody who can't post it: the bot says it in the thread, in that person's name.
         *
         * @param holdMs how long it may still be taken back. @param id makes a repeat the same reply
         * @param digest of the text, kept with the reply: tells a repeat from another text under the same id
         * @throws BridgeError unknown_conversation, empty_reply, is_a_note, needs_confirmation, callback_not_set
         */
        async reply(
            integration: Integration,
            conversation_id: string,
            by: Speaker,
            text: string,
            {
                holdMs = integration.config.undo_seconds * 1000,
                id = `said-${randomUUID()}`,
                digest = '',
                confirmed = false,
            }: {holdMs?: number; id?: string; digest?: string; confirmed?: boolean} = {},
        ): Promise<ReplyRow> {
            if (isBlank(text)) throw new BridgeError('empty_reply', 'there is nothing to send');
            // Who begins with `//` means a note, wherever it is typed.
            if (isNote(text)) throw new BridgeError('is_a_note', 'it begins like a note');
            // Where there is no post to ask under, it is asked here.
            if (!confirmed && guardOf(text, integration.config)) {
                throw new BridgeError('needs_confirmation', 'it holds something that often is not meant for visitors');
            }
            if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
            const at = now();
            const timestamp = new Date(at).toISOString();
            const row = await database.write(async (tx) => {
                const known = await findConversation(tx, integration.id, conversation_id);
                if (!known) throw unknownConversation(conversation_id);
                const reply: ReplyRow = {
                    integration_id: integration.id,
                    reply_id: id,
                    conversation_id,
                    channel_id: known.thread?.channel_id ?? '',
                    root_id: known.thread?.root_id ?? '',
                    post_id: null,
                    user_id: by.user_id,
                    digest,
                    state: 'queued',
                    version: at,
                    sent_version: null,
                    remote_id: null,
                    remote_state: null,
                    reason_code: null,
                    reason_detail: null,
                    asked_until: null,
                    mark: null,
                    question_post_id: null,
                    hint_post_id: null,
                    files: null,
                    former: null,
                    created_at: at,
                    updated_at: at,
                };
                const made = await tx
                    .insertInto('reply')
                    .values(reply)
                    .onConflict((conflict) => conflict.columns(['integration_id', 'reply_id']).doNothing())
                    .returning('reply_id')
                    .executeTakeFirst();
                if (!made) return (await findReply(tx, integration.id, id)) ?? reply;
                const queued: QueuedReply = {
                    type: 'message.created',
                    timestamp,
                    reply_id: id,
                    version: at,
                    by,
                    text,
                    files: [],
                    mentions: {users: {}, channels: {}},
                    answers: postedUpTo(known.facts),
                    not_before: at + holdMs,
                };
                await appendOwn(tx, integration.id, saidEvent(conversation_id, 'reply', id, by, text, timestamp), id, at);
                await queueReply(tx, integration, conversation_id, queued, at);
                return reply;
            });
            onStored(integration);
            return row;
        },
        /** Says something to colleagues in the thread; nothing of it is ever queued for i-Reserve. @throws BridgeError unknown_conversation, empty_reply */
        async note(integration: Integration, conversation_id: string, by: Speaker, text: string): Promise<void> {
            if (isBlank(text)) throw new BridgeError('empty_reply', 'there is nothing to note');
            const at = now();
            const id = `note-${randomUUID()}`;
            await database.write(async (tx) => {
                if (!(await findConversation(tx, integration.id, conversation_id))) throw unknownConversation(conversation_id);
                await appendOwn(tx, integration.id, saidEvent(conversation_id, 'note', id, by, text, new Date(at).toISOString()), id, at);
                await touchConversation(tx, integration.id, conversation_id, at);
            });
            onStored(integration);
        },
    };
}

export const unknownConversation = (id: string) =>
    new BridgeError('unknown_conversation', `conversation ${id.slice(0, 128)} is not known here`);

const saidEvent = (
    conversation_id: string,
    kind: 'reply' | 'note',
    id: string,
    {user_id, username, name}: Speaker,
    text: string,
    timestamp: string,
) => ({type: 'bridge.said', timestamp, data: {conversation_id, kind, id, by: {user_id, username, name}, text}}) as const;
