/** kill -9 again and again, with fixed and fresh seeds: sized for the gate, many more in `make search`. */
import {expect, test} from 'vitest';
import {createDatabase} from './database.ts';
import {PATIENCE_MS, report, SOAK_MS, tryRuns} from './seeds.ts';

/** In a long search, of each seed. */
const MANY = 25;

/** What every such run counts; the rest is for the log. `hits`: what the kills cut off in the middle. */
export type Kills = {readonly kills: number; readonly hits: number};

/**
 * Registers the test of either database.
 *
 * @param rule what holds whatever is killed
 * @param kills how many the gate makes of each seed
 * @param crash carries one run out. @throws when the rule did not hold
 */
export function onEitherStore(
    rule: string,
    kills: {sqlite: number; postgres: number},
    crash: (seed: number, kills: number, databaseUrl: string | undefined) => Promise<Kills & Record<string, unknown>>,
): void {
    test.for([
        {name: 'SQLite', gate: kills.sqlite, fixed: [1], databaseUrl: async () => undefined},
        {name: 'PostgreSQL', gate: kills.postgres, fixed: [], databaseUrl: createDatabase},
    ])(`$name: ${rule}`, {timeout: PATIENCE_MS}, async ({name, gate, fixed, databaseUrl}) => {
        let hits = 0;
        await tryRuns({
            fixed,
            fresh: 1,
            async run(seed) {
                const figures = await crash(seed, SOAK_MS > 0 ? MANY : gate, await databaseUrl());
                console.log(`kills on ${name} (seed ${seed}): ${JSON.stringify(figures)}`);
                report({figures: {kills: figures.kills, hits: figures.hits}});
                hits += figures.hits;
            },
        });
        // Kills that hit nothing prove nothing.
        expect(hits).toBeGreaterThan(0);
    });
}
