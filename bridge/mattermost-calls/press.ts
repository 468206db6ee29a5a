/** Buttons under the bridge's posts. Mattermost's call carries no secret: what counts is our signature in `context`, and what is asked of Mattermost itself. */
import type {Request, Response} from 'express';
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {ReplyRow} from '../store/schema.ts';
import type {Person} from '../to-ireserve/people.ts';
import {ButtonContext, readButton} from '../to-mattermost/buttons.ts';
import type {Conversation} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import {appendOwn} from '../to-mattermost/own-events.ts';
import type {Answering} from './answering.ts';
import {agentOf, type Desk, mustBeOn, speakerOf, Told} from './desk.ts';
import {openReplyDialog} from './dialog.ts';
import {findPressed} from './pressed-post.ts';
import {readCall} from './read-call.ts';
import {mustBeFree} from './sub-commands.ts';
import {type CallWords, callWords} from './words.ts';

const Press = z.object({
    user_id: z.string().regex(/^[a-z0-9]{26}$/),
    channel_id: z.string().max(64),
    post_id: z.string().regex(/^[a-z0-9]{26}$/),
    trigger_id: z.string().max(1000).default(''),
    context: z.unknown().optional(),
});
type Press = z.infer<typeof Press>;

/** Never empty: older servers show that as an error. */
type PressAnswer = Record<string, never> | {ephemeral_text: string; skip_slack_parsing: true};

const say = (text: string): PressAnswer => ({ephemeral_text: text, skip_slack_parsing: true});

export function createPressRoute(desk: Desk, answering: Answering) {
    return async (request: Request, response: Response): Promise<void> => {
        const press = Press.safeParse(await readCall(request, () => desk.onCall('button', 'malformed')));
        if (!press.success) {
            desk.onCall('button', 'malformed');
            throw new BridgeError('invalid_request', 'the call does not fit');
        }
        const context = readButton(desk.box, press.data.context, desk.now());
        const claimed = ButtonContext.safeParse(press.data.context).data?.integration ?? '';
        const integration = desk.integration(claimed) ?? desk.integrations()[0];
        const words = callWords(integration?.config.language ?? 'en');
        if (typeof context === 'string' || integration?.id !== context.integration) {
            const why = context === 'expired' ? 'expired' : 'forged';
            desk.onCall('button', why);
            response.status(200).json(say(words[why]));
            return;
        }
        const work = async (): Promise<PressAnswer> => {
            await carryOut(desk, integration, context, press.data, words);
            return {};
        };
        response.status(200).json(await answering.answer('button', press.data.user_id, words, work, say));
    };
}

/** @throws BridgeError, MattermostError, Told */
async function carryOut(desk: Desk, integration: Integration, context: ButtonContext, press: Press, words: CallWords): Promise<void> {
    mustBeOn(desk, integration);
    const {user_id, channel_id, post_id} = press;
    // All at once: on older servers a dialog must be open within three seconds.
    const [{person}, pressed] = await Promise.all([agentOf(desk, integration, user_id), findPressed(desk, integration, context, post_id)]);
    if (!pressed || (channel_id !== pressed.channel_id && channel_id !== context.channel)) throw new Told(words.forged);
    // After the post: only then a moved thread is known where it is now.
    const [{facts}, isMember] = await Promise.all([
        desk.access.conversation(integration, user_id, context.conversation),
        desk.access.isMember(integration, pressed.channel_id, user_id),
    ]);
    if (!isMember) throw new BridgeError('not_an_agent', 'not a member of the channel');
    if (pressed.reply) return carryOutReply(desk, integration, context, pressed.reply, person, words);
    return carryOutCard(desk, integration, context, {person, facts, trigger_id: press.trigger_id}, words);
}

async function carryOutCard(
    desk: Desk,
    integration: Integration,
    {action, conversation: id}: ButtonContext,
    {person, facts, trigger_id}: {person: Person; facts: Conversation; trigger_id: string},
    words: CallWords,
): Promise<void> {
    const {actions} = desk;
    const by = speakerOf(person);
    switch (action) {
        case 'claim':
            mustBeFree(facts, {integration, user_id: by.user_id}, false, words);
            await actions.claim(integration, id, by);
            break;
        case 'release':
            await actions.release(integration, id, by);
            break;
        case 'close':
            await actions.close(integration, id, by);
            break;
        case 'reopen':
            await actions.reopen(integration, id, by);
            break;
        case 'reply':
            if (stateOf(facts).status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
            if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
            await openReplyDialog(desk, integration, {trigger_id, user_id: by.user_id, facts});
            break;
    }
}

/** A question may be answered by anybody in the channel, and the thread says who did. */
async function carryOutReply(
    desk: Desk,
    integration: Integration,
    {action}: ButtonContext,
    reply: ReplyRow,
    person: Person,
    words: CallWords,
): Promise<void> {
    const {actions} = desk;
    const {reply_id} = reply;
    const by = speakerOf(person);
    switch (action) {
        case 'send': {
            if (reply.state !== 'asked') throw new BridgeError('nothing_asked', `the reply is ${reply.state}`);
            const taken = await desk.take.take(integration, reply.post_id ?? reply_id, {choice: 'confirmed'});
            if (!taken.some(({did}) => did === 'queued' || did === 'edited')) throw new Told(words.notSent);
            await sayWho(desk, integration, reply, 'sent', by);
            break;
        }
        case 'keep':
            await actions.keep(integration, reply_id);
            await sayWho(desk, integration, reply, 'kept', by);
            break;
        case 'retry':
            await actions.retry(integration, reply_id);
            break;
        case 'discard':
            await actions.discard(integration, reply_id, by);
            break;
    }
}

async function sayWho(
    {database, now, onStored}: Desk,
    integration: Integration,
    {conversation_id, reply_id, version}: ReplyRow,
    what: 'sent' | 'kept',
    by: ReturnType<typeof speakerOf>,
): Promise<void> {
    const at = now();
    const {user_id, username, name} = by;
    const line = {what, by: {user_id, username, name}};
    const event = {type: 'bridge.line' as const, timestamp: new Date(at).toISOString(), data: {conversation_id, line}};
    await database.write((tx) => appendOwn(tx, integration.id, event, `answered-question/${reply_id}/${version}`, at));
    onStored(integration);
}
