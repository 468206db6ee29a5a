/** Conversations as the store lists them: only of given channels, page by page, the same on both databases. */
import {type RawBuilder, type SqlBool, sql} from 'kysely';
import type {Integration} from '../integration.ts';
import type {Tx} from '../store/open.ts';
import type {Place, View} from './cursor.ts';

/** One conversation with the thread it is in now, and the last words i-Reserve brought. */
export type ListRow = {
    conversation_id: string;
    facts: string;
    waiting_since: number | null;
    activity_at: number;
    updated_at: number;
    channel_id: string | null;
    root_id: string | null;
    said_by: string | null;
    said: string | null;
    said_at: number | null;
};

/** Longest exact count: beyond it nobody counts along, and the database need not either. */
const MOST_COUNTED = 1000;
const MOST_WORDS = 8;

function ofView(view: View, user_id: string): RawBuilder<SqlBool> {
    if (view === 'waiting') return sql`conversation.waiting_since is not null`;
    if (view === 'mine') return sql`conversation.assignee_user = ${user_id} and conversation.status != 'closed'`;
    if (view === 'open') return sql`conversation.status in ('open', 'waiting')`;
    return view === 'closed' ? sql`conversation.status = 'closed'` : sql`1 = 1`;
}

/** In one of the channels; what has no thread yet will be in the mirror channel. */
function inChannels({config}: Integration, channels: readonly string[]): RawBuilder<SqlBool> {
    const within = sql<SqlBool>`thread.channel_id in (${sql.join(channels)})`;
    return channels.includes(config.channel_id) ? sql`(${within} or thread.channel_id is null)` : within;
}

const withThread = (tx: Tx, integration: Integration) =>
    tx
        .selectFrom('conversation')
        .leftJoin('thread', (join) =>
            join
                .onRef('thread.integration_id', '=', 'conversation.integration_id')
                .onRef('thread.conversation_id', '=', 'conversation.conversation_id')
                .onRef('thread.number', '=', 'conversation.thread_number'),
        )
        .where('conversation.integration_id', '=', integration.id);

/** The rows lists and streams show; for the preview one look into an index each. */
export const shown = (tx: Tx, integration: Integration) =>
    withThread(tx, integration)
        .leftJoin('message', (join) =>
            join
                .onRef('message.integration_id', '=', 'conversation.integration_id')
                .onRef('message.conversation_id', '=', 'conversation.conversation_id')
                .on('message.direction', '=', 'to-mattermost')
                .on('message.message_id', '=', (eb) =>
                    eb
                        .selectFrom('message as last')
                        .select('last.message_id')
                        .whereRef('last.integration_id', '=', 'conversation.integration_id')
                        .whereRef('last.conversation_id', '=', 'conversation.conversation_id')
                        .where('last.direction', '=', 'to-mattermost')
                        .where('last.state', '=', 'posted')
                        .where('last.excerpt', '!=', '')
                        .orderBy('last.created_at', 'desc')
                        .orderBy('last.message_id', 'desc')
                        .limit(1),
                ),
        )
        .select(['conversation.conversation_id', 'conversation.facts', 'conversation.waiting_since', 'conversation.activity_at'])
        .select(['conversation.updated_at', 'thread.channel_id', 'thread.root_id'])
        .select(['message.author as said_by', 'message.excerpt as said', 'message.created_at as said_at']);

export type Asked = {view: View; user_id: string; channels: readonly string[]; search: string; limit: number; after: Place | null};

/** One page, and whether there is another. Longest waiting first; other views by what happened last. */
export async function pageOf(
    tx: Tx,
    integration: Integration,
    {view, user_id, channels, search, limit, after}: Asked,
): Promise<{rows: ListRow[]; more: boolean}> {
    if (channels.length === 0) return {rows: [], more: false};
    const waiting = view === 'waiting';
    const time = waiting ? ('conversation.waiting_since' as const) : ('conversation.activity_at' as const);
    let query = shown(tx, integration).where(inChannels(integration, channels)).where(ofView(view, user_id));
    for (const word of wordsOf(search)) query = query.where(sql<SqlBool>`conversation.search like ${`%${literally(word)}%`} escape '!'`);
    if (after) {
        query = query.where((where) =>
            where.or([
                where(time, waiting ? '>' : '<', after.at),
                where.and([where(time, '=', after.at), where('conversation.conversation_id', '>', after.id)]),
            ]),
        );
    }
    const rows = await query
        .orderBy(time, waiting ? 'asc' : 'desc')
        .orderBy('conversation.conversation_id')
        .limit(limit + 1)
        .execute();
    return {rows: rows.slice(0, limit), more: rows.length > limit};
}

export const placeOf = (view: View, row: ListRow): Place => ({
    at: (view === 'waiting' ? row.waiting_since : row.activity_at) ?? 0,
    id: row.conversation_id,
});

/** Words as the `search` column has them: lower-cased, and a NUL is in no text of either database. */
const wordsOf = (search: string): string[] => search.toLowerCase().replaceAll('\0', '').split(/\s+/u).filter(Boolean).slice(0, MOST_WORDS);

const literally = (word: string): string => word.replace(/[!%_]/g, (sign) => `!${sign}`);

export type Counts = Record<'waiting' | 'mine' | 'open' | 'closed', number>;

export async function countsOf(tx: Tx, integration: Integration, user_id: string, channels: readonly string[]): Promise<Counts> {
    const counts: Counts = {waiting: 0, mine: 0, open: 0, closed: 0};
    if (channels.length === 0) return counts;
    for (const view of ['waiting', 'mine', 'open', 'closed'] as const) {
        const some = withThread(tx, integration)
            .where(inChannels(integration, channels))
            .where(ofView(view, user_id))
            .select('conversation.conversation_id')
            .limit(MOST_COUNTED);
        const row = await tx
            .selectFrom(some.as('some'))
            .select((eb) => eb.fn.countAll().as('count'))
            .executeTakeFirst();
        counts[view] = Number(row?.count ?? 0);
    }
    return counts;
}

/** Other conversations of the same visitor, by id or e-mail address, newest first. */
export async function earlierOf(
    tx: Tx,
    integration: Integration,
    {conversation_id, visitor}: {conversation_id: string; visitor: {id?: string | undefined; email?: string | undefined}},
    channels: readonly string[],
    most: number,
) {
    const {id, email} = visitor;
    if ((!id && !email) || channels.length === 0) return [];
    return withThread(tx, integration)
        .select(['conversation.conversation_id', 'conversation.facts', 'thread.channel_id', 'thread.root_id'])
        .where((where) =>
            where.or([
                ...(id ? [where('conversation.visitor_id', '=', id)] : []),
                ...(email ? [where('conversation.visitor_email', '=', email.toLowerCase())] : []),
            ]),
        )
        .where('conversation.conversation_id', '!=', conversation_id)
        .where(inChannels(integration, channels))
        .orderBy('conversation.created_at', 'desc')
        .orderBy('conversation.conversation_id')
        .limit(most)
        .execute();
}
