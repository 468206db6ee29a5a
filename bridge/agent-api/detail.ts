/** Everything the side panel shows of one conversation. */
import {type Integration, shownIn} from '../integration.ts';
import type {Database} from '../store/open.ts';
import {allowedActions} from '../to-ireserve/catalogue.ts';
import type {Person} from '../to-ireserve/people.ts';
import {isSecretName} from '../to-mattermost/booking-keys.ts';
import {type Conversation, readFacts} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {Access} from './access.ts';
import {type ConversationDetail, instant, instantOrNull} from './contract.ts';
import {earlierOf, shown} from './list.ts';
import {repliesOf} from './replies.ts';
import {type Links, summariesOf} from './summary.ts';
import type {WhoTypes} from './who-types.ts';

/** What i-Reserve says of a booking; null: nothing to show. */
export type BookingLookUp = (integration: Integration, booking_id: string) => Promise<unknown>;

export type DetailOptions = {
    database: Database;
    access: Access;
    links: Links;
    whoTypes: WhoTypes;
    booking: BookingLookUp;
    now: () => number;
};

const MOST_EARLIER = 10;

export type Detail = ReturnType<typeof createDetail>;

export function createDetail({database, access, links, whoTypes, booking, now}: DetailOptions) {
    /** @throws BridgeError unknown_conversation, mattermost_unavailable */
    return async (integration: Integration, person: Person, conversation_id: string): Promise<ConversationDetail> => {
        const {facts} = await access.conversation(integration, person.user_id, conversation_id);
        const tx = database.read;
        const rows = await shown(tx, integration).where('conversation.conversation_id', '=', conversation_id).execute();
        const [summary] = await summariesOf(tx, integration, links, rows);
        if (!summary) throw new Error(`conversation ${conversation_id} was there a moment ago`);
        const [threads, earlier, replies, found] = await Promise.all([
            threadsOf(integration, conversation_id),
            earlierConversations(integration, person, facts),
            repliesOf(tx, integration.id, conversation_id, now()),
            // A booking that can't be looked up must not hide the conversation.
            facts.booking_id ? booking(integration, facts.booking_id).catch(() => null) : null,
        ]);
        return {
            ...summary,
            visitor: {...summary.visitor, properties: shownProperties(integration, facts, summary.thread?.channel_id ?? null)},
            closed_reason: facts.closed_reason,
            booking_id: facts.booking_id,
            booking: found ?? null,
            earlier,
            threads,
            replies,
            allowed: allowedActions(facts, person.user_id) as ConversationDetail['allowed'],
            typing: whoTypes.in(integration.id, conversation_id).map(({until, ...who}) => ({...who, until: instant(until)})),
        };
    };

    async function threadsOf(integration: Integration, conversation_id: string): Promise<ConversationDetail['threads']> {
        const rows = await database.read
            .selectFrom('thread')
            .select(['number', 'channel_id', 'root_id'])
            .where('integration_id', '=', integration.id)
            .where('conversation_id', '=', conversation_id)
            .orderBy('number')
            .execute();
        return Promise.all(
            rows.map(async ({number, channel_id, root_id}) => ({number, ...(await links(integration, channel_id, root_id))})),
        );
    }

    async function earlierConversations(
        integration: Integration,
        {user_id}: Person,
        facts: Conversation,
    ): Promise<ConversationDetail['earlier']> {
        const channels = await access.channels(integration, user_id);
        const rows = await earlierOf(database.read, integration, facts, channels, MOST_EARLIER);
        return Promise.all(
            rows.map(async ({conversation_id, facts, channel_id, root_id}) => {
                const known = readFacts(facts);
                const {topic, started_at} = known;
                const thread = channel_id && root_id ? await links(integration, channel_id, root_id) : null;
                return {conversation_id, topic, status: stateOf(known).status, started_at: instantOrNull(started_at) ?? '', thread};
            }),
        );
    }
}

/** The same rule as for the card: only what the admin listed, and no booking key even then. */
function shownProperties({config}: Integration, {visitor: {properties = {}}}: Conversation, channel_id: string | null) {
    const shown: Record<string, string | number | boolean> = {};
    for (const name of shownIn(config, channel_id).card_properties) {
        const value = Object.hasOwn(properties, name) && !isSecretName(name) ? properties[name] : undefined;
        if (value !== undefined && value !== '') shown[name] = value;
    }
    return shown;
}
