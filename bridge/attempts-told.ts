/** What came of each try, told to whoever watches: metrics, the service's own log, and the notices a success may end. */
import type {Settled} from './attempt.ts';
import type {Integration} from './integration.ts';
import type {Log} from './log.ts';
import type {Notices} from './notices.ts';
import type {Metrics} from './operations.ts';
import type {LogEntry} from './store/schema.ts';
import {CALLBACK} from './to-ireserve/classify.ts';

export type AttemptsOptions = {
    metrics: Metrics;
    log: Log;
    notices: Pick<Notices, 'delivered'>;
    integration: (id: string) => Integration | undefined;
    onCallback: (integration_id: string) => void;
};

export function tellAttempts({metrics, log, notices, integration, onCallback}: AttemptsOptions) {
    return (entry: LogEntry, result: Settled, delayMs: number): void => {
        count(metrics, entry, result, delayMs);
        if (entry.direction === 'to-ireserve') onCallback(entry.integration_id);
        log[entry.level](
            {integration: integration(entry.integration_id)?.name, ...attemptFields(entry)},
            result.kind === 'final' ? 'settled' : result.kind === 'retry' && entry.level === 'warn' ? 'will be tried again' : 'dead letter',
        );
        if (result.kind === 'final' && result.state === 'delivered') {
            const channel = result.result?.thread?.channel_id ?? result.channel_id;
            const subjects = entry.direction === 'to-ireserve' ? [CALLBACK] : ['', ...(channel ? [channel] : [])];
            notices.delivered(entry.integration_id, subjects);
        }
    };
}

const attemptFields = ({direction, code, detail, type, conversation_id, source_id, attempt, duration_ms}: LogEntry) => ({
    direction,
    code,
    detail,
    type,
    conversation: conversation_id,
    event: source_id,
    attempt,
    ms: duration_ms,
});

function count(metrics: Metrics, entry: LogEntry, result: Settled, delayMs: number): void {
    const {direction, code} = entry;
    metrics.attempts.inc({direction, code});
    metrics.attemptSeconds.observe({direction}, (entry.duration_ms ?? 0) / 1000);
    // Counted once it is decided.
    for (const {state, code} of (result.kind === 'final' && result.result?.files) || [])
        if (state !== 'waiting') metrics.files.inc({direction, code: code ?? state});
    if (result.kind === 'final' && result.state === 'delivered') metrics.delay.observe({direction}, Math.max(0, delayMs / 1000));
}
