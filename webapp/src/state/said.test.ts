import {describe, expect, it} from 'vitest';
import {post} from '../../tests/servers.ts';
import {saidIn} from './said.ts';

const mark = {integration: 'i', conversation: 'c', kind: 'message', author: 'visitor', name: null} as const;

describe('who says a message of the bot’s', () => {
    it.each([
        ['in its props', '\u258D **O\\_o** · visitor\nHi', 'O_o', 'O_o'],
        ['of an older bridge, in its text', '**O\\_o\u200b** · visitor (1/2)\n\nHi', null, 'O_o'],
        ['with a mark, without props', '\u258D **Anna** · visitor\nHi', null, 'Anna'],
    ])('stands %s', (_, message, name, expected) => {
        expect(saidIn(post({id: 'p', message}), {...mark, name})).toMatchObject({
            kind: 'theirs',
            by: 'visitor',
            name: expected,
            text: 'Hi',
        });
    });
});

it('what a plugin posts in somebody’s name is a line, not a reply', () => {
    expect(saidIn(post({id: 'p', message: 'Anna started a call', type: 'custom_calls' as never}), null)).toMatchObject({kind: 'line'});
    expect(saidIn(post({id: 'p', message: 'Hi'}), null)).toMatchObject({kind: 'ours'});
});
