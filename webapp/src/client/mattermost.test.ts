import {expect, test, vi} from 'vitest';
import {createMattermost} from './mattermost.ts';

const create = (answer: () => Promise<Response>) => {
    const fetch = vi.fn<typeof globalThis.fetch>(answer);
    return {fetch, mattermost: createMattermost({fetch, siteUrl: () => 'https://mm.example/sub', csrfToken: () => 'csrf'})};
};

test('asks under the subpath, with the token against forged requests and the browser’s own log-in', async () => {
    const {fetch, mattermost} = create(async () => Response.json({id: 'p', message: 'x'}));
    await mattermost.createPost({channel_id: 'c', root_id: 'r', message: 'x', file_ids: [], intent: 'note', pending_post_id: 'me:1'});
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe('https://mm.example/sub/api/v4/posts');
    expect(init).toMatchObject({
        method: 'POST',
        credentials: 'include',
        headers: {'X-CSRF-Token': 'csrf', 'X-Requested-With': 'XMLHttpRequest'},
    });
    expect(JSON.parse(String(init?.body))).toMatchObject({props: {ireserve_intent: 'note'}, pending_post_id: 'me:1'});
});

test.each([
    [
        'an error of Mattermost’s',
        async () => Response.json({id: 'api.x', message: 'No'}, {status: 403}),
        {id: 'api.x', status: 403, message: 'No'},
    ],
    ['a proxy’s page', async () => new Response('<html>', {status: 502}), {id: 'status_502', status: 502}],
    ['no answer', () => Promise.reject(new TypeError('Failed to fetch')), {id: '', status: 0}],
    ['a page where JSON should be', async () => new Response('<html>'), {id: 'unreadable', status: 200}],
])('%s is a MattermostError', async (_case, answer, expected) => {
    await expect(create(answer).mattermost.executeCommand('/x', 'c', 't')).rejects.toMatchObject(expected);
});
