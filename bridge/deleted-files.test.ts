import {expect, it} from 'vitest';
import {filesLeft} from './deleted-files.ts';
import {MattermostError} from './mattermost.ts';

const gone = () => Promise.reject(new MattermostError('refused', '404', {status: 404}));
const file = {file_id: 'f', post_id: 'p'};

/** A server that answers for what it knows of a file and for its bytes as told, in this order. */
function server(info: (asked: number) => Promise<unknown>, bytes: () => Promise<Response>) {
    const asked: string[] = [];
    let times = 0;
    const client = {
        fileInfo: () => {
            asked.push('info');
            return info(times++);
        },
        openFile: () => {
            asked.push('bytes');
            return bytes();
        },
    } as unknown as Parameters<typeof filesLeft>[0];
    return {client, asked};
}
const noPause = async () => {};

it('a file that is gone is not left; its bytes are asked for only when nothing is known of it any more', async () => {
    const {client, asked} = server((n) => (n < 2 ? Promise.resolve({}) : gone()), gone);
    expect(await filesLeft(client, [file], noPause)).toEqual([]);
    expect(asked).toEqual(['info', 'info', 'info', 'bytes']);
});

it('one that stays is left, and its bytes are not asked for: that would keep it', async () => {
    const {client, asked} = server(
        () => Promise.resolve({}),
        () => Promise.resolve(new Response('x')),
    );
    expect(await filesLeft(client, [file], noPause)).toMatchObject([{...file, why: expect.stringContaining('file store')}]);
    expect(asked).not.toContain('bytes');
});

it('one that only the cache hands out is left, with the way to end that', async () => {
    const {client} = server(gone, () => Promise.resolve(new Response('x')));
    expect(await filesLeft(client, [file], noPause)).toMatchObject([{...file, why: expect.stringContaining('Purge All Caches')}]);
});

it('one that could not be asked for is left: nobody looked', async () => {
    const {client} = server(() => Promise.reject(new MattermostError('unknown', 'no answer')), gone);
    expect(await filesLeft(client, [file], noPause)).toMatchObject([
        {...file, why: expect.stringContaining('could not be asked: no answer')},
    ]);
});
