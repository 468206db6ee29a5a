import {join} from 'node:path';
import {defineConfig} from 'vitest/config';
import {ClosingLine} from './test/support/closing-line.ts';
import {chooseSeed, SeedReport} from './test/support/seed-report.ts';
import {SoakTable} from './test/support/soak-table.ts';

const freshSeed = chooseSeed();

// What one process has compiled, the others need not: half the time of a start, for vitest's own workers and for the processes under test.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compile');

export default defineConfig({
    test: {
        // Processes, not threads: tests start servers, send signals and load native code.
        pool: 'forks',
        // The machines this runs on have two cores; a third of the time a test waits for something, which is another one's turn.
        maxWorkers: 3,
        // Generous: a busy CI machine must not turn a slow test into a failing one. Waiting helpers have shorter limits of their own.
        testTimeout: 30_000,
        hookTimeout: 60_000,
        teardownTimeout: 20_000,
        reporters: ['default', ...(process.env.SOAK_SECONDS ? [new SoakTable()] : []), new SeedReport(freshSeed), new ClosingLine()],
        env: {FRESH_SEED: String(freshSeed)},
        projects: [
            {
                extends: true,
                test: {
                    // Beside the code they test: no servers, no processes, no database. They leave nothing behind, so one process runs them all.
                    name: 'pure',
                    environment: 'node',
                    include: ['{bridge,docs}/**/*.test.ts'],
                    isolate: false,
                },
            },
            {
                extends: true,
                test: {
                    name: 'bridge',
                    environment: 'node',
                    include: ['test/**/*.test.ts', 'webapp/*.test.ts'],
                    exclude: ['test/{host,journeys}/**', 'node_modules/**'],
                    globalSetup: ['test/support/run-postgres.ts'],
                    setupFiles: ['test/support/costs.ts', 'test/support/leaks.ts'],
                    isolate: false,
                },
            },
            {
                extends: true,
                test: {
                    name: 'webapp',
                    environment: 'jsdom',
                    include: ['webapp/{src,tests}/**/*.test.{ts,tsx}'],
                    // One page per worker: loading jsdom and React for every file took longer than the tests.
                    isolate: false,
                    setupFiles: ['webapp/tests/each_test.ts'],
                },
            },
            {
                extends: true,
                test: {
                    name: 'journeys',
                    environment: 'node',
                    include: ['test/{host,journeys}/**/*.test.ts'],
                    // One browser per worker, and the bridge loaded once; each file has servers and browser contexts of its own.
                    isolate: false,
                    globalSetup: ['test/journeys/build-once.ts'],
                    expect: {poll: {timeout: 20_000}},
                    testTimeout: 120_000,
                },
            },
        ],
    },
});
