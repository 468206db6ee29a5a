/** What admins have done to an integration as a whole, with the trace each leaves in the audit trail; for API and command line alike. */
import type {Care} from '../admin-api/care-operations.ts';
import type {DoctorOptions} from '../doctor/inquiry.ts';
import {roundTrip} from '../doctor/round-trip.ts';
import {runDoctor} from '../doctor/run.ts';
import {lastReport as lastDoctorReport} from '../doctor/stored.ts';
import type {RoundTripOptions} from '../doctor/trip.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {lastReport} from '../nightly.ts';
import {EraseBusy, type Erased, type Erasing, erase} from '../privacy/erase.ts';
import {type ExportedVisitor, exportVisitor} from '../privacy/export.ts';
import type {Scope} from '../privacy/scope.ts';
import {type Reconcile, type Reconciling, reconcile} from '../reconcile/reconcile.ts';
import type {ReconcileReport} from '../reconcile/report.ts';
import type {Database} from '../store/open.ts';
import type {People} from '../to-ireserve/people.ts';
import {type Actor, writeAudit} from './audit.ts';
import {readKillSwitch} from './kill-switch.ts';

type Trail = {database: Database; now: () => number};

async function leave({database, now}: Trail, by: Actor, {id, name}: Integration, action: string, subject: string, after: object) {
    await database.write((tx) => writeAudit(tx, {at: now(), by, action, integration: {id, name}, subject, after}));
}

/** @throws BridgeError switched_off while nothing may be changed in Mattermost, whoever asks */
export async function mustBeOn({database}: Pick<Trail, 'database'>): Promise<void> {
    if ((await readKillSwitch(database.read)).on) throw new BridgeError('switched_off', 'nothing may be changed in Mattermost now');
}

/** Which way somebody was named; not who: the trail outlives the visitor. */
const wayOf = (scope: Scope): string => Object.keys(scope)[0] ?? '';

/** @throws BridgeError switched_off, and as erase does */
export async function eraseFor(by: Actor, erasing: Erasing, integration: Integration, scope: Scope): Promise<Erased> {
    await mustBeOn(erasing);
    const report = await erase(erasing, integration, scope);
    const {conversations, threads, notifications_deleted, rows, left} = report;
    await leave(erasing, by, integration, 'visitor.erased', wayOf(scope), {
        ...{conversations, threads, notifications_deleted, rows},
        left: left.length,
    });
    return report;
}

/** @throws as exportVisitor does */
export async function exportFor(
    by: Actor,
    exporting: Erasing & {people: Pick<People, 'find'>},
    integration: Integration,
    scope: Scope,
): Promise<ExportedVisitor> {
    const exported = await exportVisitor(exporting, integration, scope);
    await leave(exporting, by, integration, 'visitor.exported', wayOf(scope), {conversations: exported.conversations.length});
    return exported;
}

/** Only a repair changes something. @throws as reconcile does */
export async function reconcileFor(
    by: Actor,
    reconciling: Reconciling,
    integration: Integration,
    options: Reconcile,
): Promise<ReconcileReport> {
    if (options.repairing) await mustBeOn(reconciling);
    const report = await reconcile(reconciling, integration, options);
    if (options.repairing)
        await leave(reconciling, by, integration, 'reconcile.repaired', '', {counts: report.counts, repaired: report.repaired});
    return report;
}

export type CareOptions = {
    erasing: Erasing;
    people: Pick<People, 'find'>;
    reconciling: Reconciling;
    doctor: () => DoctorOptions;
    roundTrip: () => RoundTripOptions;
};

export function createCare({erasing, people, reconciling, doctor, roundTrip: trip}: CareOptions): Care {
    const {database} = erasing;
    return {
        doctor: {
            run: (integration) => runDoctor(doctor(), integration),
            last: async ({id}) => (await lastDoctorReport(database, id)) ?? null,
        },
        async roundTrip(integration, channel_id) {
            await mustBeOn(erasing);
            return roundTrip(trip(), integration, channel_id);
        },
        reconcile: {
            async run(integration, {repair, by}) {
                return reconcileFor(by, reconciling, integration, {repairing: repair});
            },
            last: ({id}) => lastReport<ReconcileReport>(database, id, 'reconcile'),
        },
        async erase(integration, {dry_run, ...scope}, by) {
            if (dry_run) return {...(await erase(erasing, integration, scope as Scope, {dryRun: true})), dry_run};
            try {
                return {...(await eraseFor(by, erasing, integration, scope as Scope)), dry_run};
            } catch (error) {
                if (error instanceof EraseBusy) throw new BridgeError('still_sending', error.message, {retryAfter: 60});
                throw error;
            }
        },
        visitorExport: (integration, scope, by) => exportFor(by, {...erasing, people}, integration, scope as Scope),
    };
}
