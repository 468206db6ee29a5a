/** What becomes of a post in a mirrored thread: for the visitor, a note, or a question first. Pure. */
import type {IntegrationConfig} from '../integration.ts';

/** How its author meant it, where the side panel says so in the post's props; anybody may say so of a post of their own. */
export type Intent = 'reply' | 'note' | null;

export type Verdict =
    | {kind: 'send'; text: string}
    | {kind: 'ask'; why: 'mentions' | 'pattern'; text: string}
    | {kind: 'note'}
    /** `explicit` policy: not marked for the visitor. */
    | {kind: 'unmarked'};

/** Bold, quoted or indented, or with characters nobody sees: what its author takes for a note is one. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const BEFORE = /^[\s*_~>`]*/u;
const NOTE = /^(?:[/\uff0f]{2}|(?:note|notitie|notiz)[\s*_~`]*[:\uff1a])/iu;
const FOR_VISITOR = /^\s*>>[^\S\n]?/u;

export const isNote = (text: string): boolean => NOTE.test(text.replace(UNSEEN, '').replace(BEFORE, ''));

/** What its author chose for this very post: nothing, "Reply to visitor", or "Send" after having been asked. */
export type Choice = 'none' | 'explicit' | 'confirmed';

/**
 * @param colleagues whether the text mentions a member of the channel, or the whole channel
 */
export function judge(
    text: string,
    {
        intent,
        colleagues,
        choice = 'none',
        config,
    }: {
        intent: Intent;
        colleagues: boolean;
        choice?: Choice;
        config: Pick<IntegrationConfig, 'reply_policy' | 'guard_patterns'>;
    },
): Verdict {
    // However it was sent: what says that it is a note never leaves.
    if (intent === 'note' || isNote(text)) return {kind: 'note'};
    const marked = FOR_VISITOR.test(text);
    const said = marked ? text.replace(FOR_VISITOR, '') : text;
    if (isNote(said)) return {kind: 'note'};
    const chosen = marked || choice !== 'none' || intent === 'reply';
    if (choice === 'confirmed') return {kind: 'send', text: said};
    if (config.reply_policy === 'explicit') return chosen ? {kind: 'send', text: said} : {kind: 'unmarked'};
    if (colleagues && !chosen) return {kind: 'ask', why: 'mentions', text: said};
    if (isGuarded(said, config)) return {kind: 'ask', why: 'pattern', text: said};
    return {kind: 'send', text: said};
}

/** Whether a text holds what an admin listed as often not meant for visitors. */
export const isGuarded = (text: string, {guard_patterns}: Pick<IntegrationConfig, 'guard_patterns'>): boolean =>
    guard_patterns.some((source) => new RegExp(source, 'iu').test(text));

/** Names after an `@` outside code, lower-cased; a trailing dot or dash may belong to the sentence, so both readings are given. */
export function mentionedNames(text: string): string[] {
    const spoken = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, ' ');
    const names = new Set<string>();
    for (const [, name = ''] of spoken.matchAll(/(?<![\w@.-])@([a-z0-9][a-z0-9._-]{0,63})/gi)) {
        names.add(name.toLowerCase());
        names.add(name.toLowerCase().replace(/[._-]+$/, ''));
        if (names.size >= 100) break;
    }
    return [...names];
}

/** These ping the whole channel. */
export const CHANNEL_WIDE: readonly string[] = ['channel', 'all', 'here'];
