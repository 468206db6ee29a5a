/** Setup's plan and result on a terminal. Pure. */

import type {Check} from '../../admin/check-mattermost.ts';
import type {PlannedStep} from '../../setup/plan.ts';
import type {Site} from '../../setup/site.ts';
import {settingLines} from '../doctor/screen.ts';
import {paint, type Tone} from '../output.ts';
import {harmless} from '../table.ts';

const MARKS: Record<PlannedStep['state'], {mark: string; tone: Tone}> = {
    exists: {mark: 'exists  ', tone: 'good'},
    made: {mark: 'made    ', tone: 'good'},
    to_make: {mark: 'to make ', tone: 'heading'},
    cannot: {mark: 'by hand ', tone: 'warning'},
    not_needed: {mark: '–       ', tone: 'quiet'},
};

export function stepLine({what, why, state, text}: PlannedStep): string {
    const {mark, tone} = MARKS[state];
    if (state === 'made') return `  ${paint(tone, mark)}  ${harmless(what)} (${harmless(why)})`;
    return `  ${paint(tone, mark)}  ${harmless(what)}: ${harmless(text)} (${harmless(why)})`;
}

/** Every step, and below what cannot be done the exact settings. */
export const planLines = (planned: readonly PlannedStep[]): string[] => planned.flatMap((step) => [stepLine(step), ...settingsOf(step)]);

const settingsOf = ({settings}: PlannedStep): string[] =>
    settings.flatMap((setting) => settingLines(setting).map((line) => `              ${harmless(line)}`));

export function doneLines(
    steps: readonly PlannedStep[],
    checks: readonly Check[],
    name: string,
    secrets: Site['known']['secrets'],
): string[] {
    const byHand = steps.filter(({state}) => state === 'cannot');
    const failed = checks.filter(({ok}) => !ok);
    return [
        '',
        failed.length === 0
            ? `Test message posted: ${name} can post.`
            : `The test message failed: ${failed.map(({text}) => harmless(text)).join('; ')}`,
        ...(byHand.length > 0 ? ['Left to you:', ...byHand.flatMap((step) => [stepLine(step), ...settingsOf(step)])] : []),
        ...(secrets.signing_secret ? [`Signing secret, shown only now; give it to i-Reserve: ${secrets.signing_secret}`] : []),
    ];
}
