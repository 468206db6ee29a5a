/** What an admin did by hand stands in the integration log, among the attempts. */
import type {DeliveryRow, LogEntry} from '../store/schema.ts';

export const handEntry = (row: DeliveryRow, at: number, code: 'replayed' | 'discarded', detail: string): LogEntry => ({
    at,
    integration_id: row.integration_id,
    direction: row.direction,
    level: 'info',
    code,
    detail,
    type: row.type,
    conversation_id: row.conversation_id,
    source_id: row.source_id,
    delivery_seq: row.seq,
    attempt: null,
    duration_ms: null,
});
