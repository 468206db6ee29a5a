/** What was written and not sent, and how far was read, per conversation: kept over reloads, per user, in this browser. */
import {attempt, fields, listOf, mapOf, number, oneOf, text} from '../types/read.ts';

export type Mode = 'reply' | 'note';
export type DraftFile = {id: string; name: string};
export type Draft = {text: string; mode: Mode; files: DraftFile[]};

export const NO_DRAFT: Draft = {text: '', mode: 'reply', files: []};

export type Kept = {drafts: Record<string, Draft>; seen: Record<string, number>};

/** What nobody knows how to send stays with colleagues. */
const modeOf = (value: unknown): Mode => (oneOf('note', 'reply')(value) === 'reply' ? 'reply' : 'note');

const KeptShape = fields({
    drafts: mapOf(fields({text, mode: modeOf, files: listOf(fields({id: text, name: text}))})),
    seen: mapOf(number),
});
const MOST_SEEN = 200;

export type KeyValue = {get(key: string): string | null; set(key: string, value: string): void};

const keyOf = (user_id: string): string => `ireserve.kept.${user_id}`;

export function readKept(storage: KeyValue, user_id: string): Kept {
    try {
        return attempt(KeptShape, JSON.parse(storage.get(keyOf(user_id)) ?? '')) ?? {drafts: {}, seen: {}};
    } catch {
        return {drafts: {}, seen: {}};
    }
}

export function writeKept(storage: KeyValue, user_id: string, {drafts, seen}: Kept): void {
    const worthKeeping = Object.entries(drafts).filter(([, {text, files}]) => text.trim() || files.length > 0);
    const newest = Object.entries(seen)
        .sort(([, a], [, b]) => b - a)
        .slice(0, MOST_SEEN);
    storage.set(keyOf(user_id), JSON.stringify({drafts: Object.fromEntries(worthKeeping), seen: Object.fromEntries(newest)}));
}
