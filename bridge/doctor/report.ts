/** What the doctor says, as it is stored, shown and sent. */
import {z} from 'zod';
import {Said} from './said.ts';

export const HOPS = {
    bridge: 'Bridge',
    store: 'Store and queues',
    server: 'Mattermost server',
    bot: 'Bot',
    channels: 'Channels',
    listening: 'Hearing Mattermost',
    command: 'Slash command and buttons',
    plugin: 'Side panel',
    ireserve: 'i-Reserve',
} as const;
export type HopName = keyof typeof HOPS;

export const CheckState = z.enum(['ok', 'not_checked', 'info', 'warning', 'failed']);
export type CheckState = z.infer<typeof CheckState>;

const HowToSet = z.object({
    name: z.string(),
    value: z.string(),
    console: z.string().meta({description: 'Where in the System Console; empty where it can’t be changed there.'}),
    environment: z.string(),
    mmctl: z.string(),
});
const FindingInReport = z
    .object({
        code: z.string().meta({description: 'Stable; see docs/doctor.md.'}),
        severity: z.enum(['error', 'warning', 'info']),
        text: z.string().meta({description: 'What was found here.'}),
        means: z.string(),
        mend: z.string().meta({description: 'What to do.'}),
        settings: z.array(HowToSet).meta({description: 'Settings of the Mattermost server that mend it, with their values.'}),
        said: Said.optional().meta({description: 'text before its blanks were filled in, for other languages.'}),
        about: z.record(z.string(), z.string()).optional().meta({description: 'What the blanks of mend were filled in with.'}),
    })
    .meta({id: 'DoctorFinding'});
export type FindingInReport = z.infer<typeof FindingInReport>;

const CheckInReport = z.object({
    check: z.string(),
    title: z.string(),
    state: CheckState,
    text: z.string().meta({description: 'What is in order, or why nothing was checked.'}),
    findings: z.array(FindingInReport),
    ms: z.int(),
});
export type CheckInReport = z.infer<typeof CheckInReport>;

export const DoctorReport = z
    .object({
        at: z.string(),
        integration: z.string(),
        environment: z.enum(['test', 'production']),
        version: z.string(),
        state: CheckState,
        hops: z.array(z.object({hop: z.string(), title: z.string(), state: CheckState, checks: z.array(CheckInReport)})),
        checklist: z
            .array(z.object({item: z.string(), state: CheckState, checks: z.array(z.string())}))
            .meta({description: 'i-Reserve’s own implementation checklist of this environment.'}),
    })
    .meta({id: 'DoctorReport'});
export type DoctorReport = z.infer<typeof DoctorReport>;

/** `not_checked` below `ok`: what is known says more. */
const BY_WEIGHT: readonly CheckState[] = ['not_checked', 'ok', 'info', 'warning', 'failed'];

/** The worst of them; without any, nothing was checked. */
export const worst = (states: readonly CheckState[]): CheckState =>
    BY_WEIGHT[Math.max(0, ...states.map((state) => BY_WEIGHT.indexOf(state)))] ?? 'not_checked';
