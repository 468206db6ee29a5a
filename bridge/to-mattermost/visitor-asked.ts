/** What follows once a message stands in the thread: the visitor waits, or is answered, and a closed conversation opens again. */
import type {EventOf} from '../contract.ts';
import type {Tx} from '../store/open.ts';
import {changeFacts, saveFacts, touchConversation} from '../store/records.ts';
import {appendToIreserve} from '../to-ireserve/queue.ts';
import {agentSaid} from './apply-event.ts';
import type {Conversation} from './conversation.ts';
import {asked, stateOf} from './conversation-state.ts';
import {appendCard, appendOwn} from './own-events.ts';
import type {Step} from './step.ts';

type Message = EventOf<'message.created'>;

/** @param posted_at by Mattermost's clock @param withdrawn the visitor took it back before it came */
export function withMessage(
    facts: Conversation,
    event: Message,
    {posted_at, withdrawn}: {posted_at: number; withdrawn: boolean},
): Conversation {
    const {author, message_id} = event.data;
    if (author.type !== 'visitor') return agentSaid(facts, event);
    return withdrawn ? facts : asked(facts, {message_id, at: Date.parse(event.timestamp), posted_at});
}

/**
 * Writes what a posted message changes, with what follows: the card, and when it opened a closed conversation a line and a callback.
 *
 * @param onCard the thread was opened with this message: its card shows it already
 */
export async function learnMessage(
    tx: Tx,
    {integration, facts, learn, now}: Step,
    event: Message,
    {posted_at, withdrawn, onCard}: {posted_at: number; withdrawn: boolean; onCard: boolean},
): Promise<void> {
    const {conversation_id, message_id} = event.data;
    const at = now();
    const change = (known: Conversation) => withMessage(learn(known), event, {posted_at, withdrawn});
    const known = await changeFacts(tx, integration.id, conversation_id, at, change);
    if (!known) return saveFacts(tx, integration.id, change(facts), at);
    await touchConversation(tx, integration.id, conversation_id, at);
    if (known.after !== known.before && !onCard) await appendCard(tx, integration.id, conversation_id, at);
    if (stateOf(known.before).status === 'closed' && stateOf(known.after).status !== 'closed') {
        const timestamp = new Date(at).toISOString();
        await appendOwn(
            tx,
            integration.id,
            {type: 'bridge.line', timestamp, data: {conversation_id, line: {what: 'asked_again'}}},
            `asked-again/${conversation_id}/${message_id}`,
            at,
        );
        if (integration.config.callback_url) {
            const act = {type: 'conversation.reopened' as const, timestamp, by: null, message_id};
            await appendToIreserve(tx, integration.id, conversation_id, act, `#conversation.reopened/${conversation_id}/${message_id}`, at);
        }
    }
}
