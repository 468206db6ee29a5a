/** The last report and the last round trip of each integration, kept for the overview, /ready and the metrics. */
import type {Database} from '../store/open.ts';
import {DoctorReport} from './report.ts';
import {RoundTripReport} from './round-trip-report.ts';

export async function storeReport(database: Database, integration_id: string, report: DoctorReport, now: number): Promise<void> {
    const kept = {report: JSON.stringify(report), report_at: now};
    await database.write((tx) =>
        tx
            .insertInto('health')
            .values({integration_id, ...kept})
            .onConflict((conflict) => conflict.column('integration_id').doUpdateSet(kept))
            .execute(),
    );
}

/** The last report; undefined when there is none, or one of another version that does not fit any more. */
export async function lastReport(database: Database, integration_id: string): Promise<DoctorReport | undefined> {
    const row = await database.read.selectFrom('health').select('report').where('integration_id', '=', integration_id).executeTakeFirst();
    return row?.report ? DoctorReport.safeParse(JSON.parse(row.report)).data : undefined;
}

export async function storeRoundTrip(database: Database, integration_id: string, report: RoundTripReport, now: number): Promise<void> {
    const kept = {round_trip: JSON.stringify(report), round_trip_at: now};
    await database.write((tx) =>
        tx
            .insertInto('health')
            .values({integration_id, ...kept})
            .onConflict((conflict) => conflict.column('integration_id').doUpdateSet(kept))
            .execute(),
    );
}

export async function lastRoundTrip(database: Database, integration_id: string): Promise<RoundTripReport | undefined> {
    const row = await database.read
        .selectFrom('health')
        .select('round_trip')
        .where('integration_id', '=', integration_id)
        .executeTakeFirst();
    return row?.round_trip ? RoundTripReport.safeParse(JSON.parse(row.round_trip)).data : undefined;
}
