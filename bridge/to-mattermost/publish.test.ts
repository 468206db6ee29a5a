import type {Post} from '@mattermost/types/posts';
import {expect, test} from 'vitest';
import {type Context, findParts} from './publish.ts';

const post = (id: string, place: string, file_ids: string[] = []) => ({
    ...{id, user_id: 'bot', delete_at: 0, file_ids},
    props: {ireserve: {v: 1, integration: 'i', conversation: 'C', key: `message:M:${place}`, kind: 'message'}},
});

const partsOf = (posts: ReturnType<typeof post>[]) => {
    const client = {
        getPaginatedPostThread: async () => ({posts: Object.fromEntries(posts.map((one) => [one.id, one as unknown as Post]))}),
    };
    return findParts({integration: {id: 'i'}, botId: 'bot', client} as unknown as Context, 'root', 'C', 'M');
};

test('a part that an edit added and a post of files may bear the same number: both are found, the files last', async () => {
    const moved = [post('files', '1', ['f11']), post('added', 'edit:1'), post('first', '0', ['f1'])];
    expect(await partsOf(moved)).toEqual(['first', 'added', 'files']);
    expect(await partsOf(moved.toReversed())).toEqual(['first', 'added', 'files']);
});

test('what was deleted, or is of another message, is no part', async () => {
    const other = {...post('other', '0'), props: {ireserve: {...post('x', '0').props.ireserve, key: 'message:M2:0'}}};
    expect(await partsOf([{...post('gone', '1'), delete_at: 5}, other, post('second', '1'), post('first', '0')])).toEqual([
        'first',
        'second',
    ]);
});
