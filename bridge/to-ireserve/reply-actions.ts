/** What can be done with a reply that failed or is asked about. */
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {discard as discardDelivery, replay} from '../store/by-hand.ts';
import type {Tx} from '../store/open.ts';
import {findReply, touchConversation} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {appendAnswered, appendShow} from '../to-mattermost/own-events.ts';
import type {ActionsOptions} from './actions.ts';
import type {Speaker} from './queue.ts';
import {deadOf} from './take-revision.ts';

export function createReplyActions({database, now, onStored}: Omit<ActionsOptions, 'agents'>) {
    return {
        /** Sends what was given up once more, under the same webhook-id. @throws BridgeError unknown_reply, nothing_to_retry */
        async retry(integration: Integration, reply_id: string): Promise<ReplyRow> {
            const at = now();
            const row = await database.write(async (tx) => {
                const reply = await mustFind(tx, integration, reply_id);
                let again = 0;
                for (const {seq} of await deadOf(tx, integration.id, reply_id)) if (await replay(tx, seq, at)) again++;
                if (again === 0) throw new BridgeError('nothing_to_retry', `the reply is ${reply.state}`);
                return settleReply(tx, reply, {state: 'queued', reason_code: null, reason_detail: null}, `retry/${at}`, at);
            });
            onStored(integration);
            return row;
        },
        /** Gives a failed reply up: it stays in the thread, and the visitor does not get it. @throws BridgeError unknown_reply, nothing_to_discard */
        async discard(integration: Integration, reply_id: string, by: Speaker): Promise<ReplyRow> {
            const at = now();
            const row = await database.write(async (tx) => {
                const reply = await mustFind(tx, integration, reply_id);
                let given = 0;
                for (const {seq} of await deadOf(tx, integration.id, reply_id)) {
                    if (await discardDelivery(tx, seq, `by ${by.username} in Mattermost`, at)) given++;
                }
                if (given === 0) throw new BridgeError('nothing_to_discard', `the reply is ${reply.state}`);
                return settleReply(tx, reply, {state: reply.sent_version === null ? 'discarded' : 'delivered'}, `discard/${at}`, at);
            });
            onStored(integration);
            return row;
        },
        /** Keeps a held reply internal. @throws BridgeError unknown_reply, nothing_asked */
        async keep(integration: Integration, reply_id: string, by: Speaker): Promise<ReplyRow> {
            const at = now();
            const row = await database.write(async (tx) => {
                const reply = await mustFind(tx, integration, reply_id);
                const kept = await keepInternal(tx, reply, at);
                if (!kept) throw new BridgeError('nothing_asked', 'nobody is asked about the reply any more');
                await appendAnswered(tx, reply, 'kept', by, at);
                return kept;
            });
            onStored(integration);
            return row;
        },
        /** Questions nobody answered in time: the replies stay internal. @returns how many */
        async expireQuestions(integrationOf: (id: string) => Integration | undefined): Promise<number> {
            const at = now();
            const late = await database.read
                .selectFrom('reply')
                .selectAll()
                .where('asked_until', 'is not', null)
                .where('asked_until', '<', at)
                .limit(100)
                .execute();
            for (const reply of late) {
                await database.write(async (tx) => {
                    const now = await findReply(tx, reply.integration_id, reply.reply_id);
                    if (now && (now.asked_until ?? at) < at) await keepInternal(tx, now, at);
                });
                const integration = integrationOf(reply.integration_id);
                if (integration) onStored(integration);
            }
            return late.length;
        },
    };
}

async function mustFind(tx: Tx, integration: Integration, reply_id: string): Promise<ReplyRow> {
    const reply = await findReply(tx, integration.id, reply_id);
    if (!reply) throw new BridgeError('unknown_reply', `no reply ${reply_id.slice(0, 128)}`);
    return reply;
}

/** @returns null when it is not asked about, or was answered while this was on its way: whoever is first decides */
async function keepInternal(tx: Tx, reply: ReplyRow, at: number): Promise<ReplyRow | null> {
    const first = await tx
        .updateTable('reply')
        .set({asked_until: null})
        .where('integration_id', '=', reply.integration_id)
        .where('reply_id', '=', reply.reply_id)
        .where('state', '=', 'asked')
        .where('version', '=', reply.version)
        .returning('sent_version')
        .executeTakeFirst();
    if (!first) return null;
    // What the visitor has stays; only the edit was held.
    const state = first.sent_version === null ? 'internal' : 'delivered';
    return settleReply(tx, reply, {state, asked_until: null, reason_code: null}, `kept/${at}`, at);
}

async function settleReply(tx: Tx, reply: ReplyRow, set: Partial<ReplyRow>, occasion: string, at: number): Promise<ReplyRow> {
    const {integration_id, conversation_id, reply_id} = reply;
    await tx
        .updateTable('reply')
        .set({...set, updated_at: at})
        .where('integration_id', '=', integration_id)
        .where('reply_id', '=', reply_id)
        .execute();
    await appendShow(tx, integration_id, conversation_id, reply_id, occasion, at);
    await touchConversation(tx, integration_id, conversation_id, at);
    return {...reply, ...set, updated_at: at};
}
