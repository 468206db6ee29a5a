/** The cluster as people start it: two replicas that share what comes, are restarted in turns without an error, and of which one may die. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {askForPostgres} from '../support/database.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

test('messages each way, a rolling restart under load, a replica killed', {timeout: 120_000}, async () => {
    const env = {...process.env, CLUSTER_ONCE: '1', POSTGRES_URL: await askForPostgres()};
    const {code, output} = await new Promise<{code: number; output: string}>((resolve) => {
        execFile(process.execPath, [MAIN], {env, timeout: 110_000}, (error, stdout, stderr) => {
            resolve({code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr});
        });
    });
    expect(output).toContain('all as it should be');
    expect(code).toBe(0);
});
