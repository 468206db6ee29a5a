/** One try of a delivery, and what can come of it. */
import type {Reason} from './contract.ts';
import type {Run} from './leases.ts';
import type {Final} from './store/lanes.ts';
import type {Tx} from './store/open.ts';
import type {DeliveryRow, LogEntry, NoticeRow} from './store/schema.ts';

/** @param words the other side's own: shown to the people concerned, and to nobody else. Never logged, never kept with the delivery */
export type Why = Reason & {words?: string};

/** Something an admin may want to know of a delivery that was made all the same: written to the integration log beside the try. */
export type Note = Reason & {level?: LogEntry['level']};

/** What one try came to. `writes` are committed together with the state, so both happen or neither does. */
export type Result =
    | {
          kind: 'final';
          state: 'delivered' | 'ignored';
          reason?: Reason | undefined;
          notes?: readonly Note[];
          result?: Final['result'];
          /** Where it was posted, when not in a thread: what stood against that channel is mended. */
          channel_id?: string;
          writes?: ((tx: Tx) => Promise<void>) | undefined;
      }
    | {
          kind: 'retry';
          reason: Why;
          afterMs?: number | undefined;
          /** The other side may have carried it out: look before sending again. */
          uncertain: boolean;
          /** An admin has to mend something first; tries are then far apart. */
          notice?: Omit<NoticeRow, 'since' | 'integration_id'> | undefined;
          /** The whole queue would fail the same way (server down, token refused). */
          queueWide?: boolean;
      }
    | {kind: 'never'; reason: Why}
    /** Not to be sent before then (ms since 1970). Not a try. */
    | {kind: 'later'; until: number};

/** What came of a try. */
export type Settled = Exclude<Result, {kind: 'later'}>;

/** What a delivery came to, for those who keep a record of their own beside it. */
export type Turn = {state: 'delivered' | 'ignored' | 'dead' | 'waiting'; reason?: Why | undefined};

/** @param lease asked before each call that changes something on the other side: only its owner may */
export type Attempt = {delivery: DeliveryRow; uncertain: boolean; lease: Pick<Run, 'hold'>};

/** First wait after a failed try; doubled each time up to the longest. */
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 60_000;
const ADMIN_BACKOFF_MS = 15_000;
const LONGEST_ADMIN_BACKOFF_MS = 120_000;
/** Nothing waits longer by itself; a server may ask for more. */
export const LONGEST_WAIT_MS = LONGEST_ADMIN_BACKOFF_MS;
/** How long a lane waits after a failed try, ms. @param attempts failed before this one @param chance 0 to 1: neighbours shall not come back together */
export function backoff(attempts: number, {notice, afterMs = 0}: Extract<Result, {kind: 'retry'}>, chance: number): number {
    const [first, longest] = notice ? [ADMIN_BACKOFF_MS, LONGEST_ADMIN_BACKOFF_MS] : [FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS];
    const full = Math.min(longest, first * 2 ** Math.min(attempts, 20));
    return Math.round(Math.max(afterMs, full * (0.5 + chance / 2)));
}

/** The lines of the integration log about one try: the try itself, and what was noticed on the way. */
export function logEntries(
    head: DeliveryRow,
    result: Settled,
    when: {at: number; startedAt: number; tooLate: boolean},
): [LogEntry, ...LogEntry[]] {
    const entry = logEntry(head, result, when);
    const notes = result.kind === 'final' ? (result.notes ?? []) : [];
    return [entry, ...notes.map(({code, detail, level = 'warn'}) => ({...entry, level, code, detail, attempt: null, duration_ms: null}))];
}

/** What the integration log keeps of a try. @param tooLate its time is over: a dead letter now */
function logEntry(
    head: DeliveryRow,
    result: Settled,
    {at, startedAt, tooLate}: {at: number; startedAt: number; tooLate: boolean},
): LogEntry {
    const reason = result.kind === 'final' ? (result.reason ?? {code: result.state, detail: ''}) : result.reason;
    const dead = result.kind === 'never' || tooLate;
    return {
        at,
        integration_id: head.integration_id,
        direction: head.direction,
        level: dead ? 'error' : result.kind === 'retry' ? 'warn' : 'info',
        code: reason.code,
        detail: tooLate ? `given up after ${head.attempts + 1} tries: ${reason.detail}` : reason.detail,
        type: head.type,
        conversation_id: head.conversation_id,
        source_id: head.source_id,
        delivery_seq: head.seq,
        attempt: head.attempts + 1,
        duration_ms: at - startedAt,
    };
}
