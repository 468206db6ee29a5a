/** The demo as people start it, in a process of its own: it must say that all went well, or what did not. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function demo(environment: Record<string, string>): Promise<{code: number; output: string}> {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MATTERMOST_')));
    return new Promise((resolve) => {
        const env = {...inherited, DEMO_ONCE: '1', ...environment};
        execFile(process.execPath, [MAIN], {env, timeout: 60_000}, (error, stdout, stderr) => {
            resolve({code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr});
        });
    });
}

describe('the demo', () => {
    it('plays its script, reads every step back and ends well', async () => {
        const {code, output} = await demo({});
        expect(output).toContain('every step arrived as it should');
        expect(output.match(/✓/g)).toHaveLength(15);
        expect(output).not.toContain('✗');
        expect(code).toBe(0);
    }, 90_000);

    it('says plainly what is missing or out of reach', async () => {
        const missing = await demo({MATTERMOST_URL: 'http://127.0.0.1:9'});
        expect(missing).toMatchObject({code: 1, output: expect.stringContaining('MATTERMOST_BOT_TOKEN')});
        const away = await demo({MATTERMOST_URL: 'http://127.0.0.1:9', MATTERMOST_BOT_TOKEN: 'x', MATTERMOST_CHANNEL_ID: 'y'});
        expect(away).toMatchObject({code: 1, output: expect.stringContaining('does not answer')});
    }, 90_000);
});
