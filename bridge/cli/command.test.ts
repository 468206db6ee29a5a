/** Ids that begin with `-` reach the commands they are given to, and mistyped options are still told. */
import {Command} from 'commander';
import {expect, it} from 'vitest';
import {anyId, subCommand, takesAnyId} from './command.ts';

function given(words: string[]): unknown[] {
    const program = new Command('ireserve-bridge').exitOverride().configureOutput({outputError: () => undefined});
    const secret = program.command('secret');
    let seen: unknown[] = [];
    takesAnyId(subCommand(secret, 'drop', ''))
        .argument('<integration>')
        .argument('<id>', '', anyId)
        .exitOverride()
        .action((integration, id, {json}) => {
            seen = [integration, id, json];
        });
    program.parse(words, {from: 'user'});
    return seen;
}

it.each(['-Ab3', '-h1', '-j', '-Ab-_9--', 'Ab3'])('%s as an id', (id) => {
    expect(given(['secret', 'drop', 'aurora', id])).toEqual(['aurora', id, undefined]);
});

it('with an option after it', () => {
    expect(given(['secret', 'drop', 'aurora', '-Ab3', '--json'])).toEqual(['aurora', '-Ab3', true]);
});

it('an option there is none of', () => {
    expect(() => given(['secret', 'drop', 'aurora', '--forze'])).toThrow('no such option');
    expect(() => given(['secret', 'drop', 'aurora', 'Ab3', '--forze'])).toThrow('too many arguments');
});
