/** A process under test that is told a wrong time believes it, and nothing else of it changes. */
import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';

const SAYS =
    'const d = new Date(); console.log(JSON.stringify([Date.now(), +d, +new Date(5), d instanceof Date, new Date(2020, 1).getMonth()]))';

test.for([3_600_000, -3_600_000])('off by %i ms', async (offset) => {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-clock-'));
    onTestFinished(() => rmSync(folder, {recursive: true}));
    const file = join(folder, 'clock');
    writeFileSync(file, String(offset));
    const preload = join(import.meta.dirname, 'shifted-clock.ts');
    const {stdout} = await promisify(execFile)(process.execPath, ['--import', preload, '-e', SAYS], {env: {CLOCK_FILE: file}});
    const [now, made, ...rest] = JSON.parse(stdout) as [number, number, ...unknown[]];
    for (const time of [now, made]) expect(Math.abs(time - offset - Date.now())).toBeLessThan(60_000);
    expect(rest).toEqual([5, true, 1]);
});
