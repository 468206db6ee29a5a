/** The doctor: every check of every hop, side by side, each with a time limit; one report. */
import packageJson from '../../package.json' with {type: 'json'};
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import {filledIn} from './checklists.ts';
import {BOT_CHECKS} from './checks/bot.ts';
import {BRIDGE_CHECKS} from './checks/bridge.ts';
import {CHANNEL_CHECKS} from './checks/channels.ts';
import type {Check} from './checks/check.ts';
import {COMMAND_CHECKS} from './checks/command.ts';
import {IRESERVE_CHECKS} from './checks/ireserve.ts';
import {LISTENING_CHECKS} from './checks/listening.ts';
import {PLUGIN_CHECKS} from './checks/plugin.ts';
import {SERVER_CHECKS} from './checks/server.ts';
import {STORE_CHECKS} from './checks/store.ts';
import {FINDINGS, mendOf} from './findings.ts';
import {CannotAsk, createInquiry, type DoctorOptions, type Inquiry, type Seen} from './inquiry.ts';
import {type CheckInReport, type CheckState, type DoctorReport, HOPS, type HopName, worst} from './report.ts';
import {type Said, said, spoken} from './said.ts';
import {storeReport} from './stored.ts';

export const CHECKS: readonly Check[] = [
    ...BRIDGE_CHECKS,
    ...STORE_CHECKS,
    ...SERVER_CHECKS,
    ...BOT_CHECKS,
    ...CHANNEL_CHECKS,
    ...LISTENING_CHECKS,
    ...COMMAND_CHECKS,
    ...PLUGIN_CHECKS,
    ...IRESERVE_CHECKS,
];

const LIMIT_MS = 12_000;

/**
 * Examines one integration. Changes nothing and posts nothing; i-Reserve gets one ping.
 *
 * @param adminClient with a system admin's token it sees the rest
 */
export async function runDoctor(
    options: DoctorOptions,
    integration: Integration,
    {adminClient}: {adminClient?: MattermostClient} = {},
): Promise<DoctorReport> {
    const inquiry = createInquiry(options, integration, adminClient);
    const checked = new Map(await Promise.all(CHECKS.map(async (check) => [check.id, await carryOut(check, inquiry)] as const)));
    const hops = (Object.keys(HOPS) as HopName[]).map((hop) => {
        const checks = CHECKS.filter((check) => check.hop === hop).flatMap(({id}) => checked.get(id) ?? []);
        return {hop, title: HOPS[hop], state: worst(checks.map(({state}) => state)), checks};
    });
    const report: DoctorReport = {
        at: new Date(options.now()).toISOString(),
        integration: integration.name,
        environment: integration.environment,
        version: packageJson.version,
        state: worst(hops.map(({state}) => state)),
        hops,
        checklist: filledIn(integration.environment, (id) => checked.get(id)),
    };
    await storeReport(options.database, integration.id, report, options.now()).catch(() => undefined);
    return report;
}

async function carryOut({id, title, run}: Check, inquiry: Inquiry): Promise<CheckInReport> {
    const started = performance.now();
    const seen = await within(inquiry.limitMs ?? LIMIT_MS, run(inquiry)).catch((error: unknown) => [failedWith(error, inquiry)]);
    const findings = seen.flatMap((one) => {
        if (!('code' in one)) return [];
        const {code, text, about = inquiry.about, values} = one;
        const {text: mend, settings} = mendOf(code, about, values);
        const {severity, means} = FINDINGS[code];
        return [{code, severity, text: spoken(text), means, mend, settings, said: text, about}];
    });
    const fine = seen.flatMap((one) => ('fine' in one ? [one.fine] : []));
    const unseen = seen.flatMap((one) => ('unseen' in one ? [one.unseen] : []));
    const states = findings.map(({severity}): CheckState => (severity === 'error' ? 'failed' : severity));
    const state = worst([...states, ...(fine.length > 0 ? ['ok' as const] : [])]);
    return {check: id, title, state, text: [...fine, ...unseen].join('; '), findings, ms: Math.round(performance.now() - started)};
}

class TooLong extends Error {
    readonly said: Said;

    constructor(told: Said) {
        super(spoken(told));
        this.said = told;
    }
}

async function within(ms: number, seen: Promise<Seen[]>): Promise<Seen[]> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TooLong(said`no result within ${ms / 1000} s`)), ms);
    });
    try {
        return await Promise.race([seen, limit]);
    } finally {
        clearTimeout(timer);
    }
}

function failedWith(error: unknown, {about}: Inquiry): Seen {
    if (error instanceof CannotAsk) return {unseen: error.message};
    if (error instanceof TooLong) return {code: 'check_timed_out', text: error.said, about};
    // Told by the checks of the server; here it only hides what this one would see.
    if (error instanceof MattermostError && (error.kind === 'limited' || error.kind === 'unsent'))
        return {unseen: `not checked: ${error.message}`};
    return {code: 'check_failed', text: said`${(error as Error).message}`, about};
}
