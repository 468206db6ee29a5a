/** The body of a 2xx to a callback: every key may be missing, and none of them can undo that the callback was accepted. */
import type {z} from 'zod';
import type {Note} from '../attempt.ts';
import {CallbackAnswer} from '../callbacks.ts';

type Answer = z.infer<typeof CallbackAnswer>;

/**
 * Reads i-Reserve's answer leniently, without losing anything in silence.
 *
 * @param body parsed JSON, or null where it was none
 * @returns the keys that can be used (a numeric id as text), and a note for the integration log about those that can't
 */
export function readCallbackAnswer(body: unknown): {answer: Answer; notes: Note[]} {
    if (typeof body !== 'object' || body === null) return {answer: {}, notes: []};
    const {message_id, state} = body as Record<keyof Answer, unknown>;
    const given = {message_id: idAsText(message_id), state: state === '' ? undefined : state};
    const parsed = CallbackAnswer.safeParse(given);
    if (parsed.success) return {answer: parsed.data, notes: []};
    const unusable = new Set(parsed.error.issues.map(({path}) => path[0]));
    const answer = CallbackAnswer.parse(Object.fromEntries(Object.entries(given).filter(([key]) => !unusable.has(key))));
    // Which key and of which type, but not its value: nobody knows what stands in it.
    const detail = [...unusable].map((key) => `${String(key)} (${kindOf((body as Record<string, unknown>)[String(key)])})`).join(', ');
    return {answer, notes: [{code: 'answer_unusable', detail: `not understood, and left out: ${detail}`}]};
}

/** A number beyond 2^53 has lost digits on its way through JSON: the wrong id is worse than none. */
const idAsText = (id: unknown): unknown => (Number.isSafeInteger(id) ? String(id) : id === '' ? undefined : id);

const kindOf = (value: unknown): string =>
    typeof value === 'string' ? `text of ${value.length} characters` : Array.isArray(value) ? 'array' : typeof value;
