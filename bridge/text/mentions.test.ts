/** Mentions as a Mattermost server hears them: compared with the double's own parser, which test/contract compares with real servers. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {findInMessage} from '../../test/doubles/mattermost/posts/mentions.ts';
import {check} from '../../test/support/seeds.ts';
import {MOST_NAMES, mentionedNames, opensMention} from './mentions.ts';

/** Every name the server looks up in a message, when it knows none of them. */
function lookedUp(message: string, entities: boolean): string[] {
    const names: string[] = [];
    findInMessage(message, entities, (word) => {
        const [, name] = /^@([a-z0-9._-]{1,64})$/.exec(word.replaceAll('İ', 'i').toLowerCase()) ?? [];
        if (name !== undefined) names.push(name);
        return false;
    });
    return names;
}

describe('who is named', () => {
    it.for([
        ['@bram', ['bram']],
        ['ask @Bram.', ['bram.', 'bram']],
        ['@anna.keller and @ben-osei!', ['anna.keller', 'ben-osei']],
        ['(@bram)', ['bram']],
        ['_@ben.osei_ can you take this?', ['ben.osei_', 'ben.osei']],
        ['__@here__', ['here__', 'here_', 'here']],
        ['done.@bram', ['bram']],
        ['a-@bram:', ['bram']],
        ['use ``` and @bram', ['bram']],
        ['\\@bram', ['bram']],
        ['@ben\\_osei', ['ben_osei']],
        ['&#64;bram', ['bram']],
        ['@support-team', ['support-team']],
        ['@İlse', ['ilse']],
        ['`@bram`', ['bram']],
        ['mail anna@example.com, eva_@example.com', []],
        ['@all @here @channel', ['all', 'here', 'channel']],
        ['@@bram', []],
        ['@ 5', []],
        ['', []],
    ] as const)('%j: %j', ([text, names]) => {
        expect([...mentionedNames(text)].toSorted()).toEqual([...names].toSorted());
    });

    it('says at most one name more than anybody writes', () => {
        expect(mentionedNames(Array.from({length: 5000}, (_, index) => `@u${index}`).join(' '))).toHaveLength(MOST_NAMES + 1);
    });
});

const piece = fc.constantFrom(
    ...[
        '@',
        '@ben',
        '@ben.osei',
        '@here',
        'ben',
        'eva',
        'A',
        'é',
        'ß',
        'İ',
        '1',
        '.',
        '-',
        '_',
        ':',
        '__',
        '**',
        '*',
        '~',
        ' ',
        '\n',
        '\n\n',
    ],
    ...[
        '`',
        '```',
        '\n```\n',
        '    ',
        '> ',
        '- ',
        '(',
        ')',
        '[',
        '](x)',
        '<',
        '&#64;',
        '&commat;',
        '&#x5f;',
        '&lowbar;',
        '&',
        ';',
        '\\',
        '\\_',
    ],
    ...['\\@', '/', 'http://', 'www.', '\u200b', '\u00a0', '"', '!', '\t', '\r\n'],
);
const message = fc.array(piece, {maxLength: 16}).map((pieces) => pieces.join(''));

it('no name that a server looks up is missing, in any mixture', async () => {
    await check(
        fc.property(message, fc.boolean(), (text, entities) => {
            const names = mentionedNames(text);
            for (const name of lookedUp(text, entities)) expect(names, JSON.stringify(text)).toContain(name);
        }),
        {numRuns: 3000},
    );
});

it('a name ends where a bare link begins', () => {
    expect(mentionedNames('@anna.http://example.com')).toContain('anna');
});

describe('an @ that could begin a mention', () => {
    it.for([
        ['@ben', true],
        ['(@ben', true],
        ['.@ben', true],
        ['x.@ben', true],
        ['x-@ben', true],
        ['_@ben', true],
        ['._@ben', true],
        ['é@ben', true],
        ['eva@ben', false],
        ['de-wit@ben', false],
        ['42@ben', false],
        ['eva_@ben', true],
    ] as const)('%j: %j', ([text, opens]) => {
        expect(opensMention(text, text.indexOf('@'))).toBe(opens);
    });

    it('once those are broken, a server looks nobody up', async () => {
        await check(
            fc.property(message, (text) => {
                const broken = text.replace(/@/g, (at, index: number) => (opensMention(text, index) ? `${at}\u200b` : at));
                // Entities are taming's to break.
                expect(lookedUp(broken, false), JSON.stringify(text)).toEqual([]);
            }),
            {numRuns: 3000},
        );
    });
});
