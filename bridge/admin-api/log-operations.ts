/** Operations that look back: integration log, audit trail, and the log as it grows. */
import type {IncomingHttpHeaders} from 'node:http';
import {z} from 'zod';
import {readAudit} from '../admin/audit.ts';
import {type LogFilter, readLog} from '../admin/log.ts';
import {instant} from '../agent-api/contract.ts';
import type {Operation} from '../route.ts';
import type {AuditRow} from '../store/admin-schema.ts';
import type {Database} from '../store/open.ts';
import type {LogRow} from '../store/schema.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import {type AuditEntry, AuditList, Cursor, LogList, limit, Moment} from './contract.ts';
import {pageOf, readCursor} from './cursor.ts';
import {languageOf} from './language.ts';
import {logShown} from './log-shown.ts';
import type {LogStreams} from './log-streams.ts';
import {adminOperation, reachedIds} from './operation.ts';
import {momentOf} from './times.ts';

export type LogOptions = {door: AdminDoor; database: Database; streams: LogStreams};

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

type Asked = Omit<z.infer<typeof LogQuery>, 'limit' | 'cursor'>;

const auditShown = ({who_kind, who_id, who_name, integration_name, at, before, after, ...row}: AuditRow): z.infer<typeof AuditEntry> => ({
    ...{id: row.id, at: instant(at), who: {kind: who_kind, id: who_id, name: who_name}, action: row.action},
    ...{integration: integration_name, subject: row.subject},
    before: before === null ? null : JSON.parse(before),
    after: after === null ? null : JSON.parse(after),
});

export function logOperations({door, database, streams}: LogOptions): Operation[] {
    const shownIn = (headers: IncomingHttpHeaders) => (row: LogRow) =>
        logShown(row, (id) => door.integrations.get(id)?.name ?? null, languageOf(headers));
    function filterOf(
        caller: AdminCaller,
        {integration, source, conversation, delivery, direction, level, code, search}: Asked,
    ): LogFilter {
        return {
            integration_ids: reachedIds(door, caller, integration),
            ...{event: source, conversation, delivery, direction, level, code, search},
        };
    }
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
            async handle(caller, {query, headers}) {
                const {limit, cursor, ...asked} = query as z.infer<typeof LogQuery>;
                const filter = {...filterOf(caller, asked), since: momentOf(asked.since), until: momentOf(asked.until)};
                const found = await readLog(database, {...filter, before: readCursor('log', cursor)}, limit + 1);
                const {rows, next_cursor} = pageOf('log', found.reverse(), limit, ({id}) => id);
                return {status: 200, body: {items: rows.map(shownIn(headers)), next_cursor}};
            },
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
            async handle(caller, {query, headers}) {
                const {'last-event-id': last} = headers;
                const filter = filterOf(caller, query as Asked);
                const open = streams.admit(caller, filter, shownIn(headers), typeof last === 'string' ? last : undefined);
                return {stream: open, headers: {'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no'}};
            },
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
            async handle(caller, {query}) {
                const {integration, who, action, since, until, limit, cursor} = query as z.infer<typeof AuditQuery>;
                // Those that were removed, and what concerns the bridge as a whole, belong to who reaches all.
                const all = caller.bridgeWide && integration === undefined;
                const filter = {
                    integration_ids: all ? undefined : reachedIds(door, caller, integration),
                    ...{who, action, since: momentOf(since), until: momentOf(until), before: readCursor('audit', cursor)},
                };
                const {rows, next_cursor} = pageOf('audit', await readAudit(database.read, filter, limit + 1), limit, ({id}) => id);
                return {status: 200, body: {items: rows.map(auditShown), next_cursor}};
            },
        }),
    ];
}
