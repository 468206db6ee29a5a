/** Operations of the agent API that look: who I am, lists, one conversation, the stream. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {Database} from '../store/open.ts';
import type {Access} from './access.ts';
import type {Authenticate} from './authenticate.ts';
import {ConversationDetail, ConversationList, instant, Me} from './contract.ts';
import {readCursor, VIEWS, type View, writeCursor} from './cursor.ts';
import type {Detail} from './detail.ts';
import {countsOf, pageOf, placeOf} from './list.ts';
import {agentOperation} from './operation.ts';
import type {AgentSessions} from './sessions.ts';
import type {Streams} from './streams.ts';
import {type Links, summariesOf} from './summary.ts';

export const ConversationId = z.object({conversation_id: z.string().min(1).max(128)});
const RootId = z.object({root_id: z.string().regex(/^[a-z0-9]{26}$/)});

const ListQuery = z.object({
    view: z.enum(VIEWS).default('open').meta({description: 'waiting: longest waiting first; the others: what happened last first.'}),
    search: z.string().max(200).default('').meta({description: 'Every word must be in name, address, topic, page title, id or booking.'}),
    limit: z.coerce.number().int().min(1).max(100).default(50).meta({type: 'integer', minimum: 1, maximum: 100}),
    cursor: z.string().max(400).optional().meta({description: 'next_cursor of the page before; of the same view.'}),
});

export type ReadOptions = {
    authenticate: Authenticate;
    database: Database;
    access: Access;
    sessions: AgentSessions;
    detail: Detail;
    links: Links;
    streams: Streams;
};

export function readOperations({authenticate, database, access, sessions, detail, links, streams}: ReadOptions): Operation[] {
    return [
        agentOperation(authenticate, {
            method: 'get',
            path: '/v1/agent/me',
            operationId: 'getMe',
            summary: 'Who I am, and what the integration wants of a panel',
            answers: {200: {description: 'The session’s person and integration.', schema: Me}},
            refusals: [],
            async handle({integration, person, session}) {
                const {id, name, licence, environment, state, config} = integration;
                const {language, reply_policy, panel_undo_seconds, callback_url, conversation_link} = config;
                const about = {id, name, licence, environment, language, state, reply_policy, panel_undo_seconds};
                const body: z.infer<typeof Me> = {
                    user: {user_id: person.user_id, username: person.username, name: person.name},
                    integration: {...about, callback_set: callback_url !== ''},
                    expires_at: instant(session.expires_at),
                    conversation_link,
                };
                return {status: 200, body};
            },
        }),
        agentOperation(authenticate, {
            method: 'delete',
            path: '/v1/agent/session',
            operationId: 'endSession',
            summary: 'Ends this session; its bearer is worth nothing from then on',
            answers: {204: {description: 'Ended.'}},
            refusals: [],
            async handle({token}) {
                await sessions.revoke({token});
                streams.endSession(token, 'session_ended');
                return {status: 204, body: undefined};
            },
        }),
        agentOperation(authenticate, {
            method: 'get',
            path: '/v1/agent/conversations',
            operationId: 'listConversations',
            summary: 'Conversations in the channels I am a member of',
            query: ListQuery,
            answers: {200: {description: 'One page.', schema: ConversationList}},
            refusals: [],
            async handle({integration, person: {user_id}}, {query}) {
                const {view, search, limit, cursor} = query as z.infer<typeof ListQuery>;
                const after = cursor === undefined ? null : readCursor(view as View, cursor);
                const channels = await access.channels(integration, user_id);
                const {read} = database;
                const {rows, more} = await pageOf(read, integration, {view, user_id, channels, search, limit, after});
                const last = rows.at(-1);
                const body: z.infer<typeof ConversationList> = {
                    items: await summariesOf(read, integration, links, rows),
                    next_cursor: more && last ? writeCursor(view, placeOf(view, last)) : null,
                    counts: await countsOf(read, integration, user_id, channels),
                };
                return {status: 200, body};
            },
        }),
        agentOperation(authenticate, {
            method: 'get',
            path: '/v1/agent/conversations/{conversation_id}',
            operationId: 'getConversation',
            summary: 'One conversation, with the state of every reply',
            params: ConversationId,
            answers: {200: {description: 'All there is to show.', schema: ConversationDetail}},
            refusals: ['unknown_conversation'],
            async handle({integration, person}, {params}) {
                return {status: 200, body: await detail(integration, person, String(params.conversation_id))};
            },
        }),
        agentOperation(authenticate, {
            method: 'get',
            path: '/v1/agent/threads/{root_id}',
            operationId: 'getConversationOfThread',
            summary: 'The conversation of a thread, by its root post',
            params: RootId,
            answers: {200: {description: 'All there is to show.', schema: ConversationDetail}},
            refusals: ['unknown_conversation'],
            async handle({integration, person}, {params}) {
                const thread = await database.read
                    .selectFrom('thread')
                    .select('conversation_id')
                    .where('root_id', '=', String(params.root_id))
                    .where('integration_id', '=', integration.id)
                    .executeTakeFirst();
                if (!thread) throw new BridgeError('unknown_conversation', 'no conversation of that thread is known here');
                return {status: 200, body: await detail(integration, person, thread.conversation_id)};
            },
        }),
        agentOperation(authenticate, {
            method: 'get',
            path: '/v1/agent/stream',
            operationId: 'streamChanges',
            summary: 'Changes as they happen, as Server-Sent Events',
            description:
                'Events: hello, conversation (a ConversationSummary), gone, typing, reset (load the list again), bye (with reason; connect again ' +
                'unless the session is over). Send the last id back as Last-Event-ID to miss nothing. Ends with the session.',
            headers: z.object({'last-event-id': z.string().optional()}),
            answers: {200: {description: 'The stream.', schema: z.string(), contentType: 'text/event-stream'}},
            refusals: ['overloaded'],
            async handle(caller, {headers}) {
                const last = headers['last-event-id'];
                const open = streams.admit(caller, typeof last === 'string' ? last : undefined);
                return {stream: open, headers: {'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no'}};
            },
        }),
    ];
}
