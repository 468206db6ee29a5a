import type {Post} from '@mattermost/types/posts';
import {expect, test, vi} from 'vitest';
import {createTestDesk, hostState} from '../../tests/render.tsx';
import {BEN, BOT, createServers, detail, post, ROOT, reply, root, visitorPost} from '../../tests/servers.ts';
import {changed} from '../state/reducer.ts';
import {Detail} from '../types/bridge.ts';
import type {GlobalState} from '../types/mattermost.ts';
import {createOpen} from './open.ts';
import {makePostActions} from './post_menu.ts';
import {makeSlashCommandHook} from './slash_command.ts';
import {makeEventHandlers} from './websocket.ts';

const sidebar = {id: 's', showRHSPlugin: {type: 'show'}, hideRHSPlugin: {type: 'hide'}, toggleRHSPlugin: {type: 'toggle'}};

function create(posts: Post[], state: GlobalState = hostState(posts)) {
    const parts = createTestDesk(createServers(), state);
    const dispatch = vi.spyOn(parts.store, 'dispatch');
    const open = createOpen(parts.desk, () => sidebar);
    const [replyTo, note, retry] = makePostActions(parts.desk, open);
    if (!replyTo || !note || !retry) throw new Error('three actions');
    return {...parts, dispatch, open, replyTo, note, retry};
}

const forged = {...root(), user_id: BEN};

test.each([
    ['the root', [root()], ROOT, true],
    ['a reply, its root known', [root(), post({id: 'p1'})], 'p1', true],
    ['a reply, its root not loaded', [post({id: 'p1'})], 'p1', false],
    ['a thread of a person with a forged mark', [forged, post({id: 'p1'})], 'p1', false],
    ['an ordinary post', [post({id: 'p1', root_id: ''})], 'p1', false],
    ['a deleted post', [root(), post({id: 'p1', state: 'DELETED'})], 'p1', false],
    ['an unknown post', [], 'p9', false],
])('the posts’ menu at %s', (_case, posts, id, shown) => {
    const {replyTo, note} = create(posts);
    expect([replyTo.filter(id), note.filter(id)]).toEqual([shown, shown]);
});

test('“Add note” opens the conversation in note mode, before the sidebar changes what is open', () => {
    const {note, state, dispatch} = create([root(), post({id: 'p1'})]);
    note.action('p1');
    expect(state().shown).toMatchObject({kind: 'conversation', conversation_id: 'C1', root_id: ROOT});
    expect(state().kept.drafts.C1?.mode).toBe('note');
    expect(dispatch.mock.calls.at(-1)?.[0]).toEqual(sidebar.showRHSPlugin);
});

test('“Retry delivery” is there only where it would do something', () => {
    const {retry, store} = create([root(), post({id: 'p1'}), post({id: 'p2'})]);
    expect(retry.filter('p1')).toBe(false);
    store.dispatch(changed({type: 'detail', detail: Detail(detail({replies: [reply({state: 'failed', can: ['retry', 'discard']})]}))}));
    expect(retry.filter('p1')).toBe(true);
    expect(retry.filter('p2')).toBe(false);
});

test('the bot’s mark on a post is enough to offer a retry; anybody else’s is not', () => {
    const host = hostState([root(), post({id: 'p1'}), post({id: 'p2'})]);
    const cross = (user_id: string) => ({x: {user_id, emoji_name: 'x'}});
    Object.assign(host.entities.posts, {reactions: {p1: cross(BOT), p2: cross(BEN)}});
    const {retry} = create([], host);
    expect([retry.filter('p1'), retry.filter('p2')]).toEqual([true, false]);
});

test.each(['/ireserve', '/ireserve ', '/ireserve panel', '/ireserve queue', '/IRESERVE Queue'])(
    '%s opens the panel and goes no further',
    async (text) => {
        const {desk, open, dispatch} = create([root()]);
        const args = {channel_id: 'c', team_id: 't'};
        expect(await makeSlashCommandHook(desk, open)(text, args)).toEqual({});
        expect(dispatch).toHaveBeenCalledWith(sidebar.showRHSPlugin);
    },
);

test.each(['/ireserve close', '/ireserve session abcdefgh', '/ireserver', 'hello', '/other'])('%s goes on to the server', async (text) => {
    const {desk, open} = create([root()]);
    const args = {channel_id: 'c', team_id: 't'};
    expect(await makeSlashCommandHook(desk, open)(text, args)).toEqual({message: text, args});
});

test('in a mirrored thread /ireserve opens its conversation', async () => {
    const {desk, open, state} = create([root()]);
    await makeSlashCommandHook(desk, open)('/ireserve', {channel_id: 'c', team_id: 't', root_id: ROOT});
    expect(state().shown).toMatchObject({root_id: ROOT});
});

test('posts that come, change and go are followed in threads that are open, and only there', async () => {
    const {desk, state} = create([root()]);
    await desk.conversations.openPost(ROOT);
    const {posted, post_edited, post_deleted} = makeEventHandlers(desk);
    const send = (handle: typeof posted, one: Post) => handle?.({data: {post: JSON.stringify(one)}});
    send(posted, visitorPost('v2', 'And breakfast?'));
    send(posted, post({id: 'other', root_id: 'z'.repeat(26)}));
    await vi.waitFor(() => expect(state().threads[ROOT]?.posts.v2?.message).toContain('breakfast'));
    send(post_edited, {...visitorPost('v2', 'And dinner?'), update_at: 9e15});
    await vi.waitFor(() => expect(state().threads[ROOT]?.posts.v2?.message).toContain('dinner'));
    send(post_deleted, visitorPost('v2', ''));
    expect(state().threads[ROOT]?.posts.v2).toBeUndefined();
    expect(Object.keys(state().threads)).toEqual([ROOT]);
});

test.each([{}, {post: 7}, {post: '{'}, {post: 'null'}, {post: '{"id":1}'}, {parent_id: 3}])('an event with %j throws at nobody', (data) => {
    const {desk} = create([]);
    for (const handle of Object.values(makeEventHandlers(desk))) expect(() => handle({data})).not.toThrow();
});

test('a person’s typing in the thread is not the visitor’s', async () => {
    const {desk, state} = create([root()]);
    await desk.conversations.openPost(ROOT);
    const {typing} = makeEventHandlers(desk);
    typing?.({data: {parent_id: ROOT, user_id: BEN}});
    expect(state().typing).toEqual({});
    typing?.({data: {parent_id: ROOT, user_id: BOT}});
    expect(Object.values(state().typing)).toMatchObject([{conversation_id: ROOT, user_id: ''}]);
});
