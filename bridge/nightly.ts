/** What runs once a night for each integration, by its own clock, or for the whole service, by UTC; on whichever replica comes first. */
import type {Integration} from './integration.ts';
import type {Database} from './store/open.ts';

export type Job = {name: string; run(integration: Integration, closed: () => boolean): Promise<unknown>};

/** What is no integration's own. */
export type ServiceJob = {name: string; run(): Promise<unknown>};

/** Stands where an integration's id would. */
const SERVICE = '';

/** From this hour on, in the integration's time zone: a bridge that was off at night catches up in the morning. */
const FROM_HOUR = 3;
const LOOK_MS = 5 * 60_000;
/** A run that never ended (its process was killed) is taken over after this. */
const ABANDONED_MS = 6 * 3_600_000;

export type NightlyOptions = {
    database: Database;
    integrations: () => Integration[];
    jobs: Job[];
    serviceJobs?: () => ServiceJob[];
    now: () => number;
    /** `integration` is undefined for a job of the service. */
    onDone: (integration: Integration | undefined, job: string, report: unknown) => void;
    onError: (error: unknown, integration: Integration | undefined, job: string) => void;
    lookMs?: number;
};

export function createNightly(options: NightlyOptions) {
    const {database, integrations, jobs, serviceJobs = () => [], now, onDone, onError, lookMs = LOOK_MS} = options;
    let closed = false;
    let running: Promise<void> = Promise.resolve();

    async function runDue(): Promise<void> {
        for (const {name, run} of serviceJobs()) await runIfDue(undefined, name, 'UTC', run);
        for (const integration of integrations()) {
            if (integration.state === 'inactive') continue;
            for (const {name, run} of jobs)
                await runIfDue(integration, name, integration.config.time_zone, () => run(integration, () => closed));
        }
    }
    async function runIfDue(integration: Integration | undefined, name: string, timeZone: string, run: () => Promise<unknown>) {
        const id = integration?.id ?? SERVICE;
        const {day, hour} = localTime(now(), timeZone);
        if (closed || hour < FROM_HOUR || !(await begin(database, id, name, day, now()))) return;
        try {
            const report = await run();
            await end(database, id, name, report, now());
            onDone(integration, name, report);
        } catch (error) {
            onError(error, integration, name);
        }
    }
    const look = () => {
        running = running.then(runDue).catch((error: unknown) => onError(error, undefined, 'nightly'));
        return running;
    };
    const timer = setInterval(look, lookMs);
    timer.unref();
    return {
        /** Runs what is due now. */
        look,
        async stop() {
            closed = true;
            clearInterval(timer);
            await running;
        },
    };
}

/** The report of a job's last finished run; null when there was none. */
export async function lastReport<T>(database: Database, integration_id: string, job: string): Promise<T | null> {
    const row = await database.read
        .selectFrom('nightly')
        .select('report')
        .where('integration_id', '=', integration_id)
        .where('job', '=', job)
        .executeTakeFirst();
    return row?.report ? (JSON.parse(row.report) as T) : null;
}

/** The same of a job of the service. */
export const lastServiceReport = <T>(database: Database, job: string): Promise<T | null> => lastReport<T>(database, SERVICE, job);

/** @returns whether the night's run is ours */
async function begin(database: Database, integration_id: string, job: string, day: string, at: number): Promise<boolean> {
    return database.write(async (tx) => {
        const made = await tx
            .insertInto('nightly')
            .values({integration_id, job, day, started_at: at, finished_at: null, report: null})
            .onConflict((conflict) => conflict.columns(['integration_id', 'job']).doNothing())
            .returning('day')
            .executeTakeFirst();
        if (made) return true;
        const taken = await tx
            .updateTable('nightly')
            .set({day, started_at: at, finished_at: null})
            .where('integration_id', '=', integration_id)
            .where('job', '=', job)
            .where((where) =>
                where.or([
                    where('day', '<', day),
                    where.and([where('finished_at', 'is', null), where('started_at', '<', at - ABANDONED_MS)]),
                ]),
            )
            .returning('day')
            .executeTakeFirst();
        return taken !== undefined;
    });
}

async function end(database: Database, integration_id: string, job: string, report: unknown, at: number): Promise<void> {
    await database.write((tx) =>
        tx
            .updateTable('nightly')
            .set({finished_at: at, report: JSON.stringify(report)})
            .where('integration_id', '=', integration_id)
            .where('job', '=', job)
            .execute(),
    );
}

function localTime(at: number, timeZone: string): {day: string; hour: number} {
    // Swedish writes dates as ISO 8601 does.
    const [day = '', time = ''] = new Intl.DateTimeFormat('sv-SE', {timeZone, dateStyle: 'short', timeStyle: 'short'})
        .format(at)
        .split(' ');
    return {day, hour: Number(time.slice(0, 2))};
}
