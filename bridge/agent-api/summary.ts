/** A stored conversation → what lists and streams show of it: no more than its card in Mattermost may show. */
import type {MessageAuthor} from '../contract.ts';
import {type Integration, shownIn} from '../integration.ts';
import type {MattermostClient, Servers} from '../mattermost.ts';
import type {Tx} from '../store/open.ts';
import {redactSecrets} from '../to-mattermost/booking-keys.ts';
import {type Conversation, readFacts} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {Session} from '../to-mattermost/session.ts';
import {safeUrl} from '../to-mattermost/tame.ts';
import {type ConversationSummary, instant, instantOrNull, type ThreadPlace} from './contract.ts';
import type {ListRow} from './list.ts';

export type Links = (integration: Integration, channel_id: string, root_id: string) => Promise<ThreadPlace>;

/** Where threads are found. While Mattermost does not answer, by an address that finds the team itself. */
export function createLinks(servers: Servers, session: (client: MattermostClient) => Promise<Session>): Links {
    return async ({config, secrets}, channel_id, root_id) => {
        const url = await session(servers.client(config.server_url, secrets.bot_token))
            .then(({permalink}) => permalink(config.server_url, channel_id, root_id))
            .catch(() => `${config.server_url}/_redirect/pl/${root_id}`);
        return {channel_id, root_id, url};
    };
}

/** How many replies of each conversation failed, and how many are asked about. */
async function troubles(tx: Tx, integration_id: string, ids: readonly string[]): Promise<Map<string, {failed: number; asked: number}>> {
    const found = new Map<string, {failed: number; asked: number}>();
    if (ids.length === 0) return found;
    const rows = await tx
        .selectFrom('reply')
        .select(['conversation_id', 'state', (eb) => eb.fn.countAll().as('count')])
        .where('integration_id', '=', integration_id)
        .where('conversation_id', 'in', ids)
        .where('state', 'in', ['failed', 'asked'])
        .groupBy(['conversation_id', 'state'])
        .execute();
    for (const {conversation_id, state, count} of rows) {
        const one = found.get(conversation_id) ?? {failed: 0, asked: 0};
        found.set(conversation_id, {...one, [state]: Number(count)});
    }
    return found;
}

export async function summariesOf(
    tx: Tx,
    integration: Integration,
    links: Links,
    rows: readonly ListRow[],
): Promise<ConversationSummary[]> {
    const counts = await troubles(
        tx,
        integration.id,
        rows.map(({conversation_id}) => conversation_id),
    );
    return Promise.all(
        rows.map(async (row) => {
            const {channel_id, root_id} = row;
            const {failed, asked} = counts.get(row.conversation_id) ?? {failed: 0, asked: 0};
            return {
                ...cardOf(integration, readFacts(row.facts), channel_id),
                activity_at: instant(row.activity_at),
                thread: channel_id && root_id ? await links(integration, channel_id, root_id) : null,
                failed,
                asked,
                preview: previewOf(row),
            };
        }),
    );
}

function cardOf({config}: Integration, facts: Conversation, channel_id: string | null) {
    const {card_email} = shownIn(config, channel_id);
    const {visitor, page, assignee} = facts;
    const {status, waiting_since} = stateOf(facts);
    const url = page ? safeUrl(page.url) : null;
    return {
        conversation_id: facts.conversation_id,
        visitor: {
            name: visitor.name ?? null,
            ...(card_email && visitor.email ? {email: visitor.email} : {}),
            language: facts.language,
        },
        page: url === null ? null : {url, ...(page?.title ? {title: page.title} : {})},
        topic: facts.topic,
        status,
        waiting_since: instantOrNull(waiting_since),
        assignee: assignee ? {name: assignee.name, user_id: assignee.user_id ?? null} : null,
        started_at: instant(facts.started_at),
        presence: facts.presence,
    };
}

function previewOf({said, said_by, said_at}: ListRow): ConversationSummary['preview'] {
    if (!said || said_at === null) return null;
    const {type = 'visitor', name = ''} = JSON.parse(said_by ?? '{}') as Partial<MessageAuthor>;
    return {author: {type, name}, text: redactSecrets(said), at: instant(said_at)};
}
