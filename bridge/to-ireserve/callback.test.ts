/** What becomes of an agent's files in a callback. */
import {expect, test} from 'vitest';
import type {Integration} from '../integration.ts';
import {MattermostError} from '../mattermost.ts';
import type {ReplyRow} from '../store/schema.ts';
import {attachmentsOf} from './callback.ts';

const refused = (status: number, id: string) => new MattermostError('refused', 'no', {status, id});
const file = (id: string, more: object = {}) => ({id, name: `${id}.txt`, mime_type: 'text/plain', size: 3, ...more});

/** A Mattermost whose files are these: their text, or the error that asking for them ends in. */
function attached(reply_files: 'url' | 'inline', files: Record<string, string | Error>) {
    const of = (id: string) => {
        const known = files[id] ?? refused(404, 'app.file_info.get');
        if (known instanceof Error) throw known;
        return known;
    };
    const client = {
        fileInfo: async (id: string) => ({id, size: of(id).length}),
        openFile: async (id: string) => new Response(of(id), {headers: {'content-length': String(of(id).length)}}),
    };
    const options = {
        servers: {client: () => client},
        box: {sign: () => 'signed'},
        publicUrl: () => 'https://b.example',
        maxFileBytes: 10,
        now: () => 0,
    };
    const integration = {id: 'i', config: {reply_files, file_link_minutes: 60}, secrets: {bot_token: ''}} as unknown as Integration;
    return (queued: ReturnType<typeof file>[]) =>
        attachmentsOf(options as never, integration, {post_id: 'p', reply_id: 'p'} as ReplyRow, queued as never);
}

test('a file that was deleted before the reply left is told as missing, and the others go', async () => {
    const {attachments, files} = await attached('inline', {a: 'abc'})([file('a'), file('deleted'), file('unknown', {gone: true})]);
    expect(attachments).toEqual([{...file('a'), content_base64: 'YWJj'}]);
    expect(files).toEqual([
        {name: 'a.txt', state: 'attached'},
        {name: 'deleted.txt', state: 'missing', code: 'attachment_gone'},
        {name: 'unknown.txt', state: 'missing', code: 'attachment_gone'},
    ]);
});

test('one that is hidden from the bot is missing, too', async () => {
    const {files} = await attached('inline', {a: refused(403, 'api.context.permissions')})([file('a')]);
    expect(files.map(({code}) => code)).toEqual(['attachment_gone']);
});

test('Mattermost that can’t be asked now, or a proxy’s page, decides nothing: the reply is tried again', async () => {
    for (const error of [new MattermostError('unknown', 'reset'), new MattermostError('unknown', 'a proxy', {status: 404})])
        await expect(attached('inline', {a: error})([file('a')])).rejects.toThrow(MattermostError);
});

test('by address, Mattermost is not asked; what is known to be gone gets none', async () => {
    const {attachments, files} = await attached('url', {})([file('a'), file('b', {gone: true})]);
    expect(attachments.map(({id}) => id)).toEqual(['a']);
    expect(files.map(({state}) => state)).toEqual(['linked', 'missing']);
});
