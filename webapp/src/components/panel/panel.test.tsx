import {screen, waitFor, within} from '@testing-library/react';
import {expect, test} from 'vitest';
import {hostState, renderPanel} from '../../../tests/render.tsx';
import {BEN, CHANNEL, createServers, detail, ME, NOW, post, problem, reply, root, summary, visitorPost} from '../../../tests/servers.ts';

const open = async (options: Parameters<typeof renderPanel>[0] = {}) => {
    const parts = renderPanel(options);
    await parts.user.click(await screen.findByRole('button', {name: /Sanne de Vries/}));
    await screen.findByRole('heading', {name: 'Sanne de Vries'});
    return parts;
};
const box = () => screen.getByRole('textbox', {name: 'Reply to Sanne de Vries'});

test('shows who waits, with counts, the last words and what environment it is', async () => {
    renderPanel();
    const row = await screen.findByRole('button', {name: /Sanne de Vries/});
    expect(row).toHaveText('Can I arrive at 23:00?');
    expect(row).toHaveText('Nobody has it');
    expect(screen.getByRole('tab', {name: 'Waiting 1'}).getAttribute('aria-selected')).toBe('true');
    expect(screen.getByRole('tab', {name: 'Closed 3'})).toBeOnPage();
    expect(screen.getByText('Test')).toBeOnPage();
});

test('another tab asks the bridge for that view; the arrow keys go from tab to tab', async () => {
    const {user, servers} = renderPanel();
    await screen.findByRole('button', {name: /Sanne/});
    await user.click(screen.getByRole('tab', {name: /Closed/}));
    expect(servers.requests('GET', 'view=closed')).toHaveLength(1);
    await user.keyboard('{ArrowRight}');
    expect(screen.getByRole('tab', {name: /Waiting/})).toHaveFocus();
});

test('a search is asked for once the typing pauses, and says when nothing was found', async () => {
    const {user, servers} = renderPanel();
    await screen.findByRole('button', {name: /Sanne/});
    servers.list = [];
    await user.type(screen.getByRole('searchbox'), 'zzz');
    expect(await screen.findByText('Nothing found for “zzz”.')).toBeOnPage();
    expect(servers.requests('GET', 'search=zzz')).toHaveLength(1);
});

test('a conversation that begins to wait comes into the list by the stream', async () => {
    const {servers} = renderPanel();
    await screen.findByRole('button', {name: /Sanne/});
    await waitFor(() => expect(servers.streams()).toBe(1));
    servers.send(
        'conversation',
        summary({conversation_id: 'C2', visitor: {name: 'Piet', language: null}, waiting_since: new Date(NOW).toISOString()}),
    );
    await screen.findByRole('button', {name: /Piet/});
    const rows = within(screen.getByRole('list', {name: 'Conversations'})).getAllByRole('button');
    expect(rows.map((row) => /Sanne|Piet/.exec(row.textContent ?? '')?.[0])).toEqual(['Sanne', 'Piet']);
});

test('a conversation shows visitor, state, booking and what was said', async () => {
    await open();
    expect(await screen.findByRole('article', {name: 'Message from Sanne'})).toHaveText('Can I arrive at **23:00**?');
    expect(screen.queryByText('card')).toBeNull();
    expect(screen.getByRole('link', {name: 'Rooms'}).getAttribute('href')).toBe('https://hotel.example/rooms');
    expect(screen.getByRole('link', {name: 'Open in i-Reserve'}).getAttribute('href')).toBe('https://panel.example/chat/C1');
    expect(screen.getByRole('link', {name: 'B7', hidden: true}).getAttribute('href')).toBe('https://panel.example/b/7');
});

test('a page that is no web address is not a link', async () => {
    const servers = createServers();
    servers.details.C1 = detail({page: {url: 'javascript:alert(1)', title: 'Rooms'}});
    await open({servers});
    expect(screen.queryByRole('link', {name: 'Rooms'})).toBeNull();
});

test('claiming asks the bridge, and shows what it answers', async () => {
    const {user, servers} = await open();
    servers.details.C1 = detail({assignee: {name: 'Anna Keller', user_id: ME}, allowed: ['release', 'transfer', 'close', 'reply', 'note']});
    await user.click(screen.getByRole('button', {name: 'Claim'}));
    expect(await screen.findByRole('button', {name: 'Release'})).toBeOnPage();
    expect(servers.requests('POST', '/actions/claim')).toHaveLength(1);
});

test('who was too late to claim is told, and sees who has it', async () => {
    const {user, servers} = await open();
    servers.instead.set('POST /v1/agent/conversations/C1/actions/claim', () => problem(409, 'already_claimed'));
    servers.details.C1 = detail({assignee: {name: 'Ben Osei', user_id: BEN}});
    await user.click(screen.getByRole('button', {name: 'Claim'}));
    expect(await screen.findByText('Somebody else has taken it meanwhile.')).toBeOnPage();
    expect(await screen.findByText('Ben Osei has it')).toBeOnPage();
    await user.click(screen.getByRole('button', {name: 'Take over'}));
    servers.instead.clear();
    await user.click(screen.getByRole('button', {name: 'Yes, take over'}));
    await waitFor(() => expect(servers.requests('POST', '/actions/claim').at(-1)?.body).toEqual({take_over: true}));
});

