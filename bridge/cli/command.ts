/** How every command of the command line is declared. */
import {type Command, InvalidArgumentError} from 'commander';

export type Common = {json?: true};

/** A command that does something (one that only has sub-commands is made with `command()`). */
export function action(parent: Command, name: string, description: string): Command {
    return parent.command(name).description(description).option('--json', 'one JSON document instead of text');
}

export function examples(command: Command, lines: readonly string[]): Command {
    return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** Collects an option that may be given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function number(text: string): number {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number.');
    return value;
}

export function count(text: string): number {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1.');
    return Number(text);
}
