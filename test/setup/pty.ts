/** A command on a pseudo-terminal, as a person has it: util-linux' `script` makes one, and passes on what is typed. */
import {spawn, spawnSync} from 'node:child_process';

/** BSD's `script` has other options. */
export const HAS_PTY = /util-linux/.test(spawnSync('script', ['--version'], {encoding: 'utf8'}).stdout ?? '');

export const CTRL_C = '\x03';
export const CTRL_D = '\x04';
export const ENTER = '\r';

export type Terminal = {
    /** Everything shown so far, without colours. */
    screen(): string;
    /** Waits until what was shown since the last answer ends in it: then it is the person's turn. */
    asked(question: string): Promise<void>;
    /** Waits until it was shown since the last answer. */
    shown(text: string): Promise<void>;
    type(keys: string): void;
    /** Waits for the question, then answers it. */
    answer(question: string, text: string): Promise<void>;
    ended: Promise<number | null>;
};

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

type Options = {cwd: string; env: Record<string, string | undefined>; patienceMs: number};

/** The terminal's own state is shown when the command has ended: `echo` or `-echo`. */
export function onTerminal(words: readonly string[], {cwd, env, patienceMs}: Options): Terminal {
    const command = `${words.map(quoted).join(' ')}; code=$?; stty -a | grep -o -e '-*echo ' -e '-*icanon'; exit $code`;
    const child = spawn('script', ['-qfec', command, '/dev/null'], {cwd, env: {...env, SHELL: '/bin/sh', TERM: 'xterm'}});
    let screen = '';
    let from = 0;
    let ended = false;
    const lookers = new Set<() => void>();
    const look = () => {
        for (const one of lookers) one();
    };
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
            // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor and colours.
            screen += text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
            look();
        });
    child.stdin.on('error', () => undefined);
    const end = new Promise<number | null>((resolve) =>
        child.once('close', (code) => {
            ended = true;
            look();
            resolve(code);
        }),
    );
    const until = (what: string, fits: () => boolean) =>
        new Promise<void>((resolve, reject) => {
            const stop = (error?: Error) => {
                lookers.delete(check);
                clearTimeout(timer);
                if (error) reject(error);
                else resolve();
            };
            const check = () => {
                if (fits()) stop();
                else if (ended) stop(new Error(`it ended without ${what}; the screen:\n${screen}`));
            };
            const timer = setTimeout(() => stop(new Error(`no ${what} in time; the screen:\n${screen}`)), patienceMs);
            lookers.add(check);
            check();
        });
    const terminal: Terminal = {
        screen: () => screen,
        asked: (question) => until(`question ${question}`, () => screen.slice(from).trimEnd().endsWith(question)),
        shown: (text) => until(text, () => screen.slice(from).includes(text)),
        type(keys) {
            from = screen.length;
            child.stdin.write(keys);
        },
        async answer(question, text) {
            await terminal.asked(question);
            terminal.type(text + ENTER);
        },
        ended: end,
    };
    return terminal;
}
