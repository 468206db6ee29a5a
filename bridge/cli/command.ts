/** How every command of the command line is declared. */
import {type Command, InvalidArgumentError} from 'commander';

export type Common = {json?: true};

/** A command that does something, and so has a result. */
export const withJson = (command: Command): Command => command.option('--json', 'one JSON document instead of text');

export const subCommand = (parent: Command, name: string, description: string): Command =>
    withJson(parent.command(name).description(description));

export function examples(command: Command, lines: readonly string[]): Command {
    return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/**
 * A command one of whose arguments is an id that may begin with `-`: i-Reserve's, or one of before. Give it `anyId` as that argument's parser.
 */
export const takesAnyId = (command: Command): Command => command.allowUnknownOption();

/** What looks like an option that does not exist is still told as that. */
export function anyId(text: string): string {
    if (/^--[a-z]+(?:-[a-z]+)*$/.test(text)) throw new InvalidArgumentError('There is no such option here.');
    return text;
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
