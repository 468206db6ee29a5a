import type {FileInfo} from '@mattermost/types/files';
import type {Post} from '@mattermost/types/posts';
import {expect, test} from 'vitest';
import {MattermostError} from '../mattermost.ts';
import {filesOf} from './post-files.ts';

const info = (id: string, name = `${id}.png`) => ({id, name, mime_type: 'image/png', size: 7}) as FileInfo;
const post = (file_ids: string[], files?: FileInfo[]) =>
    ({file_ids, metadata: {...(files ? {files} : {})}}) as Pick<Post, 'file_ids' | 'metadata'>;

/** Answers for each id in turn; the last answer stays. */
function server(answers: Record<string, (FileInfo | number)[]>) {
    const asked: string[] = [];
    const look = {
        async fileInfo(id: string): Promise<FileInfo> {
            asked.push(id);
            const left = answers[id] ?? [404];
            const answer = left.length > 1 ? left.shift() : left[0];
            if (typeof answer === 'object') return answer;
            throw new MattermostError(answer === 500 ? 'unknown' : 'refused', 'no', {status: answer ?? 404, id: 'app.file_info.get'});
        },
        sleep: async () => undefined,
    };
    return {asked, look};
}

test('what the post says of its files is enough where it says all', async () => {
    const {asked, look} = server({});
    expect(await filesOf(post(['a'], [info('a')]), look)).toEqual([{id: 'a', name: 'a.png', mime_type: 'image/png', size: 7}]);
    expect(await filesOf({file_ids: [], metadata: {} as Post['metadata']}, look)).toEqual([]);
    expect(asked).toEqual([]);
});

test('a post read before its files are: they are asked for, in the order of the post', async () => {
    const {look} = server({a: [info('a')], b: [403, 404, info('b')]});
    expect((await filesOf(post(['a', 'b', 'c'], [info('c')]), look)).map(({id, gone}) => [id, gone])).toEqual([
        ['a', undefined],
        ['b', undefined],
        ['c', undefined],
    ]);
});

test('a file that stays unknown is gone, after a bounded number of looks, and the others go along', async () => {
    const {asked, look} = server({a: [info('a')], b: [404]});
    expect((await filesOf(post(['a', 'b']), look)).map(({id, gone}) => [id, gone])).toEqual([
        ['a', undefined],
        ['b', true],
    ]);
    expect(asked.filter((id) => id === 'b')).toHaveLength(4);
});

test('a server that fails decides nothing', async () => {
    const {look} = server({a: [500]});
    await expect(filesOf(post(['a']), look)).rejects.toThrow(MattermostError);
});

test('names are cleaned: nothing invisible or reordering reaches the visitor', async () => {
    const {look} = server({});
    const [file] = await filesOf(post(['a'], [info('a', 'invoice\u202Egnp.exe\u0000')]), look);
    expect(file?.name).toBe('invoicegnp.exe');
});
