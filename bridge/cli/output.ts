/** Where the command line writes: text for people, or one JSON document for scripts. */
import {styleText} from 'node:util';

export type Tone = 'good' | 'warning' | 'bad' | 'heading' | 'quiet' | 'test' | 'production';

const STYLES = {good: 'green', warning: 'yellow', bad: 'red', heading: 'bold', quiet: 'dim', test: 'cyan', production: 'magenta'} as const;

/** Test and production must not be taken for each other. */
export const environmentCell = (environment: 'test' | 'production') =>
    ({text: environment, tone: environment}) satisfies {text: string; tone: Tone};

/** Only a terminal gets colours, and none when NO_COLOR is set: styleText asks the stream. The words alone say everything. */
export const paint = (tone: Tone, text: string): string => styleText(STYLES[tone], text, {stream: process.stdout});

/** Columns to fill: the terminal's, within reason; 100 where there is none. */
export const screenWidth = (): number => (process.stdout.isTTY ? Math.min(Math.max(process.stdout.columns, 60), 160) : 100);

export const print = (...lines: string[]): void => {
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
};

let json = false;

/** Told before the words are parsed: failures of parsing are written in the same way. */
export const setJson = (wanted: boolean): void => {
    json = wanted;
};

/** Whether failures and notes are written as JSON documents too. */
export const wantsJson = (): boolean => json;

/** Beside the result, so that it never gets into a pipe. */
export const note = (text: string): void => {
    process.stderr.write(wantsJson() ? `${JSON.stringify({note: text})}\n` : `note: ${text}\n`);
};

/** With --json the document, otherwise the lines. */
export function present(json: boolean | undefined, document: object, lines: () => readonly string[]): void {
    print(...(json ? [JSON.stringify(document, null, process.stdout.isTTY ? 2 : undefined)] : lines()));
}
