/** Help, wrong usage, missing settings, and the service run from the command line. */
import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {BOT_TOKEN, CHANNEL, CLI, json, newFolder, PATIENCE_MS, run, runAlone, start, widest} from './command-line.ts';

describe('help and usage', {timeout: PATIENCE_MS}, () => {
    it('is a program of its own that explains itself', async () => {
        expect(readFileSync(CLI, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
        expect(statSync(CLI).mode & 0o111).toBe(0o111);
        const help = await runAlone(newFolder(), ['--help']);
        expect(help.code).toBe(0);
        for (const word of ['serve', 'status', 'integration', 'test-message', 'log', 'deliveries', 'token', 'Exit codes: 0 done']) {
            expect(help.out).toContain(word);
        }
        const add = await run(newFolder(), ['integration', 'add', '--help']);
        expect(add.code).toBe(0);
        expect(add.out).toContain('Examples:\n  ireserve-bridge integration add aurora');
        expect(add.out).toMatch(/--bot-token-file FILE, or --bot-token-stdin/);
        expect(Math.max(widest(help.out), widest(add.out))).toBeLessThanOrEqual(100);
        const {version} = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {version: string};
        expect(await run(newFolder(), ['--version'])).toEqual({code: 0, out: `${version}\n`, err: ''});
    });

    it('ends its process with the exit code, and writes where each thing belongs', async () => {
        const folder = newFolder();
        expect(await runAlone(folder, ['stauts', '--json'])).toEqual(await run(folder, ['stauts', '--json']));
        expect(await runAlone(folder, ['integration', 'show'])).toMatchObject({code: 2, out: ''});
    });

    it('answers wrong usage with 2 and what is meant', async () => {
        const folder = newFolder();
        const typo = await run(folder, ['stauts']);
        expect(typo).toMatchObject({code: 2, out: ''});
        expect(typo.err).toContain('Did you mean status?');
        expect(await run(folder, ['integration'])).toMatchObject({code: 2, err: expect.stringContaining('Commands:\n  list')});
        const option = await run(folder, ['token', 'create', 'aurora', '--expires', 'soon', '--json']);
        expect(option.code).toBe(2);
        expect(json(option).error).toMatchObject({code: 'usage', message: expect.stringContaining('30m, 12h or 90d')});
    });

    it('does not make an empty store where there is none, and names every wrong setting', async () => {
        const folder = newFolder();
        const status = await run(folder, ['status']);
        expect(status).toMatchObject({code: 1, out: ''});
        expect(status.err).toContain(`There is no database at ${join(folder, 'bridge.sqlite')}`);
        expect(status.err).toContain('next: Set DATA_DIR');
        expect(existsSync(join(folder, 'bridge.sqlite'))).toBe(false);
        const settings = await run(folder, ['status', '--json'], {env: {PORT: 'x', LOG_LEVEL: 'loud'}});
        expect(settings.code).toBe(1);
        expect(json(settings).error.message).toMatch(/PORT: .*\n.*LOG_LEVEL: /s);
    });
});

describe('serve', {timeout: PATIENCE_MS}, () => {
    it('runs the service, beside which the other commands work, until SIGTERM', async () => {
        const folder = newFolder();
        const child = start(folder, ['serve'], {env: {HOST: '127.0.0.1', PORT: '0'}});
        const ended = new Promise((resolve) => child.once('close', resolve));
        let out = '';
        const port = await new Promise<number>((resolve, reject) => {
            child.stdout.on('data', (text: Buffer) => {
                out += text;
                const found = /"port":(\d+)/.exec(out)?.[1];
                if (found) resolve(Number(found));
            });
            child.stderr.on('data', (text: Buffer) => reject(new Error(text.toString())));
        });
        const add = ['integration', 'add', 'aurora', '--licence', 'aurora', '--environment', 'test', '--bot-token-stdin'];
        const added = await run(folder, [...add, '--server-url', 'http://127.0.0.1:1', '--channel', CHANNEL], {input: BOT_TOKEN});
        expect(added).toMatchObject({code: 0});
        const {token} = json(await run(folder, ['token', 'create', 'aurora', '--json']));
        await expect
            .poll(
                async () => (await fetch(`http://127.0.0.1:${port}/v1/events/none`, {headers: {authorization: `Bearer ${token}`}})).status,
                {timeout: 10_000},
            )
            .toBe(404);
        const status = json(await run(folder, ['status', '--json'], {env: {PORT: String(port)}}));
        expect(status.service).toMatchObject({answers: true, status: 'ready'});
        child.kill('SIGTERM');
        expect(await ended).toBe(0);
    });
});
