import type {Post} from '@mattermost/types/posts';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {pairCopies} from './pair-copies.ts';

const post = (id: string, message = id): Post => ({id, message}) as Post;
const sameWords = (original: Post, copy: Post): number => (original.message === copy.message ? 3 : 0);
const ids = (pairs: Map<string, Post>) => Object.fromEntries([...pairs].map(([id, copy]) => [id, copy.id]));

it('pairs in order, also where the same was written twice', () => {
    const originals = [post('a', 'yes'), post('b', 'no'), post('c', 'yes')];
    const copies = [post('A', 'yes'), post('B', 'no'), post('C', 'yes'), post('D', 'new')];
    expect(ids(pairCopies(originals, copies, sameWords))).toEqual({a: 'A', b: 'B', c: 'C'});
});

it('leaves out what was not copied, and gives no copy to what came after', () => {
    const originals = [post('a', 'gone'), post('b', 'stays')];
    expect(ids(pairCopies(originals, [post('B', 'stays'), post('C', 'gone?')], sameWords))).toEqual({b: 'B'});
    expect(ids(pairCopies([], [post('A')], sameWords))).toEqual({});
    expect(ids(pairCopies([post('a')], [], sameWords))).toEqual({});
});

it('prefers the same words to a pair that is merely possible', () => {
    const maybe = (original: Post, copy: Post): number => sameWords(original, copy) || 1;
    expect(ids(pairCopies([post('a', 'deleted before'), post('b', 'two')], [post('B', 'two')], maybe))).toEqual({b: 'B'});
    expect(
        ids(
            pairCopies(
                [post('a', 'one'), post('b', 'before'), post('c', 'three')],
                ['one', 'after', 'three'].map((one) => post(one)),
                maybe,
            ),
        ),
    ).toEqual({
        ...{a: 'one', b: 'after', c: 'three'},
    });
});

it('finds every copy, whatever was deleted before or written after', async () => {
    const words = fc.array(fc.record({text: fc.constantFrom('yes', 'no', 'maybe'), isDeleted: fc.boolean()}), {maxLength: 12});
    await check(
        fc.property(words, fc.nat(3), (said, later) => {
            const originals = said.map(({text}, index) => post(`o${index}`, text));
            const copied = originals.filter((_, index) => !said[index]?.isDeleted);
            const copies = [
                ...copied.map(({id, message}) => post(`copy of ${id}`, message)),
                ...Array.from({length: later}, (_, n) => post(`new ${n}`)),
            ];
            const pairs = pairCopies(originals, copies, sameWords);
            // The words of a copy are those of its original, in order, and each copy has one.
            expect([...pairs.values()].map(({id}) => id)).toEqual(copies.slice(0, copied.length).map(({id}) => id));
        }),
    );
});
