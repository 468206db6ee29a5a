/** Questions to whoever sits at the terminal. They go to standard error: results alone may be piped on. */
import {createInterface} from 'node:readline/promises';
import {Writable} from 'node:stream';
import {CliError} from './failure.ts';

/** Whether somebody sees what is asked, and can answer. */
export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

export type Asking = {
    line(question: string): Promise<string>;
    /** What is typed is not shown. */
    hidden(question: string): Promise<string>;
    say(text: string): void;
};

/** Ctrl-C, or the end of input: as shells tell it, 130. */
export const interrupted = (next: string): CliError => new CliError('interrupted', 'Stopped.', next);

const NOTHING_CHANGED = 'Nothing was changed; run it again when you are ready.';

/** @throws CliError interrupted */
export async function onTerminal<T>(work: (asking: Asking) => Promise<T>): Promise<T> {
    let isHidden = false;
    const output = new Writable({
        write(chunk: Buffer, _encoding, done) {
            if (!isHidden) process.stderr.write(chunk);
            done();
        },
    });
    // Where lines wrap, for those that are edited.
    Object.defineProperty(output, 'columns', {get: () => process.stderr.columns});
    const terminal = createInterface({input: process.stdin, output, terminal: true});
    const stopped = new Promise<never>((_, reject) => {
        // Ctrl-C and Ctrl-D both close it.
        terminal.once('close', () => reject(interrupted(NOTHING_CHANGED)));
    });
    stopped.catch(() => undefined);
    const line = (question: string) => Promise.race([terminal.question(question), stopped]);
    try {
        return await work({
            line,
            async hidden(question) {
                const answer = line(question);
                isHidden = true;
                try {
                    return await answer;
                } finally {
                    isHidden = false;
                    process.stderr.write('\n');
                }
            },
            say: (text) => process.stderr.write(`${text}\n`),
        });
    } catch (error) {
        // The cursor stands behind the question.
        if (error instanceof CliError && error.code === 'interrupted') process.stderr.write('\n');
        throw error;
    } finally {
        terminal.close();
    }
}

/** What is neither yes nor no is asked again; Enter is no. */
export const confirmed = (question: string): Promise<boolean> =>
    onTerminal(async ({line, say}) => {
        for (;;) {
            const answer = (await line(`${question} [y/N]: `)).trim();
            if (/^y(es)?$/i.test(answer)) return true;
            if (/^(no?)?$/i.test(answer)) return false;
            say('  Please answer y or n.');
        }
    });

export type Interruption = {
    /** Whether to end after the step under way. */
    pressed(): boolean;
    /** What can be left at any moment. @throws CliError interrupted */
    leave<T>(work: Promise<T>): Promise<T>;
    end(): void;
};

/** While things are being made: the first Ctrl-C lets the step under way end, the second ends the process. */
export function watchInterrupts(next: string): Interruption {
    let count = 0;
    const waiting = new Set<(error: CliError) => void>();
    const press = () => {
        count++;
        if (count > 1) process.exit(interrupted(next).exit);
        process.stderr.write('\nStopping after this step; once more stops at once.\n');
        for (const reject of waiting) reject(interrupted(next));
    };
    process.on('SIGINT', press);
    return {
        pressed: () => count > 0,
        async leave(work) {
            if (count > 0) throw interrupted(next);
            let reject: (error: CliError) => void = () => undefined;
            const left = new Promise<never>((_, no) => {
                reject = no;
                waiting.add(no);
            });
            try {
                return await Promise.race([work, left]);
            } finally {
                waiting.delete(reject);
            }
        },
        end: () => process.off('SIGINT', press),
    };
}
