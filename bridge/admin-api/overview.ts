/** Health at a glance, made for one caller: only of what it reaches. */

import type {z} from 'zod';
import {expiringSecrets} from '../admin/expiring-secrets.ts';
import {hopsOf, worstOf} from '../admin/health.ts';
import {readKillSwitch, type SwitchState} from '../admin/kill-switch.ts';
import {nextStep, type Subject} from '../admin/next-steps.ts';
import {instant, instantOrNull} from '../agent-api/contract.ts';
import type {Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {Database} from '../store/open.ts';
import type {NoticeRow} from '../store/schema.ts';
import type {Storage} from '../store/storage.ts';
import type {Ears} from '../to-ireserve/listen.ts';
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';
import type {Care} from './care-operations.ts';
import type {KillSwitch, Overview} from './contract.ts';
import {explained} from './words/words.ts';

export type OverviewOptions = {
    database: Database;
    storage: Pick<Storage, 'check'>;
    integrations: Pick<Integrations, 'listed'>;
    ears: Pick<Ears, 'state'>;
    care: Care;
    version: string;
    /** ms since 1970 */
    startedAt: number;
    publicUrl: () => string;
    now: () => number;
};

export const switchShown = ({on, since, by, reason}: SwitchState): z.infer<typeof KillSwitch> => ({
    on,
    since: instantOrNull(since),
    by,
    reason,
});

export function createOverview({database, storage, integrations, ears, care, version, startedAt, publicUrl, now}: OverviewOptions) {
    return async (reaches: (integration: Integration) => boolean, language: BridgeLanguage): Promise<Overview> => {
        const {read} = database;
        const kill = await readKillSwitch(read);
        const notices = await read.selectFrom('notice').selectAll().orderBy('since').execute();
        const shown: Overview['integrations'] = [];
        for (const integration of integrations
            .listed()
            .filter(reaches)
            .sort((a, b) => a.name.localeCompare(b.name))) {
            const mine = notices.filter((one) => one.integration_id === integration.id);
            shown.push(await integrationOf(integration, {notices: mine, kill, language}));
        }
        const at = now();
        return {
            ...{at: instant(at), version, started_at: instant(startedAt), uptime_seconds: Math.floor((at - startedAt) / 1000)},
            public_url: publicUrl(),
            database: {kind: database.dialect, writable: (await storage.check()).ok},
            kill_switch: switchShown(kill),
            integrations: shown,
        };
    };

    async function integrationOf(
        integration: Integration,
        {notices, kill, language}: {notices: readonly NoticeRow[]; kill: SwitchState; language: BridgeLanguage},
    ): Promise<Overview['integrations'][number]> {
        const {id, name, licence, environment, state, config} = integration;
        const ear = ears.state().get(id);
        const hops = await hopsOf(database.read, {integration, ear, notices, switchedOff: kill.on});
        const queued = hops.reduce((sum, hop) => sum + hop.queued, 0);
        const oldest = hops.map((hop) => hop.oldest_queued_at).filter((one) => one !== null);
        return {
            ...{id, name, licence, environment, state, server_url: config.server_url},
            health: worstOf(hops, notices.length),
            hops: hops.map(({last_success_at, last_failure, oldest_queued_at, ...hop}) => ({
                ...hop,
                last_success_at: instantOrNull(last_success_at),
                last_failure: last_failure && {...last_failure, at: instant(last_failure.at)},
                oldest_queued_at: instantOrNull(oldest_queued_at),
            })),
            listening: ear ? {up: ear.up, down_since: instantOrNull(ear.downSince), here: ear.here} : null,
            queued,
            oldest_queued_at: oldest.length > 0 ? instant(Math.min(...oldest)) : null,
            dead: hops.reduce((sum, hop) => sum + hop.dead, 0),
            notices: notices.map(({code, subject, detail, since}) => ({
                ...{code, subject, detail, since: instant(since)},
                next: nextOf(code, {integration: name, channel: subject, server: config.server_url}, language),
            })),
            secrets_expiring: await expiringOf(id),
            doctor: (await care.doctor?.last(integration)) ?? null,
        };
    }

    async function expiringOf(integration_id: string): Promise<{secret: string; expires_at: string}[]> {
        const rows = await expiringSecrets(database.read, now(), integration_id);
        return rows.map(({kind, expires_at}) => ({secret: kind, expires_at: instant(expires_at)}));
    }
}

/** English has the exact names in it; the others say it as the log does. */
const nextOf = (code: string, subject: Subject, language: BridgeLanguage): string =>
    (language === 'en' ? null : explained(code, language).next?.replaceAll('<integration>', subject.integration)) ??
    nextStep(code, subject);
