/** What is missing or doubled between i-Reserve, the bridge and Mattermost is found, and repaired when that is asked for; once is enough. */
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {sql} from 'kysely';
import {afterEach, describe, expect, it} from 'vitest';
import {type ConversationListing, fetchListing} from '../../bridge/reconcile/listing.ts';
import type {Reconcile} from '../../bridge/reconcile/reconcile.ts';
import {eventOf} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {compareIn} from './compare.ts';

let scene: Scene;
let site: Server | undefined;
afterEach(async () => {
    await scene?.stop();
    site?.closeAllConnections();
    site?.close();
    site = undefined;
});

/** i-Reserve took it long enough ago for its list to hold it. */
const LATER_MS = 10 * 60_000;

async function aged(): Promise<void> {
    const {database} = scene.bridge;
    await database.write(async (tx) => {
        await tx
            .updateTable('conversation')
            .set({created_at: sql`created_at - ${LATER_MS}`})
            .execute();
        await tx
            .updateTable('reply')
            .set({updated_at: sql`updated_at - ${LATER_MS}`})
            .execute();
    });
}

const compare = (options: Reconcile = {}) => compareIn(scene, options);
const kinds = ({findings}: Awaited<ReturnType<typeof compare>>) => findings.map(({kind, id}) => [kind, id]);

const message = (conversation_id: string, message_id: string) =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Sanne'}, text: `words of ${message_id}`});

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
    const start = async () => {
        scene = await startScene(dialect === 'postgres' ? {databaseUrl: await createDatabase()} : {});
        return scene;
    };

    it('finds nothing where all is well', async () => {
        const {mattermost, ireserve, anna} = await start();
        const {conversation_id, root_id} = await scene.open();
        await scene.bridge.deliver(message(conversation_id, 'M1'));
        const answer = await mattermost.act.reply(anna.id, root_id, 'yes');
        await scene.marked(answer.id, 'white_check_mark');
        await mattermost.act.reply(anna.id, root_id, '// a note');
        await expect.poll(async () => (await compare()).findings).toEqual([]);
        const listing: ConversationListing = {
            complete_since: new Date(0).toISOString(),
            conversations: [{conversation_id, status: 'open', message_ids: ['M1'], reply_ids: [answer.id]}],
        };
        await aged();
        const report = await compare({listing});
        expect(report).toMatchObject({with_ireserve: true, conversations: 1, problem: null, findings: []});
        expect(ireserve.received).toHaveLength(1);
    });

    it('says what i-Reserve has and the bridge has not, and the other way round', async () => {
        const {mattermost, bridge, anna} = await start();
        const one = await scene.open();
        const two = await scene.open({name: 'Two'});
        await bridge.deliver(message(one.conversation_id, 'M1'));
        const answer = await mattermost.act.reply(anna.id, one.root_id, 'yes');
        await scene.marked(answer.id, 'white_check_mark');
        await aged();
        const listing: ConversationListing = {
            complete_since: new Date(0).toISOString(),
            conversations: [
                {conversation_id: one.conversation_id, status: 'closed', message_ids: ['M1', 'M2'], reply_ids: []},
                {conversation_id: 'C-unheard', message_ids: ['M7']},
            ],
        };
        const report = await compare({listing});
        expect(kinds(report).sort()).toEqual(
            [
                ['conversation_missing_here', null],
                ['conversation_missing_there', null],
                ['message_missing_here', 'M2'],
                ['reply_missing_there', answer.id],
                ['status_differs', null],
            ].sort(),
        );
        expect(report.findings.find(({kind}) => kind === 'conversation_missing_there')?.conversation_id).toBe(two.conversation_id);
        // The same by the API, for i-Reserve itself.
        const response = await fetch(`${bridge.url}/v1/reconcile`, {
            method: 'POST',
            headers: {'content-type': 'application/json', authorization: `Bearer ${bridge.token}`},
            body: JSON.stringify(listing),
        });
        expect(response.status).toBe(200);
        expect((await response.json()).counts).toMatchObject({message_missing_here: 1, conversation_missing_here: 1});
    });

    it('an answer that i-Reserve lost is sent again, once, under its message id', async () => {
        const {mattermost, ireserve, anna} = await start();
        const {conversation_id, root_id} = await scene.open();
        const answer = await mattermost.act.reply(anna.id, root_id, 'the words');
        await scene.marked(answer.id, 'white_check_mark');
        await aged();
        const listing = {conversations: [{conversation_id, message_ids: [], reply_ids: []}]};
        expect((await compare({listing, repairing: true})).repaired).toBe(1);
        await ireserve.waitForAttempts(2);
        await scene.marked(answer.id, 'white_check_mark');
        const [first, second] = ireserve.callbackAttempts.map(({body}) => JSON.parse(String(body)) as {data: object});
        expect(second?.data).toMatchObject({message_id: answer.id, text: 'the words'});
        expect(first?.data).toEqual(second?.data);
        expect((await compare({listing: {conversations: [{conversation_id, message_ids: [], reply_ids: [answer.id]}]}})).findings).toEqual(
            [],
        );
    });

    it('posts and threads that were deleted, and copies', async () => {
        const {mattermost, bridge, mirror} = await start();
        const one = await scene.open();
        const two = await scene.open({name: 'Two'});
        const first = await bridge.deliver(message(one.conversation_id, 'M1'));
        const second = await bridge.deliver(message(one.conversation_id, 'M2'));
        const {admin, bot} = mattermost.seeded;
        mattermost.act.remove(admin.id, first.post_ids?.[0] as string);
        mattermost.act.remove(admin.id, two.root_id);
        const original = mattermost.look.post(second.post_ids?.[0] as string);
        const copy = await mattermost.act.post(bot.id, {
            channel_id: mirror.id,
            root_id: one.root_id,
            message: original?.message ?? '',
            props: original?.props ?? {},
        });
        const report = await compare();
        expect(kinds(report).sort()).toEqual(
            [
                ['doubled', original?.id],
                ['post_missing', 'M1'],
                ['thread_missing', two.root_id],
            ].sort(),
        );
        expect(report.repaired).toBe(0);
        expect(mattermost.look.post(copy.id)?.delete_at).toBe(0);

        expect((await compare({repairing: true})).repaired).toBe(3);
        expect(mattermost.look.post(copy.id)?.delete_at).toBeGreaterThan(0);
        expect(mattermost.look.post(original?.id as string)?.delete_at).toBe(0);
        await expect.poll(async () => (await compare()).findings, {timeout: 10_000}).toEqual([]);
        expect(mattermost.look.roots(mirror.id).filter(({delete_at}) => delete_at === 0)).toHaveLength(2);
        // Forgotten, it can be pushed again.
        const again = await bridge.push(message(one.conversation_id, 'M1'));
        expect(again.body).toMatchObject({outcome: 'created', state: 'queued'});
    });

    it('an answer nobody heard is taken', async () => {
        const {mattermost, ireserve, bridge, anna} = await start();
        const {root_id} = await scene.open();
        await bridge.goAway();
        const answer = await mattermost.act.reply(anna.id, root_id, 'said while nobody listened');
        expect(kinds(await compare())).toEqual([['not_taken', answer.id]]);
        expect((await compare({repairing: true})).repaired).toBe(1);
        expect((await compare()).findings).toEqual([]);
        await bridge.restart();
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === answer.id);
    });
});

