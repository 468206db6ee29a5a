/** Where an agent's replies stand, as the side panel shows it beside the posts; and taking one back while it is held. */
import type {FileOutcome} from '../contract.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {queueOf} from '../integrations.ts';
import {discard} from '../store/by-hand.ts';
import type {Database, Tx} from '../store/open.ts';
import {findReply, touchConversation} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {replyActions} from '../to-ireserve/catalogue.ts';
import type {QueuedReply} from '../to-ireserve/queue.ts';
import {appendShow} from '../to-mattermost/own-events.ts';
import {type AgentReply, instant, instantOrNull} from './contract.ts';

const MOST_SHOWN = 500;
/** A taking-back must be stored before the reply leaves. */
const MARGIN_MS = 100;

/** A delivery that waits, and until when it is held (ms since 1970). */
type Hold = {seq: number; until: number};

/** The queued replies of a conversation i-Reserve has nothing of yet, by reply. */
async function holdsOf(tx: Tx, integration_id: string, conversation_id: string): Promise<Map<string, Hold>> {
    const rows = await tx
        .selectFrom('delivery')
        .select(['seq', 'body'])
        .where('lane', '=', `${queueOf(integration_id, 'to-ireserve')}/c:${conversation_id}`)
        .where('state', '=', 'queued')
        .where('type', '=', 'message.created')
        .execute();
    return new Map(
        rows.map(({seq, body}) => {
            const {reply_id, not_before} = JSON.parse(body) as QueuedReply;
            return [reply_id, {seq, until: not_before}];
        }),
    );
}

/** What was not marked for the visitor is no reply, where marks are asked for: the panel offers to send it. */
type Shown = ReplyRow & {state: AgentReply['state']};
const isShown = (reply: ReplyRow): reply is Shown => reply.state !== 'unmarked';

function shownReply(reply: Shown, holds: ReadonlyMap<string, Hold>, now: number): AgentReply {
    const hold = reply.state === 'queued' && reply.sent_version === null ? (holds.get(reply.reply_id)?.until ?? 0) : 0;
    return {
        reply_id: reply.reply_id,
        post_id: reply.post_id,
        user_id: reply.user_id,
        state: reply.state,
        remote_state: reply.remote_state,
        reason: reply.reason_code ? {code: reply.reason_code, detail: reply.reason_detail ?? ''} : null,
        hold_until: hold > now ? instant(hold) : null,
        asked_until: instantOrNull(reply.asked_until),
        missing_files: reply.files ? (JSON.parse(reply.files) as FileOutcome[]) : [],
        can: replyActions(reply),
        updated_at: instant(reply.updated_at),
    };
}

/** The last replies of a conversation, oldest first. */
export async function repliesOf(tx: Tx, integration_id: string, conversation_id: string, now: number): Promise<AgentReply[]> {
    const rows = await tx
        .selectFrom('reply')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('state', '!=', 'unmarked')
        .orderBy('created_at', 'desc')
        .orderBy('reply_id', 'desc')
        .limit(MOST_SHOWN)
        .execute();
    const holds = await holdsOf(tx, integration_id, conversation_id);
    return rows
        .reverse()
        .filter(isShown)
        .map((row) => shownReply(row, holds, now));
}

export async function replyShown(tx: Tx, reply: ReplyRow, now: number): Promise<AgentReply | null> {
    if (!isShown(reply)) return null;
    return shownReply(reply, await holdsOf(tx, reply.integration_id, reply.conversation_id), now);
}

/** @throws BridgeError unknown_reply, also when it is another conversation's */
export async function mustBeOf(tx: Tx, integration_id: string, conversation_id: string, reply_id: string): Promise<ReplyRow> {
    const reply = await findReply(tx, integration_id, reply_id);
    if (reply?.conversation_id === conversation_id) return reply;
    throw new BridgeError('unknown_reply', `no reply ${reply_id.slice(0, 128)} in this conversation`);
}

/**
 * Takes a reply back that was sent as text and is held still: nothing of it leaves, and the bot's post of it goes.
 *
 * @throws BridgeError unknown_reply, not_held
 */
export async function takeBack(
    database: Database,
    integration: Integration,
    conversation_id: string,
    reply_id: string,
    now: () => number,
): Promise<ReplyRow> {
    return database.write(async (tx) => {
        const reply = await mustBeOf(tx, integration.id, conversation_id, reply_id);
        if (!reply_id.startsWith('said-')) throw new BridgeError('not_held', 'a post is taken back by deleting it in Mattermost');
        const at = now();
        const hold = (await holdsOf(tx, integration.id, conversation_id)).get(reply_id);
        if (!hold || hold.until - at < MARGIN_MS) throw new BridgeError('not_held', `the reply is ${reply.state}`);
        // What sends it looks at this state first, and does not look before the hold is over. Out of its lane it also stays when a crash makes
        // the lane look as if something may have been sent.
        await discard(tx, hold.seq, 'taken back', at);
        const set = {state: 'withdrawn' as const, updated_at: at};
        const taken = await tx
            .updateTable('reply')
            .set(set)
            .where('integration_id', '=', integration.id)
            .where('reply_id', '=', reply_id)
            .where('state', '=', 'queued')
            .where('sent_version', 'is', null)
            .returning('reply_id')
            .executeTakeFirst();
        if (!taken) throw new BridgeError('not_held', `the reply is ${reply.state}`);
        await appendShow(tx, integration.id, conversation_id, reply_id, `taken-back/${at}`, at);
        await touchConversation(tx, integration.id, conversation_id, at);
        return {...reply, ...set};
    });
}
