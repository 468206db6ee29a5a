/** An entry of the integration log as the admin API shows it: with what its code means, and what to do about it. */
import {instant} from '../agent-api/contract.ts';
import {REFUSALS} from '../errors.ts';
import {REASONS} from '../reasons.ts';
import type {LogRow} from '../store/schema.ts';
import type {LogEntryShown} from './contract.ts';

/** What a code of the log or of a delivery means, where there is more to say than its detail. */
export function explained(code: string): {means: string | null; next: string | null} {
    if (Object.hasOwn(REASONS, code)) {
        const {means, next} = REASONS[code as keyof typeof REASONS];
        return {means, next};
    }
    if (Object.hasOwn(REFUSALS, code)) {
        const {title, next} = REFUSALS[code as keyof typeof REFUSALS];
        return {means: title, next};
    }
    return {means: null, next: null};
}

export function logShown(row: LogRow, nameOf: (integration_id: string) => string | null): LogEntryShown {
    const {id, at, integration_id, direction, level, code, detail, type, conversation_id, source_id, delivery_seq, attempt, duration_ms} =
        row;
    return {
        ...{id, at: instant(at), integration: nameOf(integration_id), direction, level, code, detail, ...explained(code)},
        ...{type, conversation_id, source_id, delivery_id: delivery_seq, attempt, duration_ms},
    };
}
