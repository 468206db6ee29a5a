/** Events as they arrive: stored once, answered. Nothing is sent from here; the outbox does that. */
import type {EventOutcome} from '../contract.ts';
import {BridgeError, problemOf, storeFailed} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {queueOf} from '../integrations.ts';
import type {Outbox, Slot} from '../outbox.ts';
import {wasErased} from '../privacy/erased.ts';
import type {SecretBox} from '../secrets.ts';
import {type Appended, append, writeLog} from '../store/lanes.ts';
import type {Database, Tx} from '../store/open.ts';
import type {DeliveryRow, LogEntry} from '../store/schema.ts';
import {isKnown, named, type Parts, type Prepared, prepare} from './prepare.ts';

export type Receiver = {
    database: Database;
    outbox: Outbox;
    /** Passes typing on at once; never fails the event. */
    typing: (integration: Integration, conversation_id: string) => void;
    maxFileBytes: number;
    /** More accepts than this under way at once are refused with `overloaded`. */
    mostAccepts: number;
    publicUrl: string;
    box: Pick<SecretBox, 'fingerprint'>;
    now: () => number;
    onReceived: (outcome: EventOutcome, type: string) => void;
};

/** `erased`: nothing may be kept of it, not even its id. */
type Stored = Appended | {kind: 'erased'};
const ERASED = {code: 'conversation_erased', detail: 'this conversation was erased here'};

type Judged = {id: string; type: string; prepared: Prepared} | {id: string; type: string; refused: BridgeError};

export type Receive = ReturnType<typeof createReceive>;

export function createReceive(receiver: Receiver) {
    let accepting = 0;

    /**
     * Takes one request's events of one integration.
     *
     * @param events as they came, unparsed; a batch keeps its order
     * @param waitMs how long to wait for the outcome in Mattermost
     */
    async function receive(
        integration: Integration,
        events: unknown[],
        parts: Parts,
        {
            waitMs = 0,
            validateOnly = false,
            strict = false,
            requestId,
        }: {waitMs?: number; validateOnly?: boolean; strict?: boolean; requestId: string},
    ) {
        const judged = events.map((given): Judged => {
            const {id, type} = named(given);
            try {
                return {id, type, prepared: prepare(receiver, integration, given, parts, {strict})};
            } catch (error) {
                if (error instanceof BridgeError) return {id, type, refused: error};
                throw error;
            }
        });
        if (validateOnly) {
            const outcomes: EventOutcome[] = [];
            const before: Before = {lanes: new Set(), events: new Map()};
            for (const one of judged) outcomes.push(await preview(receiver, one, before).catch(storeFailed));
            return outcomes.map((outcome, index) => told(outcome, judged[index], requestId));
        }
        const outcomes = await accept(integration, judged);
        if (waitMs > 0) await Promise.all(outcomes.map((outcome) => awaitOutcome(outcome, waitMs)));
        return outcomes.map(({outcome}, index) => told(outcome, judged[index], requestId));
    }

    type Accepted = {outcome: EventOutcome; row: DeliveryRow | null};

    async function accept(integration: Integration, judged: Judged[]): Promise<Accepted[]> {
        if (accepting >= receiver.mostAccepts)
            throw new BridgeError('overloaded', `${accepting} requests are being stored`, {retryAfter: 1});
        accepting++;
        const queue = queueOf(integration.id, 'to-mattermost');
        const slots = new Map<Judged, Slot>();
        for (const one of judged) {
            if (!('prepared' in one) || one.prepared.delivery.state !== 'queued' || one.type === 'visitor.typing') continue;
            const slot = receiver.outbox.reserve(queue);
            if (!slot) break;
            slots.set(one, slot);
        }
        try {
            const results = await receiver.database.write((tx) => store(tx, integration, judged, slots));
            const isWaiting = (appended: Stored | null) =>
                appended?.kind === 'stored' && appended.row.state === 'queued' && !appended.claimed;
            if (results.some(isWaiting)) receiver.outbox.kick(queue);
            return results.map((appended, index) => {
                const one = judged[index] as Judged;
                const slot = slots.get(one);
                slots.delete(one);
                if (appended?.kind === 'stored' && appended.claimed) slot?.run(appended.claimed);
                else slot?.release();
                const accepted = outcomeOf(receiver, one, appended);
                if ('prepared' in one && one.prepared.event.type === 'visitor.typing' && accepted.outcome.outcome === 'updated') {
                    receiver.typing(integration, one.prepared.event.data.conversation_id);
                }
                // A refused event can carry any type: as a metric's label it would be kept for ever.
                receiver.onReceived(accepted.outcome, isKnown(one.type) ? one.type : 'unknown');
                return accepted;
            });
        } catch (error) {
            if (error instanceof BridgeError) throw error;
            throw new BridgeError('storage_unavailable', 'nothing was stored', {retryAfter: 10, cause: error});
        } finally {
            for (const slot of slots.values()) slot.release();
            accepting--;
        }
    }

    async function store(tx: Tx, integration: Integration, judged: Judged[], slots: Map<Judged, Slot>): Promise<(Stored | null)[]> {
        const results: (Stored | null)[] = [];
        const entries: LogEntry[] = [];
        const at = receiver.now();
        for (const one of judged) {
            const appended = 'prepared' in one ? await storeOne(tx, one.prepared, at, slots.get(one)) : null;
            results.push(appended);
            entries.push(...logEntries(integration, one, appended, at));
        }
        await writeLog(tx, entries);
        return results;
    }

    /** Typing is worth nothing a moment later: it is passed on, not stored. */
    async function storeOne(tx: Tx, {event, delivery}: Prepared, at: number, slot: Slot | undefined): Promise<Stored | null> {
        const {integration_id, conversation_id} = delivery;
        if (conversation_id && (await wasErased(tx, receiver.box, integration_id, conversation_id))) return {kind: 'erased'};
        if (event.type !== 'visitor.typing') return append(tx, delivery, at, slot?.lease ?? null);
        const lane = await tx.selectFrom('lane').select('key').where('key', '=', delivery.lane).executeTakeFirst();
        return lane || !delivery.needsLane ? null : {kind: 'unknown_conversation'};
    }

    async function awaitOutcome(accepted: Accepted, waitMs: number): Promise<void> {
        const {row, outcome} = accepted;
        if (row?.state !== 'queued') return;
        // Settled elsewhere or not in time: look. It is stored: that its outcome can't be read now is no reason to refuse it.
        const now = (await receiver.outbox.wait(row.seq, waitMs)) ?? (await readDelivery(row.seq).catch(() => undefined));
        // What was waited for is the state; that it came as a duplicate stays true.
        if (now) Object.assign(outcome, stateOf(receiver, now), {outcome: outcome.outcome});
    }

    const readDelivery = (seq: number) =>
        receiver.database.read.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();

    return {
        receive,
        /** Where an accepted event stands. @throws BridgeError unknown_event, storage_unavailable */
        async status(integration: Integration, event_id: string): Promise<EventOutcome> {
            const row = await receiver.database.read
                .selectFrom('delivery')
                .selectAll()
                .where('integration_id', '=', integration.id)
                .where('direction', '=', 'to-mattermost')
                .where('source_id', '=', event_id)
                .executeTakeFirst()
                .catch(storeFailed);
            if (!row) throw new BridgeError('unknown_event', `no event ${event_id.slice(0, 128)} was accepted for this integration`);
            return stateOf(receiver, row);
        },
    };
}

