/** The doctor's report on a terminal. Pure. */
import type {CheckInReport, CheckState, DoctorReport, FindingInReport} from '../../doctor/report.ts';
import type {HopInReport, RoundTripReport} from '../../doctor/round-trip-report.ts';
import type {HowToSet} from '../../doctor/server-settings.ts';
import {paint, type Tone} from '../output.ts';
import {harmless} from '../table.ts';

const MARKS: Record<CheckState, {mark: string; tone: Tone}> = {
    ok: {mark: 'ok     ', tone: 'good'},
    info: {mark: 'note   ', tone: 'quiet'},
    warning: {mark: 'WARNING', tone: 'warning'},
    failed: {mark: 'FAILED ', tone: 'bad'},
    not_checked: {mark: '–      ', tone: 'quiet'},
};

export function reportLines(report: DoctorReport, all = false): string[] {
    const environment = paint(report.environment, report.environment);
    const bad = report.hops.flatMap(({checks}) => checks).filter(({state}) => state === 'failed').length;
    return [
        `${paint('heading', report.integration)} (${environment})`,
        ...report.hops.flatMap((hop) => {
            const shown = hop.checks.filter(({state}) => all || !['ok', 'not_checked'].includes(state));
            return [`  ${marked(hop.state)}  ${hop.title}`, ...shown.flatMap((check) => checkLines(check))];
        }),
        ...(all
            ? [
                  '',
                  paint('heading', `Checklist (${report.environment})`),
                  ...report.checklist.map(({item, state}) => `  ${boxOf(state)} ${item}`),
              ]
            : []),
        ...(report.state === 'failed'
            ? [`${bad} check(s) failed.`]
            : [report.state === 'warning' ? 'Every hop works; see the warnings.' : 'All in order.']),
    ];
}

const HOP_MARKS: Record<HopInReport['state'], {mark: string; tone: Tone}> = {
    ok: {mark: 'ok     ', tone: 'good'},
    broken: {mark: 'BROKEN ', tone: 'bad'},
    not_set: {mark: 'not set', tone: 'warning'},
    not_reached: {mark: '–      ', tone: 'quiet'},
};

/** Each hop of a round trip with its time. */
export function roundTripLines({integration, hops, ok, ms, broken}: RoundTripReport): string[] {
    return [
        `${paint('heading', 'Round trip')} ${integration}`,
        ...hops.map(({title, state, ms: took, code, text}) => {
            const {mark, tone} = HOP_MARKS[state];
            return `  ${paint(tone, mark)}  ${String(took).padStart(6)} ms  ${title}: ${harmless(text)}${code ? ` [${code}]` : ''}`;
        }),
        ok ? `All the way and back in ${ms} ms.` : `Broken at: ${broken}.`,
    ];
}

const marked = (state: CheckState): string => paint(MARKS[state].tone, MARKS[state].mark);

/** Ticked, not ticked, or not known. */
const boxOf = (state: CheckState): string => (state === 'failed' || state === 'warning' ? '☐' : state === 'not_checked' ? '?' : '☑');

function checkLines({title, state, text, findings}: CheckInReport): string[] {
    const head = findings.length === 0 ? [`      ${marked(state)}  ${title}: ${harmless(text)}`] : [];
    return [...head, ...findings.flatMap((finding) => findingLines(title, finding))];
}

function findingLines(title: string, {code, severity, text, means, mend, settings}: FindingInReport): string[] {
    const state = severity === 'error' ? 'failed' : severity;
    return [
        `      ${marked(state)}  ${title}: ${harmless(text)} [${code}]`,
        `               ${means}`,
        `               next: ${harmless(mend)}`,
        ...settings.flatMap((setting) => settingLines(setting).map((line) => `                 ${harmless(line)}`)),
    ];
}

/** The three ways to change one setting of Mattermost. */
export const settingLines = ({console, environment, mmctl}: Pick<HowToSet, 'console' | 'environment' | 'mmctl'>): string[] => [
    ...(console ? [console] : []),
    environment,
    mmctl,
];
