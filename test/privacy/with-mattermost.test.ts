/** What stands in the threads against what the bridge remembers: what is missing or doubled, what only seems to be, and where a repair must hold back. */
import {afterEach, expect, it} from 'vitest';
import {reportOf} from '../../bridge/reconcile/report.ts';
import type {PlainPost} from '../doubles/mattermost/start.ts';
import {eventOf} from '../support/bridge.ts';
import {markOf, type Scene, startScene} from '../to-ireserve/scene.ts';
import {compareIn} from './compare.ts';

let scene: Scene;
afterEach(() => scene?.stop());

const said = (conversation_id: string, message_id: string, text = `words of ${message_id}`) =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Sanne'}, text});
const kindsOf = ({findings}: Awaited<ReturnType<typeof compareIn>>) => findings.map(({kind, id}) => [kind, id]);
const found = async (options: Parameters<typeof compareIn>[1] = {}) => kindsOf(await compareIn(scene, options));

async function withMessage(start: Parameters<typeof startScene>[0] = {}, text?: string) {
    scene = await startScene(start);
    const {conversation_id, root_id} = await scene.open();
    const {post_ids = []} = await scene.bridge.deliver(said(conversation_id, 'M1', text));
    return {conversation_id, root_id, post_ids};
}

it('a channel the bot may not read is told, and nothing in it taken for deleted', async () => {
    await withMessage();
    const {mattermost, mirror} = scene;
    mattermost.act.removeMember(mirror.id, mattermost.seeded.bot.id);
    expect(await found({repairing: true})).toEqual([['unreadable', mirror.id]]);
});

it('messages of a deleted thread are not told one by one', async () => {
    const {root_id} = await withMessage();
    scene.mattermost.act.remove(scene.mattermost.seeded.admin.id, root_id);
    expect(await found()).toEqual([['thread_missing', root_id]]);
});

it('a token that is refused meanwhile ends the comparison: nothing can be told then', async () => {
    await withMessage();
    const fault = {kind: 'error', status: 401, id: 'api.context.session_expired.app_error'} as const;
    scene.mattermost.faults.add({...fault, route: 'GET /posts/:post_id/thread'});
    await expect(compareIn(scene)).rejects.toThrow('401');
    scene.mattermost.faults.clear();
    scene.mattermost.faults.add({...fault, route: 'GET /channels/:channel_id/posts'});
    await expect(compareIn(scene)).rejects.toThrow('401');
});

it('a message of several posts is missing when all of them are', async () => {
    const {post_ids} = await withMessage({}, 'long '.repeat(5000));
    expect(post_ids.length).toBeGreaterThan(1);
    const {mattermost} = scene;
    const {admin} = mattermost.seeded;
    const [first = '', ...rest] = post_ids;
    mattermost.act.remove(admin.id, first);
    expect(await found()).toEqual([]);
    for (const id of rest) mattermost.act.remove(admin.id, id);
    expect(await found()).toEqual([['post_missing', 'M1']]);
});

it('a post under another id is known by its mark; a person’s post with the same mark is no copy', async () => {
    const {root_id, post_ids} = await withMessage();
    const {mattermost, mirror, anna} = scene;
    const {admin, bot} = mattermost.seeded;
    const {message, props} = mattermost.look.post(post_ids[0] ?? '') as PlainPost;
    mattermost.act.remove(admin.id, post_ids[0] ?? '');
    await mattermost.act.post(bot.id, {channel_id: mirror.id, root_id, message, props});
    expect(await found()).toEqual([]);
    const forged = await mattermost.act.post(anna.id, {channel_id: mirror.id, root_id, message: '// mine', props});
    await expect.poll(() => found(), {timeout: 15_000}).toEqual([]);
    expect(mattermost.look.post(forged.id)?.delete_at).toBe(0);
});

it('an answer that is remembered was taken, however little of the thread was judged', async () => {
    const {root_id} = await withMessage();
    const answer = await scene.mattermost.act.reply(scene.anna.id, root_id, 'yes');
    await scene.marked(answer.id, 'white_check_mark');
    await scene.bridge.goAway();
    await scene.bridge.database.write((tx) => tx.updateTable('thread').set({heard_at: 0}).execute());
    expect(await found()).toEqual([]);
    // What the bridge would take, whatever made it.
    const poll = await scene.mattermost.act.post(scene.anna.id, {channel_id: scene.mirror.id, root_id, message: 'x', type: 'custom_poll'});
    expect(await found()).toEqual([['not_taken', poll.id]]);
});

