/**
 * An answer in time, whatever happens: Mattermost's `trigger_id` lives 3 s on older servers, and people press again when nothing comes. What is
 * under way then is finished all the same; its line in the thread says so.
 */
import {BridgeError} from '../errors.ts';
import {createAllowance} from '../http/allowance.ts';
import {MattermostError} from '../mattermost.ts';
import {type CallKind, type Desk, Told} from './desk.ts';
import type {CallWords, ToldCode} from './words.ts';

export const ANSWER_MS = 2500;
/** What one person may ask for by commands, buttons and dialogs: far more than hands can. */
export const MOST_CALLS = 300;
const WINDOW_MS = 10_000;

export type Answering = ReturnType<typeof createAnswering>;

export function createAnswering({log, onCall, now}: Pick<Desk, 'log' | 'onCall' | 'now'>, ms = ANSWER_MS) {
    const allow = createAllowance({now, most: MOST_CALLS, windowMs: WINDOW_MS});
    const running = new Set<Promise<unknown>>();

    return {
        /**
         * @param user_id who asks, vouched for
         * @param say makes the answer that tells a text
         * @returns what the work came to, or what there is to tell instead
         */
        async answer<T>(
            kind: CallKind,
            user_id: string,
            words: CallWords,
            work: () => Promise<T>,
            say: (text: string, code: string) => T,
        ): Promise<T> {
            let isLate = false;
            const count = (outcome: string) => {
                if (!isLate) onCall(kind, outcome);
            };
            const allowed = async () => {
                allow(user_id);
                return work();
            };
            const answer = allowed().then(
                (done) => {
                    count('done');
                    return done;
                },
                (error: unknown) => {
                    const [code, text] = refusalOf(words, error);
                    if (code === 'internal') log.error({err: error, kind}, 'a call from Mattermost failed');
                    count(code);
                    return say(text, code);
                },
            );
            running.add(answer);
            void answer.finally(() => running.delete(answer));
            let timer: NodeJS.Timeout | undefined;
            const late = new Promise<T>((resolve) => {
                timer = setTimeout(() => {
                    count('late');
                    isLate = true;
                    resolve(say(words.late, 'late'));
                }, ms);
            });
            return Promise.race([answer, late]).finally(() => clearTimeout(timer));
        },
        /** Resolves when nothing is under way. */
        idle: async (): Promise<void> => {
            while (running.size > 0) await Promise.all(running);
        },
    };
}

/** A refusal in the words of the integration's language, with its stable code; never with what somebody wrote. */
function refusalOf(words: CallWords, error: unknown): [code: string, text: string] {
    if (error instanceof Told) return ['told', error.message];
    const code = error instanceof MattermostError ? 'mattermost_unavailable' : error instanceof BridgeError ? error.code : 'internal';
    const told = Object.hasOwn(words.refusals, code) ? (code as ToldCode) : 'internal';
    return [told, `⚠️ ${words.refusals[told]} (\`${told}\`)`];
}
