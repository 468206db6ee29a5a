/**
 * Anything that may happen, in any order, against a real bridge and the Mattermost double: nothing is lost, doubled or out of order.
 *
 * MODEL_SECONDS=600 looks longer; MODEL_SEED=… and MODEL_PATH=… (both printed by a failure) repeat one run.
 */
import {expect, test} from 'vitest';
import {createDatabase} from '../support/database.ts';
import {explore} from './model/explore.ts';
import {check} from './model/report.ts';
import {runScenario} from './model/run.ts';
import {scenario} from './model/scenario.ts';

const SECONDS = Number(process.env.MODEL_SECONDS ?? 30);
// The same scenarios each time, so that a red run is about what was changed; MODEL_SEED=$RANDOM looks elsewhere.
const SEED = Number(process.env.MODEL_SEED ?? 28_542_079);
const path = process.env.MODEL_PATH;

test('SQLite: nothing is lost, doubled or out of order', {timeout: SECONDS * 1000 + 240_000}, async () => {
    const runs = await explore({
        scenario,
        seconds: SECONDS,
        atOnce: 4,
        seed: SEED,
        path,
        run: (one) => runScenario(one, undefined, check),
    });
    console.log(`model on SQLite: ${runs} runs, seeds from ${SEED}`);
    expect(runs).toBeGreaterThan(0);
});

test('PostgreSQL: the same', {timeout: SECONDS * 1000 + 240_000}, async () => {
    const runs = await explore({
        scenario,
        seconds: SECONDS / 4,
        atOnce: 3,
        seed: SEED,
        path,
        run: async (one) => runScenario(one, await createDatabase(), check),
    });
    console.log(`model on PostgreSQL: ${runs} runs, seeds from ${SEED}`);
    expect(runs).toBeGreaterThan(0);
});
