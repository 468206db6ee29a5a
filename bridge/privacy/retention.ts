/** What is old goes: conversations, the log, and the memory of settled events, each after the days the integration says. */
import type {Integration} from '../integration.ts';
import type {Database} from '../store/open.ts';
import {EraseBusy, type Erased, type Erasing, eraseConversation, logFilesLeft, nothingErased} from './erase.ts';

const DAY = 24 * 3_600_000;
/** Rows deleted in one transaction: a long one would hold up every accept. */
const ROWS = 500;
/** A night's work; what is left follows in the next. */
const MOST_CONVERSATIONS = 2000;

export type Retained = {erased: Erased; log_rows: number; event_rows: number; sessions: number; more: boolean};

/** Runs an integration's retention once. May be repeated, and broken off, at any time. @throws MattermostError when the server can't be asked */
export async function retain(erasing: Erasing, integration: Integration, closed: () => boolean = () => false): Promise<Retained> {
    const {database, now} = erasing;
    const {retention_days_conversations, retention_days_log, retention_days_events} = integration.config;
    const report: Retained = {erased: nothingErased(), log_rows: 0, event_rows: 0, sessions: 0, more: false};
    if (retention_days_log > 0) report.log_rows = await deleteLog(database, integration.id, now() - retention_days_log * DAY, closed);
    if (retention_days_events > 0)
        report.event_rows = await deleteEvents(database, integration.id, now() - retention_days_events * DAY, closed);
    report.sessions = await deleteSessions(database, integration.id, now());
    if (retention_days_conversations > 0) await eraseOld(erasing, integration, now() - retention_days_conversations * DAY, closed, report);
    await logFilesLeft(erasing, integration.id, report.erased);
    await database.scrub();
    return report;
}

async function eraseOld(
    erasing: Erasing,
    integration: Integration,
    before: number,
    closed: () => boolean,
    report: Retained,
): Promise<void> {
    const rows = await erasing.database.read
        .selectFrom('conversation')
        .select('conversation_id')
        .where('integration_id', '=', integration.id)
        .where('activity_at', '<', before)
        .orderBy('activity_at')
        .limit(MOST_CONVERSATIONS)
        .execute();
    report.more = rows.length === MOST_CONVERSATIONS;
    for (const {conversation_id} of rows) {
        if (closed()) return;
        try {
            await eraseConversation(erasing, integration, conversation_id, {remember: false}, report.erased);
            report.erased.conversations++;
        } catch (error) {
            // Somebody is just writing in it: then it is not old.
            if (!(error instanceof EraseBusy)) throw error;
        }
    }
}

async function deleteLog(database: Database, integration_id: string, before: number, closed: () => boolean): Promise<number> {
    return inParts(closed, () =>
        database.write(async (tx) => {
            const ids = tx
                .selectFrom('log')
                .select('id')
                .where('integration_id', '=', integration_id)
                .where('at', '<', before)
                .orderBy('at')
                .limit(ROWS);
            return (await tx.deleteFrom('log').where('id', 'in', ids).returning('id').execute()).length;
        }),
    );
}

/** Dead letters too: they hold what visitors said. What still waits is never old. */
async function deleteEvents(database: Database, integration_id: string, before: number, closed: () => boolean): Promise<number> {
    return inParts(closed, () =>
        database.write(async (tx) => {
            const rows = await tx
                .selectFrom('delivery')
                .select(['seq', 'lane', 'type'])
                .where('integration_id', '=', integration_id)
                .where('finished_at', 'is not', null)
                .where('finished_at', '<', before)
                .where('state', '!=', 'queued')
                .orderBy('finished_at')
                .limit(ROWS)
                .execute();
            const seqs = rows.map(({seq}) => seq);
            if (seqs.length === 0) return 0;
            await tx.deleteFrom('file').where('delivery_seq', 'in', seqs).execute();
            await tx.deleteFrom('delivery').where('seq', 'in', seqs).execute();
            // A lane made for one file goes with it.
            const lanes = rows.flatMap(({lane, type}) => (type === 'bridge.file' ? [lane] : []));
            if (lanes.length > 0) await tx.deleteFrom('lane').where('key', 'in', lanes).where('pending', '=', 0).execute();
            return seqs.length;
        }),
    );
}

async function deleteSessions(database: Database, integration_id: string, now: number): Promise<number> {
    const rows = await database.write((tx) =>
        tx
            .deleteFrom('agent_session')
            .where('integration_id', '=', integration_id)
            .where('expires_at', '<', now - DAY)
            .returning('hash')
            .execute(),
    );
    return rows.length;
}

async function inParts(closed: () => boolean, part: () => Promise<number>): Promise<number> {
    let sum = 0;
    for (;;) {
        const count = await part();
        sum += count;
        if (count < ROWS || closed()) return sum;
    }
}
