/** The doctor's report on a terminal. Pure. */
import type {CheckInReport, CheckState, DoctorReport, FindingInReport} from '../../doctor/report.ts';
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
