import fc from 'fast-check';
import {test} from 'vitest';
import {violations} from './model/invariants.ts';
import {runScenario} from './model/run.ts';
import {scenario} from './model/scenario.ts';

test('profile', {timeout: 300_000}, async () => {
    for (const one of fc.sample(scenario, {seed: Number(process.env.SEED ?? 5), numRuns: Number(process.env.N ?? 6)})) {
        const t = performance.now();
        const cpu = process.cpuUsage();
        let info = '';
        await runScenario(one, undefined, async (run) => {
            const rows = await run.bridge.database.read.selectFrom('log').select(['code', 'type', 'duration_ms']).execute();
            const by = new Map<string, [number, number]>();
            for (const row of rows) {
                const e = by.get(row.code) ?? [0, 0];
                by.set(row.code, [e[0] + 1, e[1] + (row.duration_ms ?? 0)]);
            }
            info = `${run.accepted.length} accepted ${JSON.stringify([...by])} requests ${run.mattermost.requests().length}`;
            const wrong = await violations(run);
            if (wrong.length) console.log('VIOLATIONS', wrong);
        });
        const used = process.cpuUsage(cpu);
        console.log(
            `${one.actions.length} actions, ${Math.round(performance.now() - t)} ms, cpu ${Math.round((used.user + used.system) / 1000)} ms, ${info}`,
        );
    }
});
