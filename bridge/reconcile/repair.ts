/** Repairs, each of which may be asked for again and then finds nothing to do. */
import type {Integration} from '../integration.ts';
import {findReply, touchConversation} from '../store/records.ts';
import {intentOf} from '../to-ireserve/first-words.ts';
import {fileLook, filesOf} from '../to-ireserve/post-files.ts';
import {appendToIreserve, replyKey} from '../to-ireserve/queue.ts';
import type {Take} from '../to-ireserve/take.ts';
import {queuedOf, weigh} from '../to-ireserve/take-new.ts';
import {type Door, readPost, type Visit} from '../to-ireserve/visit.ts';
import {appendOwn} from '../to-mattermost/own-events.ts';
import type {InMattermost} from './with-mattermost.ts';

export type Repairing = {door: Door; take: Pick<Take, 'threads'>; now: () => number};

/** @returns whether something was done. @throws MattermostError when the server can't be asked now */
export async function repair(repairing: Repairing, visit: Visit, finding: InMattermost): Promise<boolean> {
    const {take, now} = repairing;
    const {integration, database, client} = visit;
    const {kind, conversation_id, thread} = finding;
    switch (kind) {
        case 'thread_missing': {
            const event = {type: 'bridge.restore' as const, timestamp: new Date(now()).toISOString(), data: {conversation_id}};
            // Once per root that is gone, however often it is asked for.
            await database.write((tx) => appendOwn(tx, integration.id, event, finding.id ?? '', now()));
            visit.onStored(integration);
            return true;
        }
        case 'doubled':
            for (const id of finding.copies ?? []) await client.deletePost(id);
            return true;
        case 'thread_doubled': {
            if (!thread || !finding.id) return false;
            const data = {conversation_id, root_id: finding.id, beside: thread.root_id};
            const event = {type: 'bridge.join' as const, timestamp: new Date(now()).toISOString(), data};
            // In the conversation's lane: nothing is posted meanwhile. Once for each two, however often it is asked for.
            await database.write((tx) => appendOwn(tx, integration.id, event, `${data.root_id}/${data.beside}`, now()));
            visit.onStored(integration);
            return true;
        }
        case 'not_taken':
            if (!thread) return false;
            return (await take.threads(integration, [thread])).length > 0;
        case 'post_missing':
            await forget(visit, conversation_id, finding.message_id ?? '');
            return true;
        case 'reply_missing_there':
            return sendAgain(visit, integration, finding.id ?? '');
        default:
            return false;
    }
}

/** A message that may be pushed again. */
async function forget({database, integration}: Visit, conversation_id: string, message_id: string): Promise<void> {
    await database.write((tx) =>
        tx
            .deleteFrom('message')
            .where('integration_id', '=', integration.id)
            .where('conversation_id', '=', conversation_id)
            .where('direction', '=', 'to-mattermost')
            .where('message_id', '=', message_id)
            .execute(),
    );
}

/** The words are in Mattermost: they leave once more under the same message id, as if they had never left. */
async function sendAgain(visit: Visit, integration: Integration, reply_id: string): Promise<boolean> {
    const {database, client, people, now} = visit;
    const reply = await findReply(database.read, integration.id, reply_id);
    const post = reply?.post_id ? await readPost(client, reply.post_id) : null;
    // Said in a dialog: the bot's own post holds the words in the person's name, and can't be told from them.
    if (!reply || !post || post.user_id === visit.botId || reply.state !== 'delivered') return false;
    const person = await people.find(client, post.user_id);
    if (!person) return false;
    const {verdict, mentions} = await weigh(visit, reply, post, {intent: intentOf(post), choice: 'confirmed'});
    if (verdict.kind !== 'send') return false;
    const files = await filesOf(post, fileLook(client));
    const at = now();
    const queued = {
        ...queuedOf(post, {text: verdict.text, mentions, files, person}),
        reply_id,
        type: 'message.created' as const,
        not_before: at,
    };
    const stored = await database.write(async (tx) => {
        const row = await tx
            .updateTable('reply')
            .set({state: 'queued', sent_version: null, remote_id: null, remote_state: null, updated_at: at})
            .where('integration_id', '=', integration.id)
            .where('reply_id', '=', reply_id)
            .where('state', '=', 'delivered')
            .returning('reply_id')
            .executeTakeFirst();
        if (!row) return false;
        const key = `${replyKey(reply_id, 'created', queued.version)}/again-${at}`;
        await appendToIreserve(tx, integration.id, reply.conversation_id, queued, key, at);
        await touchConversation(tx, integration.id, reply.conversation_id, at);
        return true;
    });
    if (stored) visit.onStored(integration);
    return stored;
}
