/** What people did in a soak, written down as they do it and without asking the bridge: what must stand where follows from this alone. */

/** Something a visitor said. */
export type VisitorSaid = {
    readonly message_id: string;
    /** Words that occur nowhere else, one for each wording, newest last. */
    readonly tokens: string[];
    withdrawn: boolean;
    readonly file: string | null;
    /** ms since 1970 */
    readonly at: number;
};

/** Something an agent wrote in a thread. Its words as they were posted, and after each edit. */
export type AgentSaid = {
    readonly author: string;
    /** Changes when its thread is moved; all it ever had are in `ids`. */
    post_id: string;
    readonly ids: string[];
    root_id: string;
    readonly wordings: {readonly token: string; readonly note: boolean}[];
    readonly file: string | null;
    /** By Mattermost's clock. */
    readonly at: number;
    deleted: boolean;
    /** Its thread was deleted after it. */
    orphaned: boolean;
    /** Its thread was moved after it. */
    moved: boolean;
    /** Its author was asked, and sent it: out of the order of the others. */
    sentLater: boolean;
};

/** A thread as it stands in Mattermost now. `number`: the bridge's own, 1 for a conversation's first. */
export type Root = {readonly id: string; readonly channel_id: string; readonly number: number};

export type Chat = {
    readonly id: string;
    readonly visitor: VisitorSaid[];
    readonly agents: AgentSaid[];
    /** Oldest first; refreshed from Mattermost all the time. */
    roots: Root[];
    /** i-Reserve's ids, and the bridge's, of answers that the visitor was told to have read. */
    readonly read: Set<string>;
    /** People don't do two things at once to one thread. */
    turn: Promise<unknown>;
};

export type Ledger = {
    readonly chats: Chat[];
    /** Threads that people deleted or moved away, with the posts that stood in them then (none: all that ever did are excused). */
    readonly gone: Map<string, {readonly moved: boolean; readonly stood: ReadonlySet<string>}>;
    /** What went wrong while it ran, in words. */
    readonly complaints: string[];
};

export const createLedger = (): Ledger => ({chats: [], gone: new Map(), complaints: []});

export const newChat = (id: string): Chat => ({id, visitor: [], agents: [], roots: [], read: new Set(), turn: Promise.resolve()});

/** Runs when everything people began in this chat before has ended. What fails is written down: people go on. */
export function inTurn(ledger: Ledger, chat: Chat, what: string, act: () => Promise<void>): Promise<void> {
    const mine = chat.turn.then(act).catch((error: unknown) => {
        ledger.complaints.push(`${what} in ${chat.id}: ${error instanceof Error ? error.message : String(error)}`);
    });
    chat.turn = mine;
    return mine;
}

let tokens = 0;

/** A word nobody else says, ever, and part of no other. */
export const newToken = (who: 'v' | 'a'): string => `${who}${process.pid}x${++tokens}z`;

export const lastOf = <T>(list: readonly T[]): T => list.at(-1) as T;
export const wasNote = ({wordings}: AgentSaid): boolean => wordings[0]?.note === true;
export const isNoteNow = ({wordings}: AgentSaid): boolean => lastOf(wordings).note;
