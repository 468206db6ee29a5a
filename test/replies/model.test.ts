/**
 * Anything that agents, i-Reserve and Mattermost may do, in any order, with a real bridge between the doubles: the visitor sees each answer
 * once, in its last words, and nothing that was not meant for the visitor.
 *
 * REPLIES_SECONDS=600 looks longer; MODEL_SEED=… and MODEL_PATH=… (both printed by a failure) repeat one run.
 */
import {expect, test} from 'vitest';
import {explore} from '../delivery/model/explore.ts';
import {createDatabase} from '../support/database.ts';
import {runScenario} from './model/run.ts';
import {scenario} from './model/scenario.ts';

const SECONDS = Number(process.env.REPLIES_SECONDS ?? 8);
// The same scenarios each time, so that a red run is about what was changed; MODEL_SEED=$RANDOM looks elsewhere.
const SEED = Number(process.env.MODEL_SEED ?? 28_542_079);
const path = process.env.MODEL_PATH;

test('SQLite: answers arrive once, in order, in their last words, and notes never', {timeout: SECONDS * 1000 + 240_000}, async () => {
    const runs = await explore({scenario, seconds: SECONDS, atOnce: 3, seed: SEED, path, run: (one) => runScenario(one, undefined)});
    console.log(`model of answers on SQLite: ${runs} runs, seeds from ${SEED}`);
    expect(runs).toBeGreaterThan(0);
});

test('PostgreSQL: the same', {timeout: SECONDS * 1000 + 240_000}, async () => {
    const run = async (one: Parameters<typeof runScenario>[0]) => runScenario(one, await createDatabase());
    const runs = await explore({scenario, seconds: SECONDS / 4, atOnce: 2, seed: SEED, path, run});
    console.log(`model of answers on PostgreSQL: ${runs} runs, seeds from ${SEED}`);
    expect(runs).toBeGreaterThan(0);
});
