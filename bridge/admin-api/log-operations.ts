/** Operations that look back: integration log, audit trail, and the log as it grows. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
import {AuditList, Cursor, LogList, limit, Moment} from './contract.ts';
import {adminOperation} from './operation.ts';

export type LogOptions = {door: AdminDoor};

const filters = {
    integration: z.string().max(64).optional().meta({description: 'Name or id; default: all that are reached.'}),
    conversation: z.string().max(128).optional(),
    source: z.string().max(128).optional().meta({description: 'Event id, or the reply’s.'}),
    delivery: z.coerce.number().int().min(1).optional().meta({type: 'integer', minimum: 1}),
    direction: z.enum(['to-mattermost', 'to-ireserve']).optional(),
    level: z.enum(['info', 'warn', 'error']).optional().meta({description: 'This one and above.'}),
    code: z.string().max(64).optional(),
    search: z.string().max(200).optional().meta({description: 'Every word must be in detail, code, type, conversation or source.'}),
};
const LogQuery = z.object({...filters, since: Moment.optional(), until: Moment.optional(), limit: limit(500), cursor: Cursor});
const AuditQuery = z.object({
    integration: filters.integration,
    who: z.string().max(100).optional().meta({description: 'Name or id of who did it.'}),
    action: z.string().max(64).optional().meta({description: 'Or its beginning: `secret.`'}),
    since: Moment.optional(),
    until: Moment.optional(),
    limit: limit(500),
    cursor: Cursor,
});

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function logOperations({door}: LogOptions): Operation[] {
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/log',
            operationId: 'readLog',
            summary: 'The integration log: every attempt, and everything refused, ignored or worth a look',
            needs: 'read',
            about: 'reached',
            query: LogQuery,
            answers: {200: {description: 'Newest first.', schema: LogList}},
            refusals: ['no_such_integration'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/log/stream',
            operationId: 'followLog',
            summary: 'The integration log as it grows, as Server-Sent Events',
            description:
                'Events: hello, entry (a LogEntry; its id is the event’s), bye (with reason). Send the last id back as Last-Event-ID to miss nothing. ' +
                'Takes the filters of the log. Read with fetch: an EventSource can’t send the header.',
            needs: 'read',
            about: 'reached',
            query: z.object(filters),
            headers: z.object({'last-event-id': z.string().optional()}),
            answers: {200: {description: 'The stream.', schema: z.string(), contentType: 'text/event-stream'}},
            refusals: ['no_such_integration', 'overloaded'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/audit',
            operationId: 'readAudit',
            summary: 'Who changed what, and when',
            description: 'What concerns the bridge as a whole is only shown to who reaches it.',
            needs: 'read',
            about: 'reached',
            query: AuditQuery,
            answers: {200: {description: 'Newest first.', schema: AuditList}},
            refusals: ['no_such_integration'],
            handle: later,
        }),
    ];
}
