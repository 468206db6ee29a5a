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
        // Once more at the very end, in short: where only the tail of a long run is kept, the report above is cut off.
        notes.push(...modules.flatMap(describeFailures));
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

/** Longest list of failures: beyond that it is one and the same thing, and the first ones tell. */
const MOST_FAILURES = 20;

/** What failed, where, and the command that runs it again. */
function describeFailures(module: TestModule): string[] {
    const tests = [...module.children.allTests('failed')].map((test) => {
        const [error] = test.result().errors ?? [];
        const place = error?.stacks?.find(({file}) => !file.includes('node_modules'));
        const line = place ? `:${place.line}` : '';
        const why = error?.message.split('\n', 1)[0] ?? 'no reason given';
        return `Failed: ${module.relativeModuleId}${place && !place.file.endsWith(module.relativeModuleId) ? '' : line} > ${test.fullName}: ${why}\n${again(module, test)}`;
    });
    const outside = module
        .errors()
        .map(({message}) => `Failed: ${module.relativeModuleId}: ${message.split('\n', 1)[0]}\n${again(module)}`);
    const left = tests.length - MOST_FAILURES;
    return [...tests.slice(0, MOST_FAILURES), ...(left > 0 ? [`… and ${left} more in ${module.relativeModuleId}`] : []), ...outside];
}

/** For a shell: the name of a test is a pattern, in which what is neither letter nor digit stands for anything. */
function again(module: TestModule, test?: TestCase): string {
    const name = test?.fullName.replaceAll(' > ', ' ').replace(/[^\p{L}\p{N} ,:;_-]/gu, '.');
    return `  make test ONLY='${module.relativeModuleId}${name ? ` -t "${name}"` : ''}'`;
}

function describeSkip(test: TestCase): string {
    const result = test.result();
    const note = result.state === 'skipped' && result.note ? `: ${result.note}` : '';
    return `Skipped: ${test.module.relativeModuleId} > ${test.fullName}${note}`;
}
