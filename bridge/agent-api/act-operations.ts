/** Operations of the agent API that do something: replies, actions, typing. Every one asks first whether the conversation is the caller's to see. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {MattermostClient} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import {findReplyByPost} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import type {Actions} from '../to-ireserve/actions.ts';
import {type ActionName, type Perform, replyActions} from '../to-ireserve/catalogue.ts';
import type {People} from '../to-ireserve/people.ts';
import type {Speaker} from '../to-ireserve/queue.ts';
import {LONGEST_SAID} from '../to-ireserve/saying.ts';
import type {Take} from '../to-ireserve/take.ts';
import type {Typing} from '../to-ireserve/typing.ts';
import {readPost} from '../to-ireserve/visit.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {Access} from './access.ts';
import {ACTIONS, ActionBody, createAct, MOST_ACTION_REFUSALS} from './actions.ts';
import type {Authenticate} from './authenticate.ts';
import {ConversationDetail, ReplyTaken} from './contract.ts';
import type {Detail} from './detail.ts';
import {agentOperation, bodyOf} from './operation.ts';
import {ConversationId} from './read-operations.ts';
import {replyShown, takeBack} from './replies.ts';

const PostReply = z
    .object({post_id: z.string().regex(/^[a-z0-9]{26}$/)})
    .strict()
    .meta({id: 'RelayPost', description: 'Relay this post of the thread now, whatever the reply policy.'});
const TextReply = z
    .object({
        text: z.string().max(LONGEST_SAID),
        hold_seconds: z.int().min(0).max(60).optional().meta({description: 'How long it may be taken back; default: panel_undo_seconds.'}),
        confirmed: z.boolean().default(false).meta({description: 'Send it although it holds what often is not meant for visitors.'}),
        client_id: z.string().min(1).max(100).optional().meta({description: 'Makes a repeat the same reply.'}),
    })
    .strict()
    .meta({id: 'SayText', description: 'For clients that can’t post: the bot says it in the thread, in the caller’s name.'});
const ReplyBody = z.union([PostReply, TextReply]);

export type ActOptions = {
    authenticate: Authenticate;
    database: Database;
    access: Access;
    people: People;
    actions: Actions;
    perform: Perform;
    take: Take;
    typing: Typing;
    detail: Detail;
    client: (integration: Integration) => MattermostClient;
    onStored: (integration: Integration) => void;
    now: () => number;
};

export function actOperations(options: ActOptions): Operation[] {
    const {authenticate, database, access, actions, take, typing, detail, client, onStored, now} = options;
    const act = createAct(options);
    const path = '/v1/agent/conversations/{conversation_id}';

    const outcomeOf = async (reply: ReplyRow) => ({outcome: reply.state, reply: await replyShown(database.read, reply, now())});

    async function relayPost(integration: Integration, conversation_id: string, post_id: string, by: Speaker) {
        if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
        const post = await readPost(client(integration), post_id);
        const thread = post?.root_id
            ? await database.read
                  .selectFrom('thread')
                  .select('number')
                  .where('integration_id', '=', integration.id)
                  .where('conversation_id', '=', conversation_id)
                  .where('root_id', '=', post.root_id)
                  .executeTakeFirst()
            : undefined;
        if (!thread) throw new BridgeError('unknown_post', 'no such post is in a thread of this conversation');
        const held = await findReplyByPost(database.read, integration.id, post_id);
        if (held && replyActions(held).includes('send')) {
            await options.perform('send', {integration, conversation_id, by, input: {reply: held}});
            return outcomeOf((await findReplyByPost(database.read, integration.id, post_id)) ?? held);
        }
        const taken = await take.take(integration, post_id, {choice: 'explicit'});
        const reply = await findReplyByPost(database.read, integration.id, post_id);
        // Another ear may have been first: what counts is where the reply stands.
        return reply ? outcomeOf(reply) : {outcome: taken.at(-1)?.did ?? 'unknown_post', reply: null};
    }

    return [
        agentOperation(authenticate, {
            method: 'post',
            path: `${path}/replies`,
            operationId: 'reply',
            summary: 'Answer the visitor, with a post of the thread or with text',
            params: ConversationId,
            body: ReplyBody,
            answers: {200: {description: 'What came of it.', schema: ReplyTaken}},
            refusals: [
                'unknown_conversation',
                'unknown_post',
                'not_sent',
                'nothing_asked',
                'callback_not_set',
                'conversation_closed',
                'empty_reply',
                'is_a_note',
                'needs_confirmation',
            ],
            async handle({integration, person}, input) {
                const conversation_id = String(input.params.conversation_id);
                const {facts} = await access.conversation(integration, person.user_id, conversation_id);
                const body = await bodyOf(input, ReplyBody);
                if ('post_id' in body) return {status: 200, body: await relayPost(integration, conversation_id, body.post_id, person)};
                const {text, hold_seconds = integration.config.panel_undo_seconds, client_id, confirmed} = body;
                if (stateOf(facts).status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
                const again = client_id ? {id: idOf(person.user_id, conversation_id, client_id)} : {};
                const reply = await actions.reply(integration, conversation_id, person, text, {
                    holdMs: hold_seconds * 1000,
                    confirmed,
                    ...again,
                });
                return {status: 200, body: await outcomeOf(reply)};
            },
        }),
        agentOperation(authenticate, {
            method: 'delete',
            path: `${path}/replies/{reply_id}`,
            operationId: 'takeReplyBack',
            summary: 'Take a reply back that was sent as text and is held still',
            params: ConversationId.extend({reply_id: z.string().min(1).max(128)}),
            answers: {200: {description: 'Taken back; nothing of it leaves.', schema: ReplyTaken}},
            refusals: ['unknown_conversation', 'unknown_reply', 'not_held'],
            async handle({integration, person}, {params}) {
                const conversation_id = String(params.conversation_id);
                await access.conversation(integration, person.user_id, conversation_id);
                const reply = await takeBack(database, integration, conversation_id, String(params.reply_id), now);
                onStored(integration);
                return {status: 200, body: await outcomeOf(reply)};
            },
        }),
        agentOperation(authenticate, {
            method: 'post',
            path: `${path}/actions/{action}`,
            operationId: 'act',
            summary: 'Do something with a conversation, or with one reply of it',
            params: ConversationId.extend({action: z.enum(ACTIONS)}),
            body: ActionBody,
            answers: {200: {description: 'The conversation as it is then.', schema: ConversationDetail}},
            refusals: ['unknown_conversation', ...MOST_ACTION_REFUSALS],
            async handle({integration, person}, input) {
                const conversation_id = String(input.params.conversation_id);
                const known = await access.conversation(integration, person.user_id, conversation_id);
                const body = await bodyOf(input, ActionBody);
                const channel_id = known.thread?.channel_id ?? integration.config.channel_id;
                await act(input.params.action as ActionName, {integration, person, conversation_id, channel_id, body});
                return {status: 200, body: await detail(integration, person, conversation_id)};
            },
        }),
        agentOperation(authenticate, {
            method: 'post',
            path: `${path}/typing`,
            operationId: 'sayTyping',
            summary: 'I am typing',
            params: ConversationId,
            answers: {204: {description: 'Told, unless it was told a moment ago.'}},
            refusals: ['unknown_conversation'],
            async handle({integration, person}, {params}) {
                const conversation_id = String(params.conversation_id);
                await access.conversation(integration, person.user_id, conversation_id);
                typing.said(integration, conversation_id, person);
                return {status: 204, body: undefined};
            },
        }),
    ];
}

/** One person's repeat in one conversation, and nobody else's. */
const idOf = (user_id: string, conversation_id: string, client_id: string): string =>
    `said-${sha256(JSON.stringify([user_id, conversation_id, client_id])).slice(0, 40)}`;
