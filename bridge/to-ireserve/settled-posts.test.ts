import {beforeEach, expect, it} from 'vitest';
import {createSettledPosts, SETTLES_MS, type SettledPosts} from './settled-posts.ts';

let at = 0;
let settled: SettledPosts;
beforeEach(() => {
    at = 1_000_000;
    settled = createSettledPosts(() => at);
});

const post = (id: string, more: object = {}) => ({id, root_id: 'root', update_at: 1, edit_at: 0, delete_at: 0, ...more});
const all = () => true;
const none = () => false;
const ids = (posts: {id: string}[]) => posts.map(({id}) => id);
/** A look that reads what it must, and keeps what it saw. */
function look(posts: ReturnType<typeof post>[], isKnown: () => boolean = all): string[] {
    const read = ids(settled.unsettled('channel', posts, isKnown));
    settled.keep('channel', posts, isKnown);
    return read;
}

it('an unchanged post is read again for a while, then no more', () => {
    expect(look([post('a')])).toEqual(['a']);
    at += SETTLES_MS - 1;
    expect(look([post('a'), post('b')])).toEqual(['a', 'b']);
    at += 1;
    expect(look([post('a'), post('b')])).toEqual(['b']);
    at += SETTLES_MS;
    expect(look([post('a'), post('b')])).toEqual([]);
});

it.each([
    ['edited', {update_at: 2, edit_at: 2}],
    ['deleted', {update_at: 2, delete_at: 2}],
    ['moved', {root_id: 'another'}],
])('one that was %s is read again', (_how, change) => {
    look([post('a')]);
    at += SETTLES_MS;
    expect(look([post('a', change)])).toEqual(['a']);
});

it('and one whose thread has become ours meanwhile', () => {
    look([post('a')], none);
    at += SETTLES_MS;
    expect(look([post('a')], none)).toEqual([]);
    expect(look([post('a')], all)).toEqual(['a']);
});

it('channels are apart, and what could not be read is not kept', () => {
    look([post('a')]);
    at += SETTLES_MS;
    expect(ids(settled.unsettled('other', [post('a')], all))).toEqual(['a']);
    expect(ids(settled.unsettled('channel', [post('b')], all))).toEqual(['b']);
    expect(ids(settled.unsettled('channel', [post('b')], all))).toEqual(['b']);
});

it('a clock that is set back reads once more rather than never', () => {
    look([post('a')]);
    at -= 3_600_000;
    expect(look([post('a')])).toEqual(['a']);
});