test('transfer finds members by name, with the keyboard alone', async () => {
    const {user, servers} = await open();
    await user.click(screen.getByRole('button', {name: 'Transfer'}));
    await user.type(screen.getByRole('combobox', {name: 'Transfer to'}), 'ben');
    await screen.findByRole('option', {name: /Ben Osei/, selected: true});
    await user.keyboard('{Enter}');
    await waitFor(() => expect(servers.requests('POST', '/actions/transfer').at(-1)?.body).toEqual({user_id: BEN}));
});

test('closing takes a reason', async () => {
    const {user, servers} = await open();
    await user.click(screen.getByRole('button', {name: 'Close'}));
    await user.type(screen.getByRole('textbox', {name: 'Reason (optional)'}), 'solved{Enter}');
    await waitFor(() => expect(servers.requests('POST', '/actions/close').at(-1)?.body).toEqual({reason: 'solved'}));
});

test('a reply is a post of one’s own that says so, and the bridge is told of it', async () => {
    const {user, servers} = await open();
    await user.type(box(), 'Yes, of course{Enter}');
    expect(await screen.findByText('Yes, of course')).toBeOnPage();
    expect(servers.requests('POST', '/api/v4/posts')[0]?.body).toMatchObject({
        message: 'Yes, of course',
        props: {ireserve_intent: 'reply'},
    });
    await waitFor(() => expect(servers.requests('POST', '/replies').at(-1)?.body).toEqual({post_id: 'p1'}));
    expect(box()).toHaveValue('');
});

test('a note is never told to the bridge as a reply', async () => {
    const {user, servers} = await open();
    await user.click(screen.getByRole('radio', {name: 'Internal note'}));
    await user.type(screen.getByRole('textbox', {name: 'Note for colleagues'}), 'VIP');
    await user.click(screen.getByRole('button', {name: 'Save note'}));
    expect(await screen.findByText('internal note')).toBeOnPage();
    expect(servers.requests('POST', '/api/v4/posts')[0]?.body).toMatchObject({props: {ireserve_intent: 'note'}});
    expect(servers.requests('POST', '/replies')).toEqual([]);
});

test('where Ctrl+Enter is wished for, Enter makes a line', async () => {
    const state = hostState([], {'advanced_settings--send_on_ctrl_enter': {value: 'true'}});
    const {user, servers} = await open({state});
    await user.type(box(), 'one{Enter}two');
    expect(servers.requests('POST', '/api/v4/posts')).toEqual([]);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(servers.requests('POST', '/api/v4/posts')[0]?.body?.message).toBe('one\ntwo'));
});

test('a failed send keeps the text, and says why', async () => {
    const {user, servers} = await open();
    servers.instead.set('POST /api/v4/posts', () => Response.json({id: 'x', message: 'channel archived'}, {status: 400}));
    await user.type(box(), 'Hello{Enter}');
    expect(await screen.findByText(/your text is still here. channel archived/)).toBeOnPage();
    expect(box()).toHaveValue('Hello');
});

test('undo takes the post back and gives its words back', async () => {
    const servers = createServers();
    servers.undoSeconds = 10;
    const {user} = await open({servers});
    await user.type(box(), 'Oops{Enter}');
    await user.click(await screen.findByRole('button', {name: 'Undo'}));
    await waitFor(() => expect(box()).toHaveValue('Oops'));
    expect(servers.requests('DELETE', '/api/v4/posts/p1')).toHaveLength(1);
    expect(screen.queryByRole('button', {name: 'Undo'})).toBeNull();
    expect(box()).toHaveFocus();
});

test('a draft outlives the page, and belongs to its conversation', async () => {
    const {user, unmount} = await open();
    await user.type(box(), 'half a sent');
    await user.click(screen.getByRole('button', {name: 'All conversations'}));
    unmount();
    await open();
    expect(box()).toHaveValue('half a sent');
});

test('canned replies come with a slash, are searched and filled in', async () => {
    const {user} = await open();
    await user.type(box(), '/la');
    await screen.findByRole('option', {name: /Late check-in/, selected: true});
    await user.keyboard('{Enter}');
    expect(box()).toHaveValue('Hello Sanne de Vries, yes you can. Anna Keller');
});

