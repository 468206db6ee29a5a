import {fireEvent, screen, waitFor} from '@testing-library/react';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {renderPanel} from '../../../tests/render.tsx';

/** As much of a browser's as an upload needs; what the server does, the test says. */
class Request {
    static readonly all: Request[] = [];
    readonly upload: {onprogress?: (event: {loaded: number; total: number}) => void} = {};
    readonly headers: Record<string, string> = {};
    onload = () => {};
    onabort = () => {};
    onerror = () => {};
    status = 0;
    responseText = '';
    address = '';
    file: File | null = null;
    open(method: string, address: string): void {
        this.address = `${method} ${address}`;
    }
    setRequestHeader(name: string, value: string): void {
        this.headers[name] = value;
    }
    send(form: FormData): void {
        this.file = form.get('files') as File;
        Request.all.push(this);
    }
    abort(): void {
        this.onabort();
    }
    answer(status: number, body: object): void {
        Object.assign(this, {status, responseText: JSON.stringify(body)});
        this.onload();
    }
    arrive(id: string): void {
        this.answer(201, {file_infos: [{id, name: this.file?.name ?? ''}]});
    }
}

beforeEach(() => vi.stubGlobal('XMLHttpRequest', Request));
afterEach(() => {
    vi.unstubAllGlobals();
    Request.all.length = 0;
});

const picture = (name: string) => new File(['…'], name, {type: 'image/png'});
const box = () => screen.getByRole('textbox', {name: 'Reply to Sanne de Vries'});
const names = () => [...(screen.queryByRole('list', {name: 'Attached files'})?.children ?? [])].map((one) => one.textContent?.trim());
const sent = (at: number) => Request.all[at] as Request;

type Opened = Awaited<ReturnType<typeof open>>;

async function open() {
    const parts = renderPanel();
    await parts.user.click(await screen.findByRole('button', {name: /Sanne de Vries/}));
    await screen.findByRole('heading', {name: 'Sanne de Vries'});
    const choose = (...files: File[]) => parts.user.upload(screen.getByLabelText('Attach files', {selector: 'input'}), files);
    return {...parts, choose};
}

test('an upload shows how far it is; what is sent meanwhile says that it waits, and goes with the file as soon as it is there', async () => {
    const {user, servers, choose} = await open();
    await choose(picture('lake.png'));
    expect(sent(0).address).toMatch(/^POST .*\/api\/v4\/files\?channel_id=c+$/);
    sent(0).upload.onprogress?.({loaded: 30, total: 120});
    const bar = () => screen.getByRole('progressbar', {name: 'Uploading lake.png'});
    await waitFor(() => expect(bar().getAttribute('value')).toBe('0.25'));
    await user.type(box(), 'The lake{Enter}');
    expect(screen.getByText('Sent as soon as the files are uploaded').getAttribute('role')).toBe('status');
    expect(servers.requests('POST', '/api/v4/posts')).toEqual([]);
    sent(0).arrive('f1');
    await waitFor(() => expect(servers.requests('POST', '/api/v4/posts')[0]?.body).toMatchObject({message: 'The lake', file_ids: ['f1']}));
    // The request is seen before the page has its answer.
    await waitFor(() => expect(screen.queryByText('Sent as soon as the files are uploaded')).toBeNull());
    expect(names()).toEqual([]);
});

test.each([
    ['goes on writing', async ({user}: Opened) => user.type(box(), '!')],
    ['makes a note of it', async ({user}: Opened) => user.click(screen.getByRole('radio', {name: 'Internal note'}))],
    ['removes the other file', async ({user}: Opened) => user.click(screen.getByRole('button', {name: 'Remove small.png'}))],
    ['is told that another file failed', async () => sent(1).answer(413, {message: 'File is too large.'})],
])('what waits for a file is not sent of itself any more when the agent %s', async (_what, meanwhile) => {
    const opened = await open();
    await opened.choose(picture('small.png'), picture('huge.png'), picture('lake.png'));
    sent(0).arrive('f1');
    await opened.user.type(box(), 'The lake{Enter}');
    await meanwhile(opened);
    if (!screen.queryByText('could not be uploaded: File is too large.')) sent(1).arrive('f2');
    sent(2).arrive('f3');
    await waitFor(() => expect(screen.queryByRole('progressbar')).toBeNull());
    await waitFor(() => expect(screen.queryByText('Sent as soon as the files are uploaded')).toBeNull());
    expect(opened.servers.requests('POST', '/api/v4/posts')).toEqual([]);
    expect(names()).toContain('lake.png');
});

test('why one failed is said; it can be put away, and the others stay', async () => {
    const {user, choose} = await open();
    await choose(picture('small.png'), picture('huge.png'));
    sent(0).arrive('f1');
    sent(1).answer(413, {id: 'api.file.too_large', message: 'File is too large.'});
    expect(await screen.findByRole('alert')).toHaveText('could not be uploaded: File is too large.');
    await user.click(screen.getByRole('button', {name: 'Remove huge.png'}));
    expect(names()).toEqual(['small.png']);
    expect(box()).toHaveFocus();
});

test('one that runs can be given up', async () => {
    const {user, choose} = await open();
    const abort = vi.spyOn(Request.prototype, 'abort');
    await choose(picture('lake.png'));
    await user.click(screen.getByRole('button', {name: 'Remove lake.png'}));
    expect(abort).toHaveBeenCalledTimes(1);
    expect(names()).toEqual([]);
    expect(screen.queryByRole('alert')).toBeNull();
});

test('ten files go with one message, and more are said to be too many', async () => {
    const {choose} = await open();
    await choose(...Array.from({length: 12}, (_, index) => picture(`${index}.png`)));
    expect(Request.all).toHaveLength(10);
    expect(screen.getByRole('alert')).toHaveText('At most 10 files');
});

test('a pasted picture is attached; text that an office program put a picture beside is text', async () => {
    await open();
    const paste = (files: File[], types: string[]) => fireEvent.paste(box(), {clipboardData: {files, types, getData: () => ''}});
    // True: nobody has taken it, so the browser pastes.
    expect(paste([picture('cells.png')], ['text/plain', 'text/html', 'Files'])).toBe(true);
    expect(Request.all).toHaveLength(0);
    expect(paste([picture('shot.png')], ['Files'])).toBe(false);
    expect(sent(0).file?.name).toBe('shot.png');
});

test('files may be dropped anywhere on the conversation; text that is dragged is left alone', async () => {
    const {container} = await open();
    const log = await screen.findByRole('log');
    const dragged = {dataTransfer: {types: ['Files'], files: [picture('dropped.png')]}};
    const text = {dataTransfer: {types: ['text/plain'], files: []}};
    expect(fireEvent.dragOver(log, text)).toBe(true);
    expect(fireEvent.drop(log, text)).toBe(true);
    expect(fireEvent.dragOver(log, dragged)).toBe(false);
    await waitFor(() => expect(container.querySelector('.IReserve__composer.over')).not.toBeNull());
    expect(fireEvent.drop(log, dragged)).toBe(false);
    expect(sent(0).file?.name).toBe('dropped.png');
    await waitFor(() => expect(container.querySelector('.over')).toBeNull());
});

test('a file that arrives after one has gone to another conversation is the draft’s it was meant for', async () => {
    const {user, choose, state} = await open();
    await choose(picture('lake.png'));
    await user.click(screen.getByRole('button', {name: 'All conversations'}));
    sent(0).arrive('f1');
    await waitFor(() => expect(state().kept.drafts.C1?.files).toEqual([{id: 'f1', name: 'lake.png'}]));
});
