/**
 * What must be true of the repository as a whole and no compiler or linter looks at: `node test/repository.ts` (part of `make check`).
 * Prints every violation and exits with 1 if there is one.
 */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readManifest} from '../webapp/manifest.ts';
import {type File, readFiles} from './support/repository-files.ts';

const ROOT = join(import.meta.dirname, '..');

type LineRule = {name: string; applies?: RegExp; forbidden: RegExp; unless?: RegExp};

const REASON = /\/\/ Skipped: \S/;

const LINE_RULES: LineRule[] = [
    // Put together from pieces, so that these lines do not accuse themselves.
    {name: 'path of one machine', forbidden: new RegExp(`(^|[^\\w.}/-])/(${['work', 'home', 'root', 'Users'].join('|')})/\\w`)},
    {name: 'package registry', forbidden: new RegExp(`https?://(${['registry', 'npm'].join('|')})\\.|"resolved": *"http`)},
    {
        name: 'property with a seed of its own (use `check` of test/support/seeds.ts)',
        applies: /\.test\.tsx?$/,
        forbidden: /\bfc\.(assert|check)\(/,
    },
    {name: 'focused test', applies: /\.test\.tsx?$/, forbidden: /\b(it|test|describe)(\.\w+)*\.only\b/},
    {
        name: 'skipped test without a reason (`// Skipped: why`, on the line or above it)',
        applies: /\.test\.tsx?$/,
        forbidden: /\b(it|test|describe)(\.\w+)*\.(skip|skipIf|runIf|todo|fails)\b/,
        unless: REASON,
    },
];

/** @returns one sentence per line that breaks a rule, with its place. */
export function findBadLines(files: readonly File[]): string[] {
    return files.flatMap(({path, text}) =>
        text.split('\n').flatMap((line, index, lines) => {
            const context = `${lines[index - 1] ?? ''}\n${line}`;
            return LINE_RULES.filter(
                (rule) => (rule.applies?.test(path) ?? true) && rule.forbidden.test(line) && !rule.unless?.test(context),
            ).map(({name}) => `${path}:${index + 1}: ${name}`);
        }),
    );
}

/**
 * Tests outside `test/` are named for the file they stand beside; in there a name says alone what is tested.
 *
 * @returns one sentence per file of tests whose name another folder of `test/` has too.
 */
export function findDoubledTests(files: readonly Pick<File, 'path'>[]): string[] {
    const first = new Map<string, string>();
    return files.flatMap(({path}) => {
        const name = /^test\/.*?([^/]+\.test\.tsx?)$/.exec(path)?.[1];
        if (!name) return [];
        const other = first.get(name);
        first.set(name, other ?? path);
        return other ? [`${path}: has the name of ${other}`] : [];
    });
}

type Lock = {version: string; packages: Record<string, {optionalDependencies?: Record<string, string>}>};

/**
 * `npm install` silently drops a platform's package that was never published; `npm ci` then refuses the lock file, on every machine.
 *
 * @returns one sentence per optional dependency that is named but not locked.
 */
export function findUnlocked(lock: Lock): string[] {
    return Object.entries(lock.packages).flatMap(([from, {optionalDependencies = {}}]) =>
        Object.keys(optionalDependencies)
            .filter((name) => !isLocked(lock, from, name))
            .map((name) => `package-lock.json: ${name}, an optional dependency of ${from}, has no entry`),
    );
}

/** Looked for as Node does: in the package's own node_modules, then in those of each folder above. */
function isLocked(lock: Lock, from: string, name: string): boolean {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
        if (lock.packages[`${folder}${folder && '/'}node_modules/${name}`]) return true;
        if (folder === '') return false;
    }
}

async function main(): Promise<void> {
    const read = (name: string) => readFile(join(ROOT, name), 'utf8');
    const lock: Lock = JSON.parse(await read('package-lock.json'));
    const files = await readFiles(ROOT);
    const problems = [...findBadLines(files), ...findDoubledTests(files), ...findUnlocked(lock)];
    try {
        const {version} = await readManifest(ROOT);
        if (lock.version !== version)
            problems.push(`package-lock.json has version ${lock.version}, package.json ${version}: run npm install`);
    } catch (error) {
        problems.push((error as Error).message);
    }
    if (!/^## Unreleased$/m.test(await read('CHANGELOG.md'))) problems.push('CHANGELOG.md has no heading "## Unreleased"');

    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
