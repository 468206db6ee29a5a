/**
 * Anything that agents, i-Reserve and Mattermost may do, in any order, with a real bridge between the doubles: the visitor sees each answer
 * once, in its last words, and nothing that was not meant for the visitor. A failure names the command that repeats it; `make search` looks longer.
 */
import {expect, test} from 'vitest';
import {createDatabase} from '../support/database.ts';
import {tryScenarios} from '../support/scenarios.ts';
import {firstSeeds, PATIENCE_MS, report} from '../support/seeds.ts';
import {runScenario} from './model/run.ts';
import {scenario} from './model/scenario.ts';

const FIRST = 28_542_079;

test('SQLite: answers arrive once, in order, in their last words, and notes never', {timeout: PATIENCE_MS}, async () => {
    const scenarios = await tryScenarios({
        scenario,
        fixed: [...firstSeeds(FIRST, 6), 1_948_234_358],
        fresh: 3,
        atOnce: 3,
        run: (one) => runScenario(one, undefined),
    });
    report({figures: {scenarios}});
    expect(scenarios).toBeGreaterThan(0);
});

test('PostgreSQL: the same', {timeout: PATIENCE_MS}, async () => {
    const scenarios = await tryScenarios({
        scenario,
        fixed: firstSeeds(FIRST, 2),
        fresh: 1,
        atOnce: 2,
        run: async (one) => runScenario(one, await createDatabase()),
    });
    report({figures: {scenarios}});
    expect(scenarios).toBeGreaterThan(0);
});