function outcomeOf(receiver: Receiver, one: Judged, appended: Stored | null): {outcome: EventOutcome; row: DeliveryRow | null} {
    if ('refused' in one) return {outcome: refusal(one.id, one.refused), row: null};
    const {event, delivery} = one.prepared;
    if (appended?.kind === 'erased') return {outcome: {event_id: one.id, outcome: 'ignored', state: 'ignored', reason: ERASED}, row: null};
    if (appended?.kind === 'unknown_conversation') {
        const error = new BridgeError('unknown_conversation', `conversation ${delivery.conversation_id} is not known here`);
        return {outcome: refusal(one.id, error), row: null};
    }
    if (appended?.kind === 'known') {
        if (appended.row.digest !== delivery.digest) {
            return {outcome: conflict(event.id), row: null};
        }
        return {outcome: {...stateOf(receiver, appended.row), outcome: 'duplicate'}, row: appended.row};
    }
    if (appended?.kind === 'stored') return {outcome: stateOf(receiver, appended.row), row: appended.row};
    const reason = delivery.reason_code ? {reason: {code: delivery.reason_code, detail: delivery.reason_detail ?? ''}} : {};
    return {outcome: {event_id: one.id, outcome: delivery.outcome, ...reason}, row: null};
}

/** What only this request knows of an outcome: its own id, and what was made of the details that came with it. */
function told(outcome: EventOutcome, judged: Judged | undefined, request_id: string): EventOutcome {
    if (outcome.problem) return {...outcome, problem: {...outcome.problem, request_id}};
    const warnings = judged && 'prepared' in judged ? judged.prepared.warnings : [];
    return warnings.length > 0 ? {...outcome, warnings} : outcome;
}

const refusal = (event_id: string, error: BridgeError): EventOutcome => ({event_id, outcome: 'refused', problem: problemOf(error, '')});

const conflict = (event_id: string): EventOutcome =>
    refusal(event_id, new BridgeError('event_conflict', `event ${event_id} was accepted with another body`));

