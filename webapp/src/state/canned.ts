/** Canned replies: which of them fit what was typed, and what becomes of their placeholders. Pure. */
import type {Canned, Detail} from '../types/bridge.ts';

/** As the bridge documents them (docs/agent-api.md). */
export const PLACEHOLDERS = ['visitor_name', 'agent_name', 'topic', 'booking_id'] as const;

/** Those whose short cut begins so first. */
export function search(all: readonly Canned[], term: string): Canned[] {
    const wanted = term.toLowerCase();
    const begins = ({shortcut}: Canned) => shortcut.startsWith(wanted);
    return all
        .filter((one) => begins(one) || `${one.shortcut} ${one.title} ${one.text}`.toLowerCase().includes(wanted))
        .sort((a, b) => Number(begins(b)) - Number(begins(a)));
}

/** What is not known stays as it is: better seen and mended than sent with a hole. */
export function fill(text: string, detail: Detail | undefined, agent: string): string {
    const known: Record<(typeof PLACEHOLDERS)[number], string | null | undefined> = {
        visitor_name: detail?.visitor.name,
        agent_name: agent,
        topic: detail?.topic,
        booking_id: detail?.booking_id,
    };
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => known[name as keyof typeof known] || placeholder);
}
