/** Which conversation a sub-command is about: the one named, the one of the thread it runs in, or the only one the caller has. */
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Known} from '../store/records.ts';
import {type Listed, linesOf, listConversations} from './conversations.ts';
import {type Desk, Told} from './desk.ts';
import {conversationOfRoot} from './thread-root.ts';
import {callWords, type SubCommand} from './words.ts';

export type Asked = {
    integration: Integration;
    user_id: string;
    /** Channels of the integration the caller is a member of. */
    channels: readonly string[];
    /** '' outside threads; undefined on servers that do not tell it. */
    root_id: string | undefined;
    sub: SubCommand;
    /** What follows the sub-command. */
    rest: string;
};

export type Found = {conversation_id: string; known: Known; rest: string};

/** What may follow the conversation; without it a word that is no conversation is a mistake, and nothing is guessed. */
const TAKES_TEXT: readonly SubCommand[] = ['close', 'reply', 'note', 'transfer'];
const MOST_CANDIDATES = 5;

/**
 * A name with `#` says it clearly, and counts even in another conversation's thread. A bare first word counts only outside threads: within one
 * it is the first word of what is said.
 *
 * @throws BridgeError unknown_conversation. @throws Told when it can't be told: with the candidates
 */
export async function whichConversation(desk: Desk, asked: Asked): Promise<Found> {
    const {integration, user_id, root_id, sub, rest} = asked;
    const [, first = '', after = ''] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
    const takesText = TAKES_TEXT.includes(sub);
    const find = (conversation_id: string): Promise<Known | null> =>
        desk.access.conversation(integration, user_id, conversation_id).catch((error: unknown) => {
            if (error instanceof BridgeError && error.code === 'unknown_conversation') return null;
            throw error;
        });
    const named = first.replace(/^#/, '');
    const isMarked = named !== first;
    if (isMarked && named) {
        const known = await find(named);
        if (known) return {conversation_id: named, known, rest: after};
    }
    const here = root_id ? await conversationOfRoot(desk, integration, root_id) : null;
    if (here) {
        const known = await desk.access.conversation(integration, user_id, here);
        if (first && !takesText) throw new BridgeError('unknown_conversation', 'no such conversation');
        return {conversation_id: here, known, rest};
    }
    if (isMarked) throw new BridgeError('unknown_conversation', 'no such conversation');
    if (named) {
        const known = await find(named);
        if (known) return {conversation_id: named, known, rest: after};
        if (!takesText) throw new BridgeError('unknown_conversation', 'no such conversation');
    }
    const candidates = await candidatesOf(desk, asked);
    const [only] = candidates;
    // It may run in another one's thread, and we are not told: what reaches a visitor must not go by a guess.
    const mayGuess = GUESSED.includes(sub) && (root_id !== undefined || !REACHES_VISITOR.includes(sub));
    if (!only || candidates.length > 1 || !mayGuess) throw await notSaid(desk, asked, candidates);
    const conversation_id = only.facts.conversation_id;
    return {conversation_id, known: await desk.access.conversation(integration, user_id, conversation_id), rest};
}

/** What one has can be told without a name. What one would take or bring back can't. */
const GUESSED: readonly SubCommand[] = ['status', 'release', 'transfer', 'close', 'reply', 'note', 'retry'];

const REACHES_VISITOR: readonly SubCommand[] = ['reply', 'close', 'transfer'];

const candidatesOf = (desk: Desk, {integration, user_id, channels, sub}: Asked): Promise<Listed[]> =>
    listConversations(
        desk,
        integration,
        channels,
        sub === 'claim' ? {assignee: null} : sub === 'reopen' ? {closed: true} : {assignee: user_id},
        MOST_CANDIDATES,
    );

async function notSaid(desk: Desk, {integration, channels, sub}: Asked, candidates: readonly Listed[]): Promise<Told> {
    const words = callWords(integration.config.language);
    // Who has none may still answer one.
    const shown =
        candidates.length > 0
            ? candidates
            : await listConversations(desk, integration, channels, {closed: sub === 'reopen'}, MOST_CANDIDATES);
    return new Told(`${words.which(`/ireserve ${sub} #id`)}\n${(await linesOf(desk, integration, shown)) || words.none}`);
}
