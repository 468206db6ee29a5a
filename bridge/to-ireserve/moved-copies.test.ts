/** What is a copy of what, for each thing that can meet a move. */
import {describe, expect, it} from 'vitest';
import {type Left, matchCopies, matchKnown, type Standing} from './moved-copies.ts';

const ROOT_AT = 100_000;
const left = (reply_id: string, words: string | string[], more: Partial<Left> = {}): Left => ({
    ...{post_id: null, reply_id, user_id: 'anna', digests: [words].flat(), state: 'delivered', version: 90_000, updated_at: ROOT_AT},
    ...more,
});
let at = ROOT_AT;
const copy = (id: string, digest: string, more: Partial<Standing> = {}): Standing => ({
    ...{id, user_id: 'anna', digest, create_at: ++at, edit_at: 0},
    ...more,
});
const match = (replies: Left[], posts: Standing[], movedAt: number | null = posts.at(-1)?.create_at ?? ROOT_AT) => {
    const {pairs, ...more} = matchCopies(replies, posts, {movedAt, root_at: ROOT_AT});
    return {pairs: pairs.map(({reply_id, post_id, words}) => `${reply_id}=${post_id} ${words}`).sort(), ...more};
};
const nothing = {passed: new Set(), doubtful: new Set(), gone: []};

describe('a moved thread', () => {
    it('pairs the same words in order, per author', () => {
        const theirs = {user_id: 'bram'};
        expect(
            match([left('1', 'ok'), left('2', 'ok', theirs), left('3', 'ok')], [copy('a', 'ok'), copy('b', 'ok', theirs), copy('c', 'ok')]),
        ).toEqual({
            pairs: ['1=a same', '2=b same', '3=c same'],
            ...nothing,
        });
    });

    it('edited in the old place after it was copied: the copy’s old words are no news', () => {
        expect(match([left('1', ['second', 'first'])], [copy('a', 'first')]).pairs).toEqual(['1=a same']);
    });

    it('the first words, written anew in the new place, are news', () => {
        expect(match([left('1', ['second', 'first'])], [copy('a', 'first', {edit_at: ROOT_AT + 50})]).pairs).toEqual(['1=a news']);
    });

    it('edited, unheard, before it was copied: known by its place, and the words are news', () => {
        const posts = [copy('a', 'one'), copy('b', 'two, edited'), copy('c', 'three')];
        expect(match([left('1', 'one'), left('2', 'two'), left('3', 'three')], posts).pairs).toEqual(['1=a same', '2=b news', '3=c same']);
    });

    it('deleted in the old place after it was copied: the copy is no new answer', () => {
        expect(match([left('1', 'one', {state: 'withdrawn'})], [copy('a', 'one')]).pairs).toEqual(['1=a same']);
        const longAgo = left('1', 'one', {state: 'withdrawn', updated_at: ROOT_AT - 3_600_000});
        expect(match([longAgo], [copy('a', 'one')]).pairs).toEqual([]);
    });

    it('deleted, or its copy was: gone, unless it may have been said after the thread was copied', () => {
        const posts = [copy('b', 'two')];
        expect(match([left('1', 'one'), left('2', 'two')], posts).gone).toEqual(['1']);
        expect(match([left('1', 'one', {version: 1}), left('2', 'two', {version: 2})], []).gone).toEqual(['1', '2']);
        expect(match([left('2', 'two'), left('3', 'three')], posts).gone).toEqual([]);
    });

    it('an answer nobody had heard is new, and does not take the place of one that was copied', () => {
        expect(match([left('1', 'one')], [copy('a', 'one'), copy('b', 'two')])).toEqual({pairs: ['1=a same'], ...nothing});
    });

    it('what stood before the last that was heard had been passed over', () => {
        expect(match([left('2', 'two')], [copy('a', 'one', {user_id: 'bram'}), copy('b', 'two')]).passed).toEqual(new Set(['a']));
    });

    it('a note with other words is asked about, and an edit of a note that was copied is one', () => {
        expect(match([left('1', '// no', {state: 'note'})], [copy('a', 'no')])).toEqual({pairs: [], ...nothing, doubtful: new Set(['a'])});
        expect(match([left('1', '// no', {state: 'note'})], [copy('a', '// no')]).pairs).toEqual(['1=a same']);
    });

    it('what is written after the move is new, whatever it says, edited or not', () => {
        const posts = [copy('a', 'one'), copy('m', 'moved', {user_id: 'admin'}), copy('b', 'one'), copy('c', 'two', {edit_at: at + 100})];
        const {pairs} = match([left('1', 'one'), left('2', 'one'), left('3', 'three')], posts, posts[1]?.create_at);
        expect(pairs).toEqual(['1=a same']);
    });
});

describe('a server that still tells what each copy was copied from', () => {
    const known = (reply_id: string, words: string | string[], more: Partial<Left> = {}) =>
        left(reply_id, words, {post_id: `old-${reply_id}`, ...more});
    const matchTold = (replies: Left[], posts: Standing[], originals: Record<string, string>) => {
        const {pairs, ...more} = matchKnown(replies, posts, {
            movedAt: at,
            root_at: ROOT_AT,
            originals: new Map(Object.entries(originals)),
        });
        return {pairs: pairs.map(({reply_id, post_id, words}) => `${reply_id}=${post_id} ${words}`).sort(), ...more};
    };

    it('nothing is guessed: an unheard answer in the place of one that was deleted unheard is not its edit', () => {
        const posts = [copy('a', 'one'), copy('b', 'unheard'), copy('c', 'three')];
        const replies = [known('1', 'one'), known('2', 'deleted'), known('3', 'three')];
        expect(matchTold(replies, posts, {a: 'old-1', b: 'old-unheard', c: 'old-3'})).toEqual({
            ...{pairs: ['1=a same', '3=c same'], passed: new Set(), doubtful: new Set(), gone: ['2']},
        });
    });

    it('an edit nobody heard of is news, one that came after the copy is not', () => {
        const posts = [copy('a', 'edited'), copy('b', 'before'), copy('c', 'here', {edit_at: ROOT_AT + 500})];
        const replies = [known('1', 'one'), known('2', ['after', 'before']), known('3', 'three')];
        expect(matchTold(replies, posts, {a: 'old-1', b: 'old-2', c: 'old-3'}).pairs).toEqual(['1=a news', '2=b same', '3=c news']);
    });
});

describe('a server that does not say where the copies end', () => {
    it('the same words are copies, and an edited one is known by its place', () => {
        const posts = [copy('a', 'one'), copy('b', 'two, edited', {edit_at: ROOT_AT + 50}), copy('c', 'new')];
        expect(match([left('1', 'one'), left('2', 'two')], posts, null)).toEqual({pairs: ['1=a same', '2=b news'], ...nothing});
    });
});
