import {expect, test} from 'vitest';
import {findBadLines, findDoubledTests, findUnlocked} from './repository.ts';

/** Assembled here, so that the check does not find its own examples. */
const line = (...parts: string[]): string => parts.join('');

test.each([
    ['a path of one machine', 'docs/a.md', line('see /wo', 'rk/main'), 'path of one machine'],
    ['a home folder', 'a.ts', line(`const file = '/ho`, `me/anna/file';`), 'path of one machine'],
    ['a package registry', 'package-lock.json', line('"resolved": "ht', 'tps://example.org/a.tgz"'), 'package registry'],
    ['a focused test', 'a.test.ts', line('test.on', `ly('one', () => {});`), 'focused test'],
    ['a focused table', 'a.test.tsx', line('describe.concurrent.on', `ly('one', () => {});`), 'focused test'],
    ['a skipped test', 'a.test.ts', line('test.sk', `ip('one', () => {});`), 'skipped test'],
    ['a test skipped on a condition', 'a.test.ts', line('test.sk', `ipIf(!url)('one', () => {});`), 'skipped test'],
])('finds %s', (_case, path, text, problem) => {
    expect(findBadLines([{path, text: `first line\n${text}\n`}])).toEqual([expect.stringContaining(`${path}:2: ${problem}`)]);
});

test.each([
    ['a relative path', 'a.ts', `'./wo/rk/main' + '../home/page.html'`],
    ['a path of a URL', 'a.md', line('https://example.org/ho', 'me/page')],
    ['a skip with its reason', 'a.test.ts', line('// Skipped: needs a real server.\ntest.sk', `ipIf(!url)('one', () => {});`)],
    ['the word elsewhere', 'a.ts', 'list.skip(1)'],
])('leaves alone %s', (_case, path, text) => {
    expect(findBadLines([{path, text}])).toEqual([]);
});

test('a name of a test stands once below test/; beside the code it is that of the file', () => {
    const paths = [
        'test/api/files.test.ts',
        'test/privacy/files.test.ts',
        'bridge/files.test.ts',
        'test/doubles/files.ts',
        'test/api/files-seen.test.ts',
    ];
    expect(findDoubledTests(paths.map((path) => ({path})))).toEqual(['test/privacy/files.test.ts: has the name of test/api/files.test.ts']);
});

test('an optional dependency must be in the lock file, at the top or beside its parent', () => {
    const packages = {
        '': {},
        'node_modules/a': {optionalDependencies: {top: '1', own: '1', absent: '1'}},
        'node_modules/a/node_modules/own': {optionalDependencies: {top: '1', gone: '1'}},
        'node_modules/top': {},
    };
    expect(findUnlocked({version: '1.0.0', packages}).map((sentence) => sentence.split(/[ ,]+/)[1])).toEqual(['absent', 'gone']);
});
