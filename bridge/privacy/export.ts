/** Everything there is of one visitor, as one document: what the bridge keeps, and the words from Mattermost, which holds them. */
import type {Post} from '@mattermost/types/posts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import type {ThreadRow} from '../store/schema.ts';
import type {People} from '../to-ireserve/people.ts';
import {type Conversation, readFacts} from '../to-mattermost/conversation.ts';
import {markOf} from '../to-mattermost/publish.ts';
import type {Session} from '../to-mattermost/session.ts';
import {notificationsNaming, waitingNotificationsNaming} from './notifications.ts';
import {conversationsIn, type Scope} from './scope.ts';

export type Exporting = {
    database: Database;
    servers: Servers;
    session: (client: MattermostClient) => Promise<Session>;
    box: Pick<SecretBox, 'fingerprint'>;
    people: Pick<People, 'find'>;
    now: () => number;
};

export type ExportedPost = {
    post_id: string;
    at: string;
    edited_at: string | null;
    by: {kind: 'visitor' | 'agent' | 'bot' | 'bridge'; name: string};
    text: string;
    files: {file_id: string; name: string; mime_type: string; size: number}[];
};

export type ExportedVisitor = {
    integration: {name: string; licence: string; environment: string};
    exported_at: string;
    conversations: {
        conversation_id: string;
        facts: Omit<Conversation, 'stamps'>;
        threads: {channel_id: string; root_id: string; posts: ExportedPost[]; unreadable: string | null}[];
        events: {event_id: string; direction: string; type: string; state: string; at: string}[];
        log: {at: string; code: string; detail: string}[];
    }[];
    /** Standalone notifications that name an address of the visitor: what erasing would delete. */
    notifications: {channel_id: string; post_id: string; at: string; text: string}[];
    /** Those that wait, or were given up. */
    waiting_notifications: {event_id: string; state: string; at: string; event: unknown}[];
    /** Channels where notifications could not be looked for, or not in all of it. */
    unread: {channel_id: string; why: string}[];
};

/** @throws MattermostError when the server can't be asked now */
export async function exportVisitor(exporting: Exporting, integration: Integration, scope: Scope): Promise<ExportedVisitor> {
    const {database, servers, now} = exporting;
    const {name, licence, environment, config, secrets} = integration;
    const client = servers.client(config.server_url, secrets.bot_token);
    const {conversation_ids, emails} = await conversationsIn(database, integration.id, scope);
    const conversations: ExportedVisitor['conversations'] = [];
    for (const conversation_id of conversation_ids) conversations.push(await exportOne(exporting, integration, client, conversation_id));
    return {
        integration: {name, licence, environment},
        exported_at: iso(now()),
        conversations,
        ...(await exportNotifications(exporting, integration, client, emails)),
    };
}

async function exportNotifications(
    {database, session, box}: Exporting,
    integration: Integration,
    client: MattermostClient,
    emails: string[],
): Promise<Pick<ExportedVisitor, 'notifications' | 'waiting_notifications' | 'unread'>> {
    const posts = new Map<string, Post>();
    const waiting = new Map<string, ExportedVisitor['waiting_notifications'][number]>();
    const unread = new Map<string, string>();
    if (emails.length === 0) return {notifications: [], waiting_notifications: [], unread: []};
    const {botId} = await session(client);
    for (const email of emails) {
        const found = await notificationsNaming({database, box, client, botId}, integration, email);
        for (const post of found.posts) posts.set(post.id, post);
        for (const {channel_id, why} of found.unread) unread.set(channel_id, why);
        for (const {source_id: event_id, state, received_at, event} of await waitingNotificationsNaming(database, integration.id, email))
            waiting.set(event_id, {event_id, state, at: iso(received_at), event});
    }
    return {
        notifications: [...posts.values()]
            .sort((a, b) => a.create_at - b.create_at)
            .map(({channel_id, id, create_at, message}) => ({channel_id, post_id: id, at: iso(create_at), text: message})),
        waiting_notifications: [...waiting.values()],
        unread: [...unread].map(([channel_id, why]) => ({channel_id, why})),
    };
}

async function exportOne(exporting: Exporting, {id}: Integration, client: MattermostClient, conversation_id: string) {
    const {read} = exporting.database;
    const row = await read
        .selectFrom('conversation')
        .select('facts')
        .where('integration_id', '=', id)
        .where('conversation_id', '=', conversation_id)
        .executeTakeFirstOrThrow();
    const {stamps: _, ...facts} = readFacts(row.facts);
    const threads = await read
        .selectFrom('thread')
        .selectAll()
        .where('integration_id', '=', id)
        .where('conversation_id', '=', conversation_id)
        .orderBy('number')
        .execute();
    const events = await read
        .selectFrom('delivery')
        .select(['source_id', 'direction', 'type', 'state', 'received_at'])
        .where('integration_id', '=', id)
        .where('conversation_id', '=', conversation_id)
        .orderBy('seq')
        .execute();
    const log = await read
        .selectFrom('log')
        .select(['at', 'code', 'detail'])
        .where('integration_id', '=', id)
        .where('conversation_id', '=', conversation_id)
        .orderBy('id')
        .execute();
    const exported = [];
    for (const thread of threads) exported.push(await exportThread(exporting, client, thread));
    return {
        conversation_id,
        facts,
        threads: exported,
        events: events.map(({source_id, received_at, ...event}) => ({event_id: source_id, ...event, at: iso(received_at)})),
        log: log.map(({at, ...entry}) => ({at: iso(at), ...entry})),
    };
}

async function exportThread({people}: Exporting, client: MattermostClient, {channel_id, root_id}: ThreadRow) {
    let posts: Post[];
    try {
        const list = await client.getPaginatedPostThread(root_id, {fetchAll: true});
        posts = Object.values(list.posts).filter(({delete_at}) => delete_at === 0);
    } catch (error) {
        if (!(error instanceof MattermostError) || error.kind !== 'refused' || error.status === 401) throw error;
        // Deleted, or the bot is not in the channel any more: what is left is still worth having.
        return {channel_id, root_id, posts: [], unreadable: error.message};
    }
    const exported: ExportedPost[] = [];
    for (const post of posts.sort((a, b) => a.create_at - b.create_at)) {
        exported.push({
            post_id: post.id,
            at: iso(post.create_at),
            edited_at: post.edit_at > 0 ? iso(post.edit_at) : null,
            by: await authorOf(people, client, post),
            text: post.message,
            files: (post.metadata?.files ?? []).map(({id, name, mime_type, size}) => ({file_id: id, name, mime_type, size})),
        });
    }
    return {channel_id, root_id, posts: exported, unreadable: null};
}

async function authorOf(people: Pick<People, 'find'>, client: MattermostClient, post: Post): Promise<ExportedPost['by']> {
    const mark = markOf(post);
    // The name stands in the message itself.
    if (mark) return {kind: mark.author ?? 'bridge', name: ''};
    const person = await people.find(client, post.user_id);
    return {kind: 'agent', name: person?.name ?? ''};
}

const iso = (at: number): string => new Date(at).toISOString();
