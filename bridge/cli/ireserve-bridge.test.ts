/** The command's first file: it must be understood by versions of Node that are too old for the rest. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {runInNewContext} from 'node:vm';
import {expect, it, vi} from 'vitest';
import packageJson from '../../package.json' with {type: 'json'};

const ROOT = join(import.meta.dirname, '../..');
const BIN = packageJson.bin['ireserve-bridge'];

it.each(['12.22.12', '20.19.0', '23.11.1'])('Node %s is told in a sentence which one is needed', (node) => {
    const written: string[] = [];
    const exit = vi.fn();
    const stderr = {write: (text: string) => written.push(text)};
    runInNewContext(readFileSync(join(ROOT, BIN), 'utf8'), {process: {versions: {node}, execPath: '/usr/bin/node', stderr, exit}});
    expect(exit).toHaveBeenCalledWith(1);
    expect(written.join('')).toContain(`needs Node 24 or newer, and this is Node ${node} (/usr/bin/node)`);
    expect(written.join('')).toContain('next: install Node 24');
});

it('is what the package and the image start', () => {
    expect(BIN).toMatch(/\.js$/);
    const image = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    expect(image).toContain(`ln -s /app/${BIN} /usr/local/bin/ireserve-bridge`);
    expect(image).not.toMatch(/CMD .*\.ts/);
});