function stateOf(receiver: Pick<Receiver, 'publicUrl'>, row: DeliveryRow): EventOutcome {
    const result = row.result ? (JSON.parse(row.result) as Pick<EventOutcome, 'thread' | 'post_ids' | 'files'>) : {};
    return {
        event_id: row.source_id,
        outcome: row.outcome,
        state: row.state,
        ...(row.reason_code ? {reason: {code: row.reason_code, detail: row.reason_detail ?? ''}} : {}),
        ...(row.gap ? {gap: JSON.parse(row.gap) as {expected: number; received: number}} : {}),
        ...result,
        status_url: `${receiver.publicUrl}/v1/events/${encodeURIComponent(row.source_id)}`,
    };
}

/** What earlier events of the batch would have left behind: lanes they open, and the ids they use up. */
type Before = {lanes: Set<string>; events: Map<string, {digest: string; outcome: EventOutcome}>};

/** What would happen, without effect: the answer of the real call, as far as it depends on this batch and what is stored. */
async function preview(receiver: Receiver, one: Judged, before: Before): Promise<EventOutcome> {
    if ('refused' in one) return refusal(one.id, one.refused);
    const {delivery, event} = one.prepared;
    const {integration_id, conversation_id} = delivery;
    if (conversation_id && (await wasErased(receiver.database.read, receiver.box, integration_id, conversation_id)))
        return outcomeOf(receiver, one, {kind: 'erased'}).outcome;
    const stored = event.type !== 'visitor.typing';
    const known = await receiver.database.read
        .selectFrom('delivery')
        .selectAll()
        .where('integration_id', '=', delivery.integration_id)
        .where('direction', '=', delivery.direction)
        .where('source_id', '=', delivery.source_id)
        .executeTakeFirst();
    if (known && stored) return outcomeOf(receiver, one, {kind: 'known', row: known}).outcome;
    const twin = stored ? before.events.get(event.id) : undefined;
    if (twin) return twin.digest === delivery.digest ? {...twin.outcome, outcome: 'duplicate'} : conflict(event.id);
    if (delivery.needsLane && !before.lanes.has(delivery.lane)) {
        const lane = await receiver.database.read.selectFrom('lane').select('key').where('key', '=', delivery.lane).executeTakeFirst();
        if (!lane) return outcomeOf(receiver, one, {kind: 'unknown_conversation'}).outcome;
    }
    if (delivery.state === 'queued' && stored) before.lanes.add(delivery.lane);
    const reason = delivery.reason_code ? {reason: {code: delivery.reason_code, detail: delivery.reason_detail ?? ''}} : {};
    const outcome: EventOutcome = {event_id: event.id, outcome: delivery.outcome, ...reason};
    if (stored) before.events.set(event.id, {digest: delivery.digest, outcome});
    return outcome;
}

/** What the integration log should keep of the arrival itself; attempts are logged by the outbox. */
function logEntries(integration: Integration, one: Judged, appended: Stored | null, at: number): LogEntry[] {
    const entry = (level: LogEntry['level'], code: string, detail: string): LogEntry => ({
        at,
        integration_id: integration.id,
        direction: 'to-mattermost',
        level,
        code,
        detail,
        type: one.type || null,
        conversation_id: 'prepared' in one ? one.prepared.delivery.conversation_id : null,
        source_id: one.id || null,
        delivery_seq: appended?.kind === 'stored' ? appended.row.seq : null,
        attempt: null,
        duration_ms: null,
    });
    if ('refused' in one) {
        const {errors} = one.refused.extras;
        const detail = errors ? errors.map(({path, message}) => `${path}: ${message}`).join('; ') : one.refused.message;
        return [entry('warn', one.refused.code, detail.slice(0, LONGEST_DETAIL))];
    }
    if (appended?.kind === 'erased') return [{...entry('info', ERASED.code, ERASED.detail), conversation_id: null, source_id: null}];
    // Never stored, and worth nothing a moment later: a row each would be all that is left of it.
    if (one.prepared.event.type === 'visitor.typing') return [];
    if (appended?.kind === 'unknown_conversation') return [entry('warn', 'unknown_conversation', 'refused')];
    if (appended?.kind === 'known') {
        const conflicts = appended.row.digest !== one.prepared.delivery.digest;
        return conflicts ? [entry('warn', 'event_conflict', 'same event id, other body: refused')] : [];
    }
    const entries: LogEntry[] = [];
    if (one.prepared.warnings.length > 0) {
        const changed = one.prepared.warnings.map(({path, code}) => `${path}: ${code}`).join('; ');
        entries.push(entry('warn', 'details_changed', changed.slice(0, LONGEST_DETAIL)));
    }
    if (appended?.row.gap) {
        const gap = JSON.parse(appended.row.gap) as {expected: number; received: number};
        entries.push(entry('warn', 'sequence_gap', `expected ${gap.expected}, received ${gap.received}`));
    } else if (appended?.row.state === 'ignored') {
        entries.push(entry('info', appended.row.reason_code ?? 'ignored', appended.row.reason_detail ?? ''));
    }
    return entries;
}

const LONGEST_DETAIL = 500;
