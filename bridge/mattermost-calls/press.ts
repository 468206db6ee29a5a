/** Buttons under the bridge's posts. Mattermost's call carries no secret: what counts is our signature in `context`, and what is asked of Mattermost itself. */
import type {Request, Response} from 'express';
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {ButtonContext, readButton} from '../to-mattermost/buttons.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
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
    const performing = {integration, conversation_id: context.conversation, by: speakerOf(person)};
    if (context.action === 'reply') {
        if (stateOf(facts).status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
        if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
        await openReplyDialog(desk, integration, {trigger_id: press.trigger_id, user_id, facts});
        return;
    }
    // A question is decided once: its buttons stay on screens for a moment longer.
    const isLate = (context.action === 'send' || context.action === 'keep') && pressed.reply?.state !== 'asked';
    if (isLate) throw new BridgeError('nothing_asked', `the reply is ${pressed.reply?.state}`);
    if (context.action === 'claim') mustBeFree(facts, {integration, user_id}, false, words);
    await desk.perform(context.action, {...performing, input: pressed.reply ? {reply: pressed.reply} : {}});
}
