/** Scenarios of a model: one is made from each seed and carried out; the first that fails is made small. */
import fc from 'fast-check';
import {explain, type Failure, SOAK_MS, trySeeds} from './seeds.ts';

/** Making a counterexample smaller takes as many runs as there are pieces to leave out. */
const SHRINK_MS = SOAK_MS > 0 ? 120_000 : 60_000;

export type Scenarios<Scenario> = {
    readonly scenario: fc.Arbitrary<Scenario>;
    readonly fixed: readonly number[];
    /** Fresh ones in the gate. */
    readonly fresh: number;
    /** Most of a run is waiting for time-outs and back-offs. */
    readonly atOnce: number;
    readonly run: (one: Scenario) => Promise<void>;
};

/**
 * Carries scenarios out.
 *
 * @returns how many seeds were tried
 * @throws Error with the scenario that failed, and the command that repeats it
 */
export function tryScenarios<Scenario>({scenario, run, ...seeds}: Scenarios<Scenario>): Promise<number> {
    async function attempt(seed: number, path: string | undefined): Promise<Failure | null> {
        let giveUp = Number.POSITIVE_INFINITY;
        const property = fc.asyncProperty(scenario, async (one) => {
            // Whatever else might be left out stays in.
            if (Date.now() > giveUp) return;
            await run(one).catch((error: unknown) => {
                if (giveUp === Number.POSITIVE_INFINITY) giveUp = Date.now() + SHRINK_MS;
                throw error;
            });
        });
        // One run a seed: fast-check's own time limit would leave one behind. Its first runs are otherwise meant to be small.
        const details = await fc.check(property, {seed, numRuns: 1, unbiased: true, ...(path ? {path, endOnFailure: true} : {})});
        const smallest = details.counterexample?.[0];
        if (!details.failed || !smallest) return null;
        return {
            message: await explain(details),
            path: details.counterexamplePath,
            again: () =>
                run(smallest).then(
                    () => false,
                    () => true,
                ),
        };
    }
    return trySeeds({...seeds, attempt});
}