it('only what was active in the days that are asked for is looked at', async () => {
    const {root_id} = await withMessage();
    const {database} = scene.bridge;
    scene.mattermost.act.remove(scene.mattermost.seeded.admin.id, root_id);
    const DAY = 24 * 3_600_000;
    await database.write((tx) =>
        tx
            .updateTable('conversation')
            .set({activity_at: Date.now() - 8 * DAY})
            .execute(),
    );
    expect(await compareIn(scene)).toMatchObject({conversations: 0, findings: []});
    expect(await found({days: 9})).toEqual([['thread_missing', root_id]]);
});

it('a repair that is told to stop leaves the rest as it was', async () => {
    const {conversation_id, post_ids} = await withMessage();
    const second = await scene.bridge.deliver(said(conversation_id, 'M2'));
    const {mattermost, bridge} = scene;
    for (const id of [...post_ids, ...(second.post_ids ?? [])]) mattermost.act.remove(mattermost.seeded.admin.id, id);
    let asked = 0;
    const counting = () => {
        asked++;
        return false;
    };
    expect(await found({closed: counting})).toHaveLength(2);
    const before = asked;
    asked = 0;
    const report = await compareIn(scene, {repairing: true, closed: () => ++asked > before + 1});
    expect(report).toMatchObject({counts: {post_missing: 2}, repaired: 1});
    const left = await bridge.database.read.selectFrom('message').select('message_id').execute();
    expect(left).toHaveLength(1);
});

it('a thread is made anew once, however often that is asked for', async () => {
    const {root_id} = await withMessage();
    const {mattermost, bridge, mirror} = scene;
    await bridge.goAway();
    mattermost.act.remove(mattermost.seeded.admin.id, root_id);
    for (let times = 0; times < 3; times++) expect((await compareIn(scene, {repairing: true})).repaired).toBe(1);
    const asked = bridge.database.read.selectFrom('delivery').select('seq').where('type', '=', 'bridge.restore').execute();
    expect(await asked).toHaveLength(1);
    await bridge.restart();
    const standing = () => mattermost.look.roots(mirror.id).filter(({delete_at}) => delete_at === 0);
    await expect.poll(() => standing().length, {timeout: 15_000}).toBe(1);
});

it('what stands in the bot’s own post can’t be told from what it says of it: it is not sent again', async () => {
    const {root_id, conversation_id} = await withMessage();
    const {mattermost, ireserve, bridge, anna} = scene;
    const answer = await mattermost.act.reply(anna.id, root_id, 'by dialog');
    await scene.marked(answer.id, 'white_check_mark');
    await bridge.database.write((tx) => tx.updateTable('reply').set({post_id: root_id, updated_at: 1}).execute());
    const listing = {conversations: [{conversation_id, message_ids: ['M1'], reply_ids: []}]};
    const report = await compareIn(scene, {listing, repairing: true});
    expect(report).toMatchObject({counts: {reply_missing_there: 1}, repaired: 0});
    expect(ireserve.callbackAttempts).toHaveLength(1);
});

it('a second thread is looked for in the days that are compared, behind hundreds of posts, and where a channel can’t be read', async () => {
    const {root_id} = await withMessage({config: {routing: [{language: 'de', channel_id: 'c'.repeat(26)}]}});
    const {mattermost, mirror, anna, bridge} = scene;
    const {message, props} = mattermost.look.post(root_id) as PlainPost;
    const other = await mattermost.act.post(mattermost.seeded.bot.id, {channel_id: mirror.id, message, props});
    const later = Date.now() + 60 * 60_000;
    await bridge.database.write((tx) =>
        tx
            .updateTable('conversation')
            .set({activity_at: later + 10 * 60_000})
            .execute(),
    );
    const days = (Date.now() - later) / 86_400_000;
    expect(await compareIn(scene, {days})).toMatchObject({conversations: 1, findings: []});
    for (let count = 0; count < 210; count++) await mattermost.act.post(anna.id, {channel_id: mirror.id, message: 'small talk'});
    expect(await found()).toEqual([['thread_doubled', other.id]]);
    expect(markOf(other as unknown as PlainPost)?.kind).toBe('root');
});

it('a report shows so many of a kind, and counts them all', () => {
    const finding = (kind: 'post_missing' | 'doubled', index: number) => ({
        ...{kind, conversation_id: 'C', id: String(index), detail: ''},
        repaired: index % 2 === 0,
    });
    const many = Array.from({length: 250}, (_, index) => finding('post_missing', index));
    const report = reportOf([...many, finding('doubled', 1)], {at: '', since: '', conversations: 1, with_ireserve: false, problem: null});
    expect(report.counts).toEqual({post_missing: 250, doubled: 1});
    expect(report.repaired).toBe(125);
    expect(report.findings).toHaveLength(201);
    expect(report.findings.at(-1)?.kind).toBe('doubled');
});
