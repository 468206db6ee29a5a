/** vitest reporter: which fresh seed a run tried, and what failed with it once but not a second time, in a paragraph and a file of its own. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Reporter, TestCase, TestModule} from 'vitest/node';
import type {Finding} from './seeds.ts';

/** Not kept by git. */
const FOLDER = 'findings';

/** The fresh seed of a run: SEED where one is given. */
export const chooseSeed = (random = Math.random): number => Number(process.env.SEED ?? Math.floor(random() * 2 ** 31));

export type Found = Finding & {readonly test: string};

export class SeedReport implements Reporter {
    readonly #seed: number;
    readonly #folder: string;

    constructor(seed: number, folder: string = FOLDER) {
        this.#seed = seed;
        this.#folder = folder;
    }

    onTestRunEnd(modules: readonly TestModule[]): void {
        const tests = modules.flatMap((module) => [...module.children.allTests()]);
        if (!tests.some(usedSeeds)) return;
        console.log(`Fresh seed of this run: ${this.#seed}`);
        const found = tests.flatMap((test) => (test.meta().findings ?? []).map((finding) => ({...finding, test: nameOf(test)})));
        const once = found.filter(({repeats}) => !repeats);
        if (found.length > 0) writeFindings(this.#folder, this.#seed, found);
        if (once.length > 0) console.log(paragraph(once, this.#folder));
    }
}

const usedSeeds = (test: TestCase): boolean => test.meta().usesSeeds === true;
const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`;

/** For people: what to look at, and that it did not decide the run. */
export function paragraph(found: readonly Found[], folder: string): string {
    const line = '─'.repeat(100);
    const each = found.map(
        ({test, message, command}) => `${test}\n  ${message.split('\n', 1)[0]}\n  once more: ${command.replaceAll('\n', ' ')}`,
    );
    return [
        line,
        'FAILED ONCE, and not when tried again at once: this does not fail the run, but somebody should find out why.',
        ...each,
        `All of what was seen: ${folder}/`,
        line,
    ].join('\n');
}

function writeFindings(folder: string, seed: number, found: readonly Found[]): void {
    mkdirSync(folder, {recursive: true});
    const text = found.map(
        ({test, message, command, repeats}) => `# ${test}\n\n${repeats ? 'Failed twice.' : 'Failed once.'} ${command}\n\n${message}\n`,
    );
    writeFileSync(join(folder, `${new Date().toISOString().replaceAll(':', '-')}-${seed}.md`), text.join('\n'));
}
