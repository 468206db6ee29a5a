import {readFileSync} from 'node:fs';
import {test} from 'vitest';
import {violations} from './model/invariants.ts';
import {runScenario} from './model/run.ts';

test('one', {timeout: 300_000}, async () => {
    const one = JSON.parse(readFileSync('/tmp/scenario.json', 'utf8'));
    for (let i = 0; i < Number(process.env.N ?? 3); i++) {
        const t = performance.now();
        await runScenario(one, undefined, async (run) => {
            console.log(await violations(run));
            if (process.env.V) {
                console.log(
                    run.bridge
                        .logged()
                        .split('\n')
                        .filter((l) => l.includes('"code"'))
                        .map((l) => {
                            const {time, code, detail, type, event, attempt, ms} = JSON.parse(l);
                            return [time.slice(17, 23), code, detail, type, event, attempt, ms].join(' ');
                        })
                        .join('\n'),
                );
                console.log(
                    run.mattermost
                        .requests()
                        .map((r) => `${new Date(r.at).toISOString().slice(17, 23)} ${r.route} ${r.status}`)
                        .join('\n'),
                );
            }
        });
        console.log(Math.round(performance.now() - t));
    }
});