it('a list is fetched page by page, signed, and one that can’t be had stops nothing', async () => {
    const asked: string[] = [];
    const since: (string | null)[] = [];
    site = createServer((request, response) => {
        const url = new URL(request.url ?? '', 'http://x');
        since.push(url.searchParams.get('since'));
        asked.push(`${url.searchParams.get('cursor') ?? ''} ${request.headers['webhook-signature'] ? 'signed' : 'unsigned'}`);
        const page = url.searchParams.get('cursor')
            ? {conversations: [{conversation_id: 'C2'}]}
            : {conversations: [{conversation_id: 'C1'}], next_cursor: 'p2'};
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(url.pathname === '/broken' ? {conversations: 'none'} : page));
    });
    await new Promise<void>((resolve) => site?.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    scene = await startScene({config: {conversations_url: `${address}/list?licence=1`}});
    const report = await compare();
    expect(asked).toEqual([' signed', 'p2 signed']);
    expect(since).toEqual([report.since, report.since]);
    expect(kinds(report)).toEqual([
        ['conversation_missing_here', null],
        ['conversation_missing_here', null],
    ]);
    await scene.bridge.change({config: {conversations_url: `${address}/broken`}});
    expect(await compare()).toMatchObject({with_ireserve: false, problem: expect.stringContaining('conversations'), findings: []});
});

it('a list without end is given up', async () => {
    const page = {conversations: [], next_cursor: 'on'};
    await expect(fetchListing(async () => page, 'http://127.0.0.1/list', 0)).rejects.toThrow('more than 100 pages');
});
