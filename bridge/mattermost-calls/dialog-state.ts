/**
 * What a dialog carries through the browser and back. Anybody may submit a dialog that was never opened, with any `state` (mattermost-server.md 3):
 * only what carries our signature counts, and only from the person, about the conversation and within the time it was made for.
 */
import {randomUUID} from 'node:crypto';
import {z} from 'zod';
import type {SecretBox} from '../secrets.ts';

const DIALOG_MS = 30 * 60_000;
const LONGEST_STATE = 2000;

const DialogState = z.object({
    v: z.literal(1),
    integration: z.string(),
    conversation: z.string(),
    user: z.string(),
    /** ms since 1970. */
    expires: z.int(),
    /** Makes it one reply, however often it is submitted. */
    nonce: z.string(),
});
export type DialogState = z.infer<typeof DialogState>;

type About = Pick<DialogState, 'integration' | 'conversation' | 'user'>;

export function signDialog(box: SecretBox, about: About, now: number): string {
    const state: DialogState = {v: 1, ...about, expires: now + DIALOG_MS, nonce: randomUUID()};
    const text = Buffer.from(JSON.stringify(state)).toString('base64url');
    return `${text}.${box.sign('dialog', text)}`;
}

/** The state if we signed it for this person and it is not over. */
export function readDialog(box: SecretBox, given: unknown, user_id: string, now: number): DialogState | 'forged' | 'expired' {
    if (typeof given !== 'string' || given.length > LONGEST_STATE) return 'forged';
    const [text = '', mac = ''] = given.split('.', 2);
    if (!box.verify('dialog', text, mac) || given !== `${text}.${mac}`) return 'forged';
    // Ours, so it is JSON of this shape; another version of the bridge may have had another.
    const state = DialogState.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (!state.success || state.data.user !== user_id) return 'forged';
    return state.data.expires < now ? 'expired' : state.data;
}
