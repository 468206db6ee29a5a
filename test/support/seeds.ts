/**
 * Randomness without a lottery: each test that generates what it tries takes fixed seeds, the same in every run, and then fresh ones, chosen anew
 * and printed by every run.
 *
 * What fails with a fresh seed is tried again at once. If it fails again it is a fault, and fails the test; if not, it is reported apart at the
 * end of the run, with the command that repeats it (`seed-report.ts`).
 *
 * - SEED=… tries that seed alone; with SEED_PATH=… the small example that a failure of it was reduced to
 * - SOAK_SECONDS=… tries fresh seeds for so long, whatever fails (`make search`)
 */
import {relative} from 'node:path';
import fc from 'fast-check';
import {type RunnerTestCase, TestRunner} from 'vitest';

/** Something that failed with a fresh seed. */
export type Finding = {
    readonly seed: number;
    /** What repeats it. */
    readonly command: string;
    readonly message: string;
    /** Whether it failed a second time. */
    readonly repeats: boolean;
};

declare module 'vitest' {
    interface TaskMeta {
        usesSeeds?: boolean;
        /** Of fresh seeds. */
        findings?: Finding[];
        /** What was done, for the table of `make search`. */
        figures?: Record<string, number>;
    }
}

/** One failed try of a seed. `path`: of the reduced example, if there is one. */
export type Failure = {readonly message: string; readonly path?: string | null; again(): Promise<boolean>};

export type Seeds = {
    /** Tried in every run, in this order. */
    readonly fixed: readonly number[];
    /** How many fresh ones the gate tries. */
    readonly fresh: number;
    /** Tries at once: where most of one is waiting. */
    readonly atOnce?: number;
    /** One seed; with the path of SEED_PATH if that is given. @returns what failed, or null */
    readonly attempt: (seed: number, path: string | undefined) => Promise<Failure | null>;
};

const {SEED, SEED_PATH, SOAK_SECONDS, FRESH_SEED} = process.env;
export const SOAK_MS = Number(SOAK_SECONDS ?? 0) * 1000;
/** The first fresh seed of this run; chosen in vitest.config.ts, so that all its processes have the same. */
const FRESH = Number(SEED ?? FRESH_SEED ?? 1);
/** How long a test may take on a machine that is busy with something else, ms. */
export const PATIENCE_MS = SOAK_MS + 900_000;
/** A search that has found so much has found enough. */
const MOST_FINDINGS = 5;

export const firstSeeds = (from: number, count: number): number[] => Array.from({length: count}, (_, n) => from + n);

/**
 * Tries the seeds of a test.
 *
 * @returns how many
 * @throws Error with the command that repeats it, for what fails with a fixed seed, twice with a fresh one, or at all in a long search
 */
export async function trySeeds({fixed, fresh, atOnce = 1, attempt}: Seeds): Promise<number> {
    currentTest().meta.usesSeeds = true;
    const deadline = Date.now() + SOAK_MS;
    const given = SEED !== undefined && SOAK_MS === 0;
    const path = given ? SEED_PATH : undefined;
    const list = given ? firstSeeds(FRESH, path ? 1 : Math.max(1, fresh)) : [...fixed, ...firstSeeds(FRESH, fresh)];
    const isKnown = (index: number) => given || index < fixed.length;
    let tried = 0;
    const faults: string[] = [];
    const findings: Finding[] = [];
    const next = (): {seed: number; known: boolean} | null => {
        if (SOAK_MS > 0) {
            const enough = (tried > 0 && Date.now() > deadline) || findings.length >= MOST_FINDINGS;
            return enough ? null : {seed: FRESH + tried++, known: false};
        }
        const seed = faults.length > 0 ? undefined : list[tried];
        return seed === undefined ? null : {seed, known: isKnown(tried++)};
    };
    const one = async (): Promise<void> => {
        for (let turn = next(); turn; turn = next()) {
            const failure = await attempt(turn.seed, path);
            if (!failure) continue;
            const repeats = turn.known || (await failure.again());
            const finding = {seed: turn.seed, command: commandFor(turn.seed, failure.path), message: failure.message, repeats};
            if (!turn.known) findings.push(finding);
            if (repeats || SOAK_MS > 0) faults.push(`${finding.message}\n\nTo repeat it: ${finding.command}`);
        }
    };
    await Promise.all(Array.from({length: atOnce}, one));
    if (findings.length > 0) report({findings});
    if (faults.length > 0) throw new Error(faults.join('\n\n'));
    return tried;
}

/** Tries the seeds of a test that does one thing for each; what it throws is the failure. @returns how many seeds were tried */
export const tryRuns = ({run, ...seeds}: Omit<Seeds, 'attempt'> & {run: (seed: number) => Promise<void>}): Promise<number> =>
    trySeeds({
        ...seeds,
        attempt: (seed) =>
            run(seed).then(
                () => null,
                (error: unknown) => ({
                    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
                    again: () =>
                        run(seed).then(
                            () => false,
                            () => true,
                        ),
                }),
            ),
    });

/** Like `fc.assert`: half of the runs with a fixed seed, half with a fresh one. */
export async function check<Ts>(property: fc.IRawProperty<Ts>, parameters: fc.Parameters<Ts> = {}): Promise<void> {
    const {numRuns = 100} = parameters;
    const runs = SOAK_MS > 0 ? numRuns : Math.ceil(numRuns / 2);
    await trySeeds({
        fixed: [1],
        fresh: 1,
        async attempt(seed, path) {
            const options = {...parameters, seed, numRuns: runs, ...(path ? {path} : {})};
            const details = await fc.check(property, options);
            if (!details.failed) return null;
            const {counterexamplePath} = details;
            const again = {...options, path: counterexamplePath ?? '', endOnFailure: true};
            return {
                message: await explain(details),
                path: counterexamplePath,
                again: async () => (await fc.check(property, again)).failed,
            };
        },
    });
}

/** What broke, in its first line, and then what broke it. */
export async function explain<Ts>(details: fc.RunDetails<Ts>): Promise<string> {
    const {errorInstance} = details;
    const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    return `${why}\n\n${(await fc.asyncDefaultReportMessage(details)) ?? ''}`;
}

/** Leaves something for the reporters of this run. */
export function report({findings = [], figures = {}}: {findings?: Finding[]; figures?: Record<string, number>}): void {
    const {meta} = currentTest();
    meta.findings = [...(meta.findings ?? []), ...findings];
    const sum = {...meta.figures};
    for (const [name, value] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + value;
    meta.figures = sum;
}

function currentTest(): RunnerTestCase {
    const test = TestRunner.getCurrentTest<RunnerTestCase | undefined>();
    if (!test) throw new Error('seeds are tried in tests only');
    return test;
}

function commandFor(seed: number, path: string | null | undefined): string {
    const {file, fullTestName = currentTest().name} = currentTest();
    // The name is a pattern there, behind make and a shell.
    const name = fullTestName.replaceAll(/[^\p{L}\p{N} ,:;]/gu, '.');
    return `SEED=${seed}${path ? ` SEED_PATH=${path}` : ''} make test ONLY='${relative(process.cwd(), file.filepath)} -t "${name}"'`;
}
