/** Tries scenarios for a while, several at once, and makes the first one that fails small. */
import fc from 'fast-check';

export type Exploration<Scenario> = {
    readonly scenario: fc.Arbitrary<Scenario>;
    readonly seconds: number;
    /** Most of a run is waiting for time-outs and back-offs. */
    readonly atOnce: number;
    readonly seed: number;
    /** Of a failure that is to be repeated. */
    readonly path?: string | undefined;
    readonly run: (one: Scenario) => Promise<void>;
};

/** Making a counterexample smaller takes as many runs as there are pieces to leave out. */
const SHRINK_MS = Number(process.env.MODEL_SHRINK_SECONDS ?? 90) * 1000;

/**
 * @returns how many scenarios were run
 * @throws what fast-check says of the first failure: the scenario, its seed and path
 */
export async function explore<Scenario>({scenario, seconds, atOnce, seed, path, run}: Exploration<Scenario>): Promise<number> {
    const deadline = Date.now() + seconds * 1000;
    let [runs, started] = [0, 0];
    let failed: unknown;

    async function search(): Promise<void> {
        while (failed === undefined && (started === 0 || Date.now() < deadline)) {
            let giveUp = Number.POSITIVE_INFINITY;
            const property = fc.asyncProperty(scenario, async (one) => {
                // Whatever else might be left out stays in.
                if (Date.now() > giveUp) return;
                runs++;
                await run(one).catch((error: unknown) => {
                    if (giveUp === Number.POSITIVE_INFINITY) giveUp = Date.now() + SHRINK_MS;
                    throw error;
                });
            });
            // One at a time: fast-check's own time limit would leave a run behind. Its first runs are otherwise meant to be small.
            const once = {seed: seed + started++, numRuns: 1, unbiased: true, ...(path ? {path} : {})};
            await fc.assert(property, once).catch((error: unknown) => {
                failed ??= error;
            });
            if (path) return;
        }
    }

    await Promise.all(Array.from({length: path ? 1 : atOnce}, search));
    if (failed !== undefined) throw failed;
    return runs;
}
