/** Runs vitest on small throw-away projects: what would a reader of the last line, and of the exit code, believe? */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, test} from 'vitest';

async function runProject(
    files: Record<string, string>,
): Promise<{errors: string; output: string; lastLine: string | undefined; code: number | null}> {
    const root = await mkdtemp(join(tmpdir(), 'ireserve-closing-line-'));
    try {
        const config = `
            import {ClosingLine} from ${JSON.stringify(resolve('test/support/closing-line.ts'))};
            export default {test: {
                globals: true, pool: 'forks', maxWorkers: 1, reporters: ['default', new ClosingLine()],
                setupFiles: [${JSON.stringify(resolve('test/support/leaks.ts'))}],
            }};`;
        for (const [name, content] of Object.entries({...files, 'vitest.config.ts': config})) await writeFile(join(root, name), content);
        const vitest = spawn(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), 'run', '--root', root], {
            env: {...process.env, CLOSING_LINE_FILE: '', NO_COLOR: '1'},
        });
        const [output, errors, [code]] = await Promise.all([text(vitest.stdout), text(vitest.stderr), once(vitest, 'exit')]);
        return {output, errors, lastLine: output.trimEnd().split('\n').at(-1), code};
    } finally {
        await rm(root, {recursive: true, force: true});
    }
}

test('passed, failed and skipped tests are counted over all files', async () => {
    const {lastLine, code, output} = await runProject({
        'a.test.js': `test('one', () => {}); test('two', () => { throw new Error('two'); });`,
        'odd.test.js': `describe('a (group)', () => { test("isn't $easy", () => { throw new Error('odd'); }); });`,
        'b.test.js': `describe('group', () => { test('three', () => {}); test('four', (context) => context.skip('needs a server')); });`,
    });
    expect(lastLine).toBe('Tests: 2 passed, 2 failed, 1 skipped');
    expect(output).toContain('Skipped: b.test.js > group > four: needs a server');
    expect(output.trimEnd().split('\n').slice(-5, -1).sort()).toEqual([
        `  make test ONLY='a.test.js -t "two"'`,
        // For the shell, and as a pattern: what is neither letter nor digit stands for anything.
        `  make test ONLY='odd.test.js -t "a .group. isn.t .easy"'`,
        'Failed: a.test.js:1 > two: two',
        "Failed: odd.test.js:1 > a (group) > isn't $easy: odd",
    ]);
    expect(code).toBe(1);
});

test('when all is well, the line says so and nothing else', async () => {
    expect(await runProject({'a.test.js': `test('one', () => {});`})).toMatchObject({lastLine: 'Tests: 1 passed, 0 failed', code: 0});
});

test('whatever fails outside a test counts as a failure', async () => {
    const {lastLine, code, errors} = await runProject({
        'import.test.js': `import './absent.js'; test('never', () => {});`,
        'hook.test.js': `describe('group', () => { afterAll(() => { throw new Error('hook'); }); test('fine', () => {}); });`,
        'rejection.test.js': `test('fine', () => { Promise.reject(new Error('nobody caught this')); });`,
        'leak.test.js': `import {createServer} from 'node:net'; test('fine', () => { createServer().listen(0); });`,
        'process.test.js': `import {spawn} from 'node:child_process'; test('fine', () => { spawn('sleep', ['3']); });`,
    });
    expect(lastLine).toBe('Tests: 4 passed, 5 failed');
    expect(errors).toContain('This test file left open: a server listening on');
    expect(errors).toContain('This test file left open: a running process: sleep 3');
    expect(code).toBe(1);
});

test.each([
    ['all tests are skipped', {'a.test.js': `test('one', (context) => context.skip());`}, 'Tests: 0 passed, 1 failed, 1 skipped'],
    ['there is no test file', {}, 'Tests: 0 passed, 1 failed'],
])('a run without a test is a failure: %s', async (_case, files, line) => {
    expect(await runProject(files as Record<string, string>)).toMatchObject({lastLine: line, code: 1});
});
