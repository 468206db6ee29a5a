/** Round trips by themselves, as often as each integration says. A broken one is a notice: in /ready, the alert channel, `status` and a metric. */
import type {Integration} from '../integration.ts';
import type {Log} from '../log.ts';
import type {Notices} from '../notices.ts';
import {isStandIn} from '../stand-in.ts';
import type {Database} from '../store/open.ts';
import type {NoticeRow} from '../store/schema.ts';
import {roundTrip} from './round-trip.ts';
import type {RoundTripReport} from './round-trip-report.ts';
import {lastRoundTrip} from './stored.ts';
import type {RoundTripOptions} from './trip.ts';

export type ScheduleOptions = {
    database: Database;
    integrations: () => readonly Integration[];
    travelling: () => RoundTripOptions;
    notices: Pick<Notices, 'set'>;
    log: Log;
    now: () => number;
    onError: (error: unknown) => void;
    /** How often it is looked whether one is due, ms. */
    lookMs?: number;
};

const CODE = 'round_trip_failed';
const LOOK_MS = 15_000;
const MINUTE = 60_000;

export type Schedule = {stop(): Promise<void>};

export function startSchedule(options: ScheduleOptions): Schedule {
    const {database, integrations, notices, now, lookMs = LOOK_MS, onError} = options;
    let running: Promise<void> | null = null;
    let closed = false;
    const look = async (): Promise<void> => {
        for (const notice of await standing(database)) {
            const about = integrations().find(({id}) => id === notice.integration_id);
            // Nobody will make another one that could clear it; or one by hand got through.
            if (!about || !isScheduled(about) || (await lastRoundTrip(database, about.id))?.ok) notices.set(notice, false);
        }
        for (const integration of integrations()) {
            if (closed) return;
            if (!isScheduled(integration)) continue;
            const everyMs = integration.config.round_trip_minutes * MINUTE;
            if (await isMine(database, integration.id, now(), everyMs)) await make(options, integration, () => closed);
        }
    };
    const timer = setInterval(() => {
        running ??= look()
            .catch(onError)
            .finally(() => {
                running = null;
            });
    }, lookMs);
    return {
        async stop() {
            closed = true;
            clearInterval(timer);
            await running;
        },
    };
}

const isScheduled = (one: Integration): boolean => one.config.round_trip_minutes > 0 && one.state === 'active' && !isStandIn(one);

const standing = (database: Database): Promise<NoticeRow[]> =>
    database.read.selectFrom('notice').selectAll().where('code', '=', CODE).execute();

/** Of several replicas one makes it: whoever moves the time on. */
async function isMine(database: Database, integration_id: string, at: number, everyMs: number): Promise<boolean> {
    const rows = await database.write(async (tx) => {
        await tx
            .insertInto('health')
            .values({integration_id})
            .onConflict((conflict) => conflict.column('integration_id').doNothing())
            .execute();
        return tx
            .updateTable('health')
            .set({round_trip_at: at})
            .where('integration_id', '=', integration_id)
            .where((where) => where.or([where('round_trip_at', 'is', null), where('round_trip_at', '<=', at - everyMs)]))
            .returning('integration_id')
            .execute();
    });
    return rows.length > 0;
}

async function make(options: ScheduleOptions, integration: Integration, closing: () => boolean): Promise<void> {
    const {notices, log, now} = options;
    const report = await roundTrip({...options.travelling(), closing}, integration);
    // Somebody makes one by hand just now: that one tells. And a stop, or the kill switch, is no failure.
    if (report.hops.some(({code}) => ['under_way', 'stopping', 'switched_off'].includes(code ?? ''))) return;
    log[report.ok ? 'info' : 'error']({integration: integration.name, ms: report.ms, broken: report.broken}, 'round trip');
    const row = {integration_id: integration.id, code: CODE, subject: 'round trip', detail: told(report), since: now()};
    notices.set(row, !report.ok);
}

function told({hops}: RoundTripReport): string {
    const broken = hops.find(({state}) => state === 'broken');
    return broken ? `${broken.title}: ${broken.text} (${broken.code})` : '';
}
