/** i-Reserve's list against what was accepted here: by id only, as the words are elsewhere. */
import type {Database} from '../store/open.ts';
import {type Conversation, readFacts} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {ConversationListing} from './listing.ts';
import type {Finding} from './report.ts';

type Listed = ConversationListing['conversations'][number];

/** Ids per statement: databases bound its parameters. */
const AT_ONCE = 200;
/** What was said a moment ago may not have arrived on the other side. */
const MARGIN_MS = 5 * 60_000;

export async function compareWithIreserve(
    database: Database,
    integration_id: string,
    {conversations, complete_since}: ConversationListing,
    now: number,
): Promise<Finding[]> {
    const found: Finding[] = [];
    for (let from = 0; from < conversations.length; from += AT_ONCE) {
        const part = conversations.slice(from, from + AT_ONCE);
        const here = await knownOf(
            database,
            integration_id,
            part.map(({conversation_id}) => conversation_id),
        );
        for (const listed of part) found.push(...compareOne(listed, here.get(listed.conversation_id), now));
    }
    if (complete_since) {
        const listed = new Set(conversations.map(({conversation_id}) => conversation_id));
        const rows = await database.read
            .selectFrom('conversation')
            .select('conversation_id')
            .where('integration_id', '=', integration_id)
            .where('activity_at', '>', Date.parse(complete_since))
            .where('created_at', '<', now - MARGIN_MS)
            .execute();
        for (const {conversation_id} of rows) {
            if (listed.has(conversation_id)) continue;
            const detail = 'i-Reserve does not list this conversation';
            found.push({kind: 'conversation_missing_there', conversation_id, id: null, detail, repaired: false});
        }
    }
    return found;
}

type Here = {
    facts: Conversation | null;
    /** Messages accepted: in Mattermost, or on their way. */
    messages: Set<string>;
    dead: {message_id: string; source_id: string}[];
    /** Delivered answers, by our id and by i-Reserve's. */
    replies: {reply_id: string; remote_id: string | null; updated_at: number}[];
};

async function knownOf(database: Database, integration_id: string, ids: string[]): Promise<Map<string, Here>> {
    const here = new Map<string, Here>();
    const of = (conversation_id: string): Here => {
        const known = here.get(conversation_id) ?? {facts: null, messages: new Set(), dead: [], replies: []};
        here.set(conversation_id, known);
        return known;
    };
    const facts = await database.read
        .selectFrom('conversation')
        .select(['conversation_id', 'facts'])
        .where('integration_id', '=', integration_id)
        .where('conversation_id', 'in', ids)
        .execute();
    for (const row of facts) of(row.conversation_id).facts = readFacts(row.facts);
    const messages = await database.read
        .selectFrom('message')
        .select(['conversation_id', 'message_id'])
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-mattermost')
        .where('conversation_id', 'in', ids)
        .execute();
    for (const row of messages) of(row.conversation_id).messages.add(row.message_id);
    const waiting = await database.read
        .selectFrom('delivery')
        .select(['conversation_id', 'source_id', 'state', 'body'])
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-mattermost')
        .where('type', '=', 'message.created')
        .where('state', 'in', ['queued', 'dead'])
        .where('conversation_id', 'in', ids)
        .execute();
    for (const {conversation_id, source_id, state, body} of waiting) {
        const {message_id} = (JSON.parse(body) as {data: {message_id: string}}).data;
        const known = of(conversation_id as string);
        known.messages.add(message_id);
        if (state === 'dead') known.dead.push({message_id, source_id});
    }
    const replies = await database.read
        .selectFrom('reply')
        .select(['conversation_id', 'reply_id', 'remote_id', 'state', 'updated_at'])
        .where('integration_id', '=', integration_id)
        .where('conversation_id', 'in', ids)
        .where('sent_version', 'is not', null)
        .execute();
    for (const {conversation_id, state, ...reply} of replies) {
        const known = of(conversation_id);
        known.messages.add(reply.reply_id);
        if (reply.remote_id) known.messages.add(reply.remote_id);
        if (state === 'delivered') known.replies.push(reply);
    }
    return here;
}

function compareOne({conversation_id, status, message_ids, reply_ids}: Listed, here: Here | undefined, now: number): Finding[] {
    const finding = (kind: Finding['kind'], id: string | null, detail: string): Finding => ({
        ...{kind, conversation_id, id, detail},
        repaired: false,
    });
    if (!here?.facts) return [finding('conversation_missing_here', null, `${message_ids.length} messages at i-Reserve, nothing here`)];
    const found: Finding[] = [];
    for (const id of new Set(message_ids))
        if (!here.messages.has(id)) found.push(finding('message_missing_here', id, 'never accepted here'));
    for (const {message_id, source_id} of here.dead) found.push(finding('given_up', message_id, `event ${source_id} is a dead letter`));
    if (reply_ids) {
        const there = new Set([...reply_ids, ...message_ids]);
        for (const {reply_id, remote_id, updated_at} of here.replies) {
            const isThere = there.has(reply_id) || (remote_id !== null && there.has(remote_id));
            if (!isThere && updated_at < now - MARGIN_MS) found.push(finding('reply_missing_there', reply_id, 'i-Reserve took it once'));
        }
    }
    const state = stateOf(here.facts).status;
    if (status && (status === 'closed') !== (state === 'closed')) {
        found.push(finding('status_differs', null, `${state} here, ${status} at i-Reserve`));
    }
    return found;
}
