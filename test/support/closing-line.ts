/**
 * vitest reporter whose last word is one line for people and machines: `Tests: 12 passed, 0 failed, 1 skipped`.
 *
 * What vitest reports beside the tests (a file that can't be loaded, a failing hook, a rejection nobody caught) counts as a failure too, and so
 * does a run without any test: "0 failed" must mean that all is well.
 */
import {writeFileSync} from 'node:fs';
import type {Reporter, TestCase, TestModule, TestRunEndReason} from 'vitest/node';

/** `.ci/run` wants to print the line itself, after everything else: then the line goes to this file. */
const FILE = process.env.CLOSING_LINE_FILE;

export type Counts = {passed: number; failed: number; skipped: number};

export function closingLine({passed, failed, skipped}: Counts): string {
    return `Tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export class ClosingLine implements Reporter {
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
        const counts = count(modules);
        counts.failed += unhandledErrors.length;
        if (reason === 'interrupted') counts.failed++;
        const notes = modules.flatMap((module) => [...module.children.allTests('skipped')]).map(describeSkip);
        // Named once more at the very end: where only the tail of a long run is kept, the report above is cut off.
        notes.push(...modules.flatMap((module) => [...module.children.allTests('failed')]).map(describeFailure));
        if (counts.passed + counts.failed === 0) {
            counts.failed = 1;
            notes.push('No test was run, which counts as a failure.');
        }
        // vitest knows of failures that we can't count (a coverage threshold); "0 failed" may not hide them.
        if (counts.failed > 0) process.exitCode = 1;
        for (const note of notes) console.log(note);
        if (FILE) writeFileSync(FILE, `${closingLine(counts)}\n`);
        else console.log(closingLine(counts));
    }
}

function count(modules: readonly TestModule[]): Counts {
    const counts = {passed: 0, failed: 0, skipped: 0};
    for (const module of modules) {
        if (module.errors().length > 0) counts.failed++;
        for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed++;
        for (const test of module.children.allTests()) {
            const {state} = test.result();
            // "pending" after the end: its worker died before it could finish.
            counts[state === 'pending' ? 'failed' : state]++;
        }
    }
    return counts;
}

function describeFailure(test: TestCase): string {
    const why = test.result().errors?.[0]?.message.split('\n', 1)[0] ?? 'no reason given';
    return `Failed: ${test.module.relativeModuleId} > ${test.fullName}: ${why}`;
}

function describeSkip(test: TestCase): string {
    const result = test.result();
    const note = result.state === 'skipped' && result.note ? `: ${result.note}` : '';
    return `Skipped: ${test.module.relativeModuleId} > ${test.fullName}${note}`;
}
