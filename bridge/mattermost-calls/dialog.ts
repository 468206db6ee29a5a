/** The dialog behind "Reply to visitor": opened by the bot on the presser's screen, and what comes back from it. */
import type {Request, Response} from 'express';
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {MattermostError} from '../mattermost.ts';
import {findReply} from '../store/records.ts';
import {LONGEST_SAID} from '../to-ireserve/saying.ts';
import type {Conversation} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {Answering} from './answering.ts';
import {agentOf, clientOf, type Desk, mustBeOn, speakerOf, Told, visitorName} from './desk.ts';
import {type DialogState, readDialog, signDialog} from './dialog-state.ts';
import {readCall} from './read-call.ts';
import {callWords} from './words.ts';

/** Where Mattermost sends what was submitted. */
export const DIALOG_PATH = '/v1/mattermost/dialog';

/** Mattermost's own limit of a dialog's text area. */
const LONGEST_TEXT = 3000;

/** Opens it. @throws Told when Mattermost does not want it (any more). @throws MattermostError */
export async function openReplyDialog(
    desk: Desk,
    integration: Integration,
    {trigger_id, user_id, facts}: {trigger_id: string; user_id: string; facts: Conversation},
): Promise<void> {
    const {dialog, dialogTooLate} = callWords(integration.config.language);
    const about = {integration: integration.id, conversation: facts.conversation_id, user: user_id};
    const request = {
        trigger_id,
        url: desk.publicUrl() + DIALOG_PATH,
        dialog: {
            callback_id: 'ireserve_reply',
            title: dialog.title,
            introduction_text: dialog.introduction(visitorName(integration, facts.visitor.name)),
            elements: [{display_name: dialog.label, name: 'text', type: 'textarea', max_length: LONGEST_TEXT, optional: false}],
            submit_label: dialog.submit,
            notify_on_cancel: false,
            state: signDialog(desk.box, about, desk.now()),
        },
    };
    await clientOf(desk, integration)
        .openDialog(request)
        .catch((error: unknown) => {
            // The trigger lives 3 s on older servers.
            throw error instanceof MattermostError && error.kind === 'refused' ? new Told(dialogTooLate) : error;
        });
}

const Submission = z.object({
    user_id: z.string().max(64),
    state: z.unknown().optional(),
    cancelled: z.boolean().default(false),
    submission: z
        .object({text: z.string().nullish()})
        .nullish()
        .transform((given) => given?.text ?? ''),
});

/** An empty object closes the dialog; an error keeps it open, with the text in it. */
type DialogAnswer = Record<string, never> | {errors: {text: string}};

const say = (text: string): DialogAnswer => ({errors: {text}});

export function createDialogRoute(desk: Desk, answering: Answering) {
    return async (request: Request, response: Response): Promise<void> => {
        const submission = Submission.safeParse(await readCall(request, () => desk.onCall('dialog', 'malformed')));
        if (!submission.success) {
            desk.onCall('dialog', 'malformed');
            throw new BridgeError('invalid_request', 'the submission does not fit');
        }
        const {user_id, state: given, cancelled, submission: text} = submission.data;
        const state = readDialog(desk.box, given, user_id, desk.now());
        const integration = typeof state === 'object' ? desk.integration(state.integration) : undefined;
        const words = callWords((integration ?? desk.integrations()[0])?.config.language ?? 'en');
        if (typeof state === 'string' || !integration) {
            const why = state === 'expired' ? 'expired' : 'forged';
            desk.onCall('dialog', why);
            response.status(200).json(say(words[why]));
            return;
        }
        const work = async (): Promise<DialogAnswer> => {
            if (!cancelled) await reply(desk, integration, state, text);
            return {};
        };
        response.status(200).json(await answering.answer('dialog', submission.data.user_id, words, work, say));
    };
}

/** @throws BridgeError, MattermostError, Told */
async function reply(desk: Desk, integration: Integration, {conversation, user, nonce}: DialogState, text: string): Promise<void> {
    const words = callWords(integration.config.language);
    mustBeOn(desk, integration);
    if (text.length > LONGEST_SAID) throw new Told(words.tooLong(LONGEST_SAID));
    const {person} = await agentOf(desk, integration, user);
    const {facts} = await desk.access.conversation(integration, user, conversation);
    const id = `said-${nonce}`;
    const digest = desk.box.fingerprint('said', text);
    const before = await findReply(desk.database.read, integration.id, id);
    if (!before && stateOf(facts).status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
    const said = before ?? (await desk.actions.reply(integration, conversation, speakerOf(person), text, {id, digest}));
    // The first answer may have come too late; what was changed since must not be lost without a word.
    if (said.digest !== digest) throw new Told(words.saidBefore);
}
