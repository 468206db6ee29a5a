/** Lists on both databases: who sees what, in which order, and that pages neither repeat nor skip. */
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {saveFacts, saveThread} from '../../bridge/store/records.ts';
import type {Conversation} from '../../bridge/to-mattermost/conversation.ts';
import {newConversation} from '../../bridge/to-mattermost/conversation.ts';
import {createDatabase} from '../support/database.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {type Loose, openPanel, type Panel} from './panel.ts';

const START = Date.parse('2026-11-22T10:00:00Z');

describe.each(['sqlite', 'postgres'] as const)('%s', (dialect) => {
    let scene: Scene;
    let panel: Panel;
    let roots = 0;

    beforeAll(async () => {
        scene = await startScene({
            ...(dialect === 'postgres' ? {databaseUrl: await createDatabase()} : {}),
            config: {card_properties: ['fleet', 'hashkey']},
        });
        panel = await openPanel(scene.bridge, scene.anna.id);
        const {id: hidden} = scene.mattermost.act.addChannel({teamId: scene.mattermost.seeded.team.id, name: 'hidden', type: 'P'});
        for (let n = 0; n < 25; n++) {
            const waiting = n % 5 !== 0;
            // Many at the very same time.
            await put(`W-${String(n).padStart(2, '0')}`, START + Math.floor(n / 10), {
                unanswered: waiting ? [{message_id: null, at: START - (n % 3), posted_at: 0}] : [],
                topic: n % 2 ? '100% Kajak_Verhuur' : 'Zeilboot',
                visitor: {
                    id: 'V-1',
                    name: `Sanne ÉLODIE ${n}`,
                    email: 'Sanne@example.com',
                    properties: {fleet: 'kayak', hashkey: 'k', age: 3},
                },
            });
        }
        await put('mine', START + 10, {unanswered: [], assignee: {name: 'Anna', user_id: scene.anna.id}});
        await put('done', START + 20, {closed: {at: START, here: true}, assignee: {name: 'Anna', user_id: scene.anna.id}});
        await put('hidden', START + 30, {visitor: {id: 'V-1', name: 'Sanne'}}, hidden);
    });
    afterAll(() => scene.stop());

    /** As the relay stores it. */
    async function put(conversation_id: string, at: number, facts: Partial<Conversation>, channel_id = scene.mirror.id): Promise<void> {
        const {integration, database} = scene.bridge;
        await database.write(async (tx) => {
            await saveFacts(tx, integration.id, {...newConversation(conversation_id, START), ...facts}, at);
            await saveThread(tx, {
                ...{integration_id: integration.id, conversation_id, number: 1, channel_id, reason: 'started', replies: 0},
                ...{
                    root_id: `root${String(roots++).padStart(22, '0')}`,
                    card_digest: '',
                    linked: 0,
                    heard_at: 0,
                    moved_from: null,
                    created_at: at,
                },
            });
        });
    }

    const idsOf = (items: Loose[]): string[] => items.map(({conversation_id}) => conversation_id);

    async function all(query: string, limit: number): Promise<string[]> {
        const ids: string[] = [];
        let cursor: string | null = '';
        for (let pages = 0; cursor !== null && pages < 60; pages++) {
            const {body, status} = await panel.get(`/conversations?${query}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`);
            expect(status, JSON.stringify(body)).toBe(200);
            ids.push(...idsOf(body.items));
            cursor = body.next_cursor;
        }
        return ids;
    }

    test('views show what they say, only of my channels', async () => {
        expect(await all('view=mine', 50)).toEqual(['mine']);
        expect(await all('view=closed', 50)).toEqual(['done']);
        expect((await all('view=open', 100)).length).toBe(26);
        expect((await all('view=all', 100)).length).toBe(27);
        const {body} = await panel.get('/conversations');
        expect(body.counts).toEqual({waiting: 20, mine: 1, open: 26, closed: 1});
        expect(idsOf(body.items)[0]).toBe('mine');
    });

    test.each([1, 3, 7, 100])('pages of %i neither repeat nor skip, also within one millisecond', async (limit) => {
        const ids = await all('view=all', limit);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(await all('view=all', 100));
        expect(ids).toHaveLength(27);
    });

    test('the longest waiting come first', async () => {
        const {body} = await panel.get('/conversations?view=waiting&limit=100');
        const since = body.items.map((item: Loose) => Date.parse(item.waiting_since));
        expect(since).toEqual(since.toSorted((a: number, b: number) => a - b));
        expect(await all('view=waiting', 4)).toEqual(idsOf(body.items));
        expect(body.items).toHaveLength(20);
    });

    test.each([
        ['kajak', 12],
        ['KAJAK sanne', 12],
        ['100%', 12],
        ['kajak_verhuur', 12],
        ['%', 12],
        ['_', 12],
        ['élodie', 25],
        ['zeilboot kajak', 0],
        ["' or 1=1 --", 0],
        ['W-07', 1],
        ['a!b', 0],
        ['\\', 0],
        ['saNNe\u0000', 25],
    ])('search %j finds %i', async (search, count) => {
        expect(await all(`view=all&search=${encodeURIComponent(search)}`, 100)).toHaveLength(count);
    });

    test('what does not fit is refused, a cursor of another view or made up too', async () => {
        const {body} = await panel.get('/conversations?view=all&limit=1');
        const made = Buffer.from(JSON.stringify(['all', 'x', 'y'])).toString('base64url');
        for (const query of [
            `view=open&cursor=${body.next_cursor}`,
            `view=all&cursor=${made}`,
            'view=all&cursor=%00',
            'view=none',
            'limit=0',
            'limit=101',
            'limit=x',
            `search=${'x'.repeat(201)}`,
        ]) {
            const answer = await panel.get(`/conversations?${query}`);
            expect([answer.status, answer.body.code], query).toEqual([422, 'invalid_request']);
        }
    });

    test('an item holds what the card may show, and no more', async () => {
        const {body} = await panel.get('/conversations?view=all&search=W-01');
        const [item] = body.items;
        expect(item).toMatchObject({
            conversation_id: 'W-01',
            visitor: {name: 'Sanne ÉLODIE 1', language: null},
            status: 'waiting',
            started_at: '2026-11-22T10:00:00.000Z',
            thread: {channel_id: scene.mirror.id, url: expect.stringContaining('/hotel-aurora/pl/root')},
            failed: 0,
            asked: 0,
            preview: null,
        });
        expect(JSON.stringify(body)).not.toContain('example.com');
        const {body: detail} = await panel.get('/conversations/W-01');
        expect(detail.visitor).toEqual({name: 'Sanne ÉLODIE 1', language: null, properties: {fleet: 'kayak'}});
        expect(detail.allowed).toEqual(['claim', 'transfer', 'close', 'reply', 'note']);
        expect(detail.threads).toHaveLength(1);
        expect(detail.earlier).toHaveLength(10);
        expect(idsOf(detail.earlier)).not.toContain('W-01');
        expect(idsOf(detail.earlier)).not.toContain('hidden');
    });

    test('a visitor’s last words are shown, and how many replies went wrong', async () => {
        const {conversation_id} = await scene.open({name: 'Kim'});
        await scene.ireserve.say(conversation_id, 'is the boat free?');
        await expect
            .poll(async () => (await panel.get(`/conversations/${conversation_id}`)).body.preview)
            .toMatchObject({author: {type: 'visitor', name: 'Kim'}, text: 'is the boat free?'});
    });
});
