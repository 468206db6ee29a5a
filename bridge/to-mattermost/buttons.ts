/**
 * Buttons under the bridge's posts, and what a press of one brings back.
 *
 * Any user may post a button of their own with our address and any `context`, and Mattermost's call looks genuine (mattermost-server.md 3): only
 * what carries our signature counts, and only for the conversation, the channel and the time it was made for.
 */
import {z} from 'zod';
import type {SecretBox} from '../secrets.ts';

export const BUTTONS = ['claim', 'release', 'close', 'reopen', 'reply', 'send', 'keep', 'retry', 'discard'] as const;
export type Button = (typeof BUTTONS)[number];

/** As Mattermost wants it in `props.attachments`. */
export type ButtonRow = {
    fallback: string;
    actions: {id: string; name: string; type: 'button'; style: string; integration: {url: string; context: ButtonContext}}[];
};

export const ButtonContext = z.object({
    v: z.literal(1),
    action: z.enum(BUTTONS),
    integration: z.string().max(64),
    conversation: z.string().max(128),
    channel: z.string().max(64),
    /** The reply a question or hint is about. */
    reply: z.string().max(128).optional(),
    /** ms since 1970. */
    expires: z.int(),
    mac: z.string().max(64),
});
export type ButtonContext = z.infer<typeof ButtonContext>;

/** Where Mattermost sends presses. */
export const ACTIONS_PATH = '/v1/mattermost/actions';

/** A card is patched, and its buttons signed anew, whenever it changes. */
const CARD_BUTTON_MS = 90 * 24 * 3_600_000;

const signed = ({mac: _, ...context}: Omit<ButtonContext, 'mac'> & {mac?: string}): string =>
    JSON.stringify([
        context.v,
        context.action,
        context.integration,
        context.conversation,
        context.channel,
        context.reply ?? '',
        context.expires,
    ]);

export type Buttons = {
    box: SecretBox;
    publicUrl: () => string;
    now: () => number;
};

type About = {integration: string; conversation: string; channel: string; reply?: string};

/** One row of buttons; the first is the one most people want. */
export function buttonRow(
    {box, publicUrl, now}: Buttons,
    about: About,
    buttons: readonly {action: Button; name: string}[],
    expires = now() + CARD_BUTTON_MS,
): ButtonRow {
    return {
        fallback: '',
        actions: buttons.map(({action, name}, index) => {
            const context = {v: 1 as const, action, ...about, expires};
            return {
                id: action,
                name,
                type: 'button',
                style: index === 0 ? 'primary' : 'default',
                integration: {url: publicUrl() + ACTIONS_PATH, context: {...context, mac: box.sign('button', signed(context))}},
            };
        }),
    };
}

/** The context of a press if we signed it and it is not over. */
export function readButton(box: SecretBox, given: unknown, now: number): ButtonContext | 'forged' | 'expired' {
    const parsed = ButtonContext.safeParse(given);
    if (!parsed.success || !box.verify('button', signed(parsed.data), parsed.data.mac)) return 'forged';
    return parsed.data.expires < now ? 'expired' : parsed.data;
}
