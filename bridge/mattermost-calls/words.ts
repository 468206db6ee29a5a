/** What the bridge answers to commands, buttons and dialogs, in the language of the integration. Complete by type. */
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';
import {de} from './words-de.ts';
import {en} from './words-en.ts';
import {nl} from './words-nl.ts';

/** The sub-commands people type, in the order of the help. */
export const SUB_COMMANDS = [
    'queue',
    'status',
    'claim',
    'release',
    'transfer',
    'close',
    'reopen',
    'reply',
    'note',
    'retry',
    'help',
] as const;
export type SubCommand = (typeof SUB_COMMANDS)[number];

/** Refusals that have words of their own; any other is told as `internal`. */
export type ToldCode =
    | 'not_an_agent'
    | 'not_an_admin'
    | 'clock_skew'
    | 'unknown_conversation'
    | 'already_claimed'
    | 'not_claimed'
    | 'conversation_closed'
    | 'conversation_open'
    | 'unknown_reply'
    | 'nothing_to_retry'
    | 'nothing_to_discard'
    | 'nothing_asked'
    | 'not_sent'
    | 'empty_reply'
    | 'is_a_note'
    | 'needs_confirmation'
    | 'callback_not_set'
    | 'too_many_requests'
    | 'mattermost_unavailable'
    | 'storage_unavailable'
    | 'internal';

/** Names are tamed already, and so are addresses. */
export type CallWords = {
    /** What to set up in Mattermost: shown while somebody types the command. */
    command: {hint: string; description: string};
    help: {title: string; which: string; says: Record<SubCommand, string>};
    refusals: Record<ToldCode, string>;
    /** Mattermost answers too slowly for us to say more. */
    late: string;
    inactive: string;
    forged: string;
    expired: string;
    nonce: string;
    tooLong: (most: number) => string;
    yours: string;
    takenBy: (name: string) => string;
    whom: string;
    notAMember: string;
    /** No conversation was named; what follows are candidates. */
    which: (usage: string) => string;
    none: string;
    queue: string;
    queueEmpty: string;
    more: (count: number) => string;
    open: string;
    waits: (time: string) => string;
    units: {minute: string; hour: string; day: string};
    counts: (counts: {waiting: number; open: number; mine: number}) => string;
    failedReplies: (count: number) => string;
    done: {
        claimed: (visitor: string) => string;
        released: (visitor: string) => string;
        transferred: (visitor: string, to: string) => string;
        closed: (visitor: string) => string;
        reopened: (visitor: string) => string;
        replied: (visitor: string) => string;
        noted: (visitor: string) => string;
        retried: (count: number) => string;
    };
    /** At most 24 characters each, but for the introduction. */
    dialog: {title: string; label: string; submit: string; introduction: (visitor: string) => string};
    dialogTooLate: string;
    saidBefore: string;
    /** The held post is gone, or has become something else meanwhile. */
};

const WORDS: Record<BridgeLanguage, CallWords> = {en, nl, de};

export const callWords = (language: BridgeLanguage): CallWords => WORDS[language];
