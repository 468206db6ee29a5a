/** What becomes of a post in a mirrored thread: for the visitor, a note, or a question first. Pure. */
import type {IntegrationConfig} from '../integration.ts';
import {matchAny} from '../text/linear-pattern.ts';

/** How its author meant it, where the side panel says so in the post's props; anybody may say so of a post of their own. */
export type Intent = 'reply' | 'note' | null;

/**
 * Its author is asked first.
 *
 * - unjudged: it could not be matched with what an admin listed
 * - unheard: it was edited before the bridge heard of it, and may have been a note until then
 */
export type Ask = {kind: 'ask'; why: 'mentions' | 'pattern' | 'unjudged' | 'unheard'; text: string};

export type Verdict =
    | {kind: 'send'; text: string}
    | Ask
    | {kind: 'note'}
    /** `explicit` policy: not marked for the visitor. */
    | {kind: 'unmarked'};

/** Bold, quoted, in a list or heading, or with characters nobody sees: what its author takes for a note is one. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const BEFORE = /^(?:[\s*_~>`#+•-]|\d{1,9}[.)](?=\s)|\[[ xX]?\](?=\s))*/u;
const NOTE = /^(?:[/\uff0f]{2}|(?:note|notitie|notiz)[\s*_~`]*[:\uff1a])/iu;
const FOR_VISITOR = /^\s*>>[^\S\n]?/u;

export const isNote = (text: string): boolean => NOTE.test(text.replace(UNSEEN, '').replace(BEFORE, ''));

/** Whether a visitor would see nothing of it. */
export const isBlank = (text: string): boolean => text.replace(UNSEEN, '').trim() === '';

/** What its author chose for this very post: nothing, "Reply to visitor", or "Send" after having been asked. */
export type Choice = 'none' | 'explicit' | 'confirmed';

/** What a post was when it was written: `same` if it was never edited. */
export type Written = 'same' | 'note' | 'answer' | 'unknown';

type About = {
    intent: Intent;
    colleagues: boolean;
    choice?: Choice;
    config: Pick<IntegrationConfig, 'reply_policy' | 'guard_patterns'>;
};

/**
 * Decides what becomes of a text. What was a note when it was written never leaves by an edit, only by a person's choice: so where nobody
 * knows what it was, its author is asked.
 *
 * @param colleagues whether the text mentions a member of the channel, a group, or the whole channel, or may do so
 */
export function judge(text: string, {written = 'same', ...about}: About & {written?: Written}): Verdict {
    const verdict = judgeWords(text, about);
    if ((about.choice ?? 'none') !== 'none') return verdict;
    if (written === 'note') return {kind: 'note'};
    return written === 'unknown' && 'text' in verdict ? {kind: 'ask', why: 'unheard', text: verdict.text} : verdict;
}

function judgeWords(text: string, {intent, colleagues, choice = 'none', config}: About): Verdict {
    // However it was sent: what says that it is a note never leaves.
    if (intent === 'note' || isNote(text)) return {kind: 'note'};
    const marked = FOR_VISITOR.test(text);
    const said = marked ? text.replace(FOR_VISITOR, '') : text;
    if (isNote(said)) return {kind: 'note'};
    const chosen = marked || choice !== 'none' || intent === 'reply';
    if (choice === 'confirmed') return {kind: 'send', text: said};
    if (config.reply_policy === 'explicit') return chosen ? {kind: 'send', text: said} : {kind: 'unmarked'};
    if (colleagues && !chosen) return {kind: 'ask', why: 'mentions', text: said};
    const why = guardOf(said, config);
    return why ? {kind: 'ask', why, text: said} : {kind: 'send', text: said};
}

/** Why a text is asked about whatever its author chose: it matches what an admin listed, or can't be matched with it. */
export function guardOf(text: string, {guard_patterns}: Pick<IntegrationConfig, 'guard_patterns'>): 'pattern' | 'unjudged' | null {
    const found = matchAny(text, guard_patterns);
    return found === 'match' ? 'pattern' : found === 'unknown' ? 'unjudged' : null;
}
