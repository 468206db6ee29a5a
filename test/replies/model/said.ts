/** What agents said in a run, version by version; every version bears a word of its own, so that it is known again wherever it turns up. */
import {type Manner, NOTES, QUESTIONS} from './scenario.ts';

export type Version = {
    readonly manner: Manner;
    readonly token: string /** Its author said that it is for the visitor after all. */;
    sent: boolean;
};

export type Said = {
    readonly conversation_id: string;
    readonly author: string;
    readonly created: number;
    /** The thread it was said in, by the root's first id. */
    readonly thread: string;
    readonly versions: Version[];
    /** Changes when its thread is moved. */
    post_id: string;
    deleted: boolean;
    /** Its thread was deleted: what was not on its way by then is lost with it. */
    orphaned: boolean;
    kept: boolean;
    /** Copied by "move thread": deleted before the bridge has read the new place, its id is one nobody ever told it. */
    moved: boolean;
};

let count = 0;

/** Words nobody else says, ever. */
export const newToken = (): string => `w${process.pid}x${++count}z`;

export function wordsOf(manner: Manner, token: string, colleague: string): string {
    if (manner === 'marked') return `>> ${token}`;
    if (manner === 'slashes') return `// ${token}`;
    if (manner === 'word') return `**Note**: ${token}`;
    if (manner === 'mention') return `@${colleague} ${token}`;
    if (manner === 'pattern') return `your password is ${token}`;
    return `${token} is *plain*`;
}

export const lastOf = ({versions}: Said): Version => versions.at(-1) as Version;
export const isNoteVersion = ({manner}: Version): boolean => NOTES.includes(manner);
export const isQuestion = ({manner, sent}: Version): boolean => QUESTIONS.includes(manner) && !sent;
/** The visitor must have its last words, and nothing else of it. */
export const mustArrive = (said: Said): boolean =>
    !said.deleted && !said.orphaned && !said.kept && !said.versions.some(isNoteVersion) && !isQuestion(lastOf(said));