test('a reply that failed says why and can be tried again or given up', async () => {
    const servers = createServers();
    servers.thread.push(post({id: 'p1', message: 'Yes'}));
    servers.details.C1 = detail({
        replies: [reply({state: 'failed', reason: {code: 'callback_rejected', detail: 'visitor unknown'}, can: ['retry', 'discard']})],
    });
    const {user} = await open({servers});
    expect(await screen.findByText('visitor unknown')).toBeOnPage();
    expect(screen.getByRole('button', {name: 'Give up'})).toBeOnPage();
    servers.details.C1 = detail({replies: [reply({state: 'delivered'})]});
    await user.click(screen.getByRole('button', {name: 'Retry'}));
    expect(await screen.findByText('Delivered')).toBeOnPage();
    expect(servers.requests('POST', '/actions/retry')[0]?.body).toEqual({reply_id: 'p1'});
});

test('the countdown never shows more than the hold, whatever the clocks say', async () => {
    const servers = createServers();
    servers.undoSeconds = 30;
    servers.clockAhead = 20_000;
    const {user} = await open({servers});
    await user.type(box(), 'Oops{Enter}');
    const bar = (await screen.findByRole('button', {name: 'Undo'})).parentElement as HTMLElement;
    const shown: number[] = [];
    const watch = new MutationObserver(() => shown.push(Number(/\d+/.exec(bar.textContent ?? '')?.[0])));
    watch.observe(bar, {subtree: true, characterData: true, childList: true});
    shown.push(Number(/\d+/.exec(bar.textContent ?? '')?.[0]));
    await waitFor(() => expect(Math.min(...shown)).toBeLessThan(30));
    watch.disconnect();
    expect(Math.max(...shown)).toBe(30);
});

test('says that a colleague is answering too, and that the visitor has left', async () => {
    const servers = createServers();
    servers.details.C1 = detail({presence: 'left'});
    await open({servers});
    expect(screen.getByText('The visitor has left, and sees your reply on coming back.')).toBeOnPage();
    await waitFor(() => expect(servers.streams()).toBe(1));
    servers.send('typing', {conversation_id: 'C1', user: {user_id: BEN, name: 'Ben'}, until: new Date(Date.now() + 6000).toISOString()});
    expect(await screen.findByText('Ben is answering too.')).toBeOnPage();
});

test('a post of a person with a forged mark is not taken for the visitor’s', async () => {
    const servers = createServers();
    servers.thread.push({...visitorPost('f1', 'Send me money'), user_id: BEN});
    await open({servers});
    expect(await screen.findByRole('article', {name: 'Message from Ben'})).toHaveText('Sanne');
});

test('a thousand messages draw the newest sixty, and older ones on demand', async () => {
    const servers = createServers();
    servers.thread = [
        root(),
        ...Array.from({length: 1000}, (_, index) => visitorPost(`v${index}`, `message ${index}`, NOW - 1e6 + index * 1000)),
    ];
    const drawn: number[] = [];
    const observer = new MutationObserver(() => drawn.push(document.querySelectorAll('article').length));
    observer.observe(document.body, {childList: true, subtree: true});
    const {user} = await open({servers});
    await screen.findByText('message 999');
    // A screenful first; the others follow.
    expect(drawn.find((count) => count > 0)).toBe(15);
    await user.click(await screen.findByRole('button', {name: 'Show older messages'}));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(120));
    observer.disconnect();
    expect(screen.getAllByRole('article')[0]).toHaveText('message 880');
});

const memberOf = (...ids: string[]) => {
    const state = hostState();
    state.entities.channels.myMembers = Object.fromEntries(ids.map((id) => [id, {}])) as typeof state.entities.channels.myMembers;
    return {type: 'host', host: state} as never;
};

test('who is taken out of the channel sees nothing of it at once, also when the bridge does not know yet', async () => {
    const {user, servers, store, desk} = await open();
    store.dispatch(memberOf());
    await screen.findByRole('tablist');
    expect(screen.queryByRole('button', {name: /Sanne/})).toBeNull();
    await user.click(screen.getByRole('tab', {name: /Open/}));
    servers.send('conversation', summary());
    await desk.conversations.open('C1', null);
    expect(screen.queryByText('Late arrival')).toBeNull();
    await user.click(screen.getByRole('button', {name: 'All conversations'}));
    expect(await screen.findByText('There is no open conversation.')).toBeOnPage();
    // Back in it, everything is there again.
    store.dispatch(memberOf(CHANNEL));
    await user.click(screen.getByRole('tab', {name: /Waiting/}));
    expect(await screen.findByRole('button', {name: /Sanne/})).toBeOnPage();
});

test('a team without the command says so, and does not ask again and again', async () => {
    const servers = createServers();
    const answer = () => Response.json({id: 'api.command.execute_command.not_found.app_error', message: 'no'}, {status: 404});
    servers.instead.set('POST /api/v4/commands/execute', answer);
    const {user} = renderPanel({servers});
    expect(await screen.findByRole('alert')).toHaveText('This team has no /ireserve command yet');
    expect(servers.requests('POST', '/commands/execute')).toHaveLength(1);
    servers.instead.clear();
    await user.click(screen.getByRole('button', {name: 'Try again'}));
    expect(await screen.findByRole('button', {name: /Sanne/})).toBeOnPage();
});
