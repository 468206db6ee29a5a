import {expect, test} from 'vitest';
import {createFirstWords} from './first-words.ts';

const post = (id: string, message: string, more: object = {}) => ({id, message, edit_at: 0, props: {}, ...more});

test('a post is what it was when it was written, whatever it was edited to', () => {
    const words = createFirstWords();
    words.hear(post('a', '// for us'));
    words.hear(post('b', 'for you'));
    words.hear(post('c', 'by the panel', {props: {ireserve_intent: 'note'}}));
    words.hear(post('a', 'for us', {edit_at: 5}));
    words.hear(post('d', 'heard of too late', {edit_at: 5}));
    const of = (id: string) => words.of({id, edit_at: 5});
    expect(['a', 'b', 'c', 'd', 'e'].map(of)).toEqual(['note', 'answer', 'note', 'unknown', 'unknown']);
    expect(words.of({id: 'e', edit_at: 0})).toBe('same');
});

test('only the latest are remembered', () => {
    const words = createFirstWords(2);
    for (const id of ['a', 'b', 'c']) words.hear(post(id, 'hello'));
    expect(['a', 'b', 'c'].map((id) => words.of({id, edit_at: 5}))).toEqual(['unknown', 'answer', 'answer']);
});
