/** Integrations and tokens in the store: kept, changed, noticed by others, sealed. */
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {sql} from 'kysely';
import {expect, test} from 'vitest';
import {ZodError} from 'zod';
import {createIntegrations, type NewIntegration, queueOf} from '../../bridge/integrations.ts';
import {createSecretBox, sha256} from '../../bridge/secrets.ts';
import {raiseNotice, saveFacts, saveMessage, saveThread} from '../../bridge/store/records.ts';
import {newConversation} from '../../bridge/to-mattermost/conversation.ts';
import {onBothDatabases, type Store} from './both-databases.ts';
import {newQueue} from './queue.ts';

const BOX = createSecretBox(new Uint8Array(32).fill(7));
const CHANNEL = 'channel1channel1channel1ch';
const AT = 1_700_000_000_000;
let names = 0;

const integration = (more: Partial<NewIntegration> = {}): NewIntegration => ({
    name: `aurora-${++names}`,
    licence: 'aurora',
    environment: 'test',
    config: {server_url: 'https://chat.example/mattermost/', channel_id: CHANNEL},
    secrets: {bot_token: 'bot-token', signing_secrets: []},
    ...more,
});

onBothDatabases((store) => {
    /** Two processes' view of the same integrations, with a clock for both. */
    function views() {
        const clock = {now: AT};
        const now = () => clock.now;
        return {clock, here: createIntegrations(store.database, BOX, now), there: createIntegrations(store.database, BOX, now)};
    }

    test('an integration is added, and seen by another process when it looks again', async () => {
        const {here, there} = views();
        const given = integration({state: 'paused'});
        const made = await here.add(given);
        expect(made).toMatchObject({
            name: given.name,
            licence: 'aurora',
            environment: 'test',
            state: 'paused',
            created_at: AT,
            updated_at: AT,
            config: {server_url: 'https://chat.example/mattermost', channel_id: CHANNEL, language: 'nl', dead_letter_after_hours: 72},
            secrets: {bot_token: 'bot-token', signing_secrets: []},
        });
        expect([here.get(made.id), here.named(given.name)]).toEqual([made, made]);
        expect(here.all()).toContainEqual(made);
        expect([there.get(made.id), there.named(given.name)]).toEqual([undefined, undefined]);
        expect(await there.refresh()).toContain(made.id);
        expect(there.get(made.id)).toEqual(made);
        expect(await there.refresh()).toEqual([]);
        expect((await here.add(integration())).state).toBe('active');
    });

    test('a name is taken only once', async () => {
        const {here, there} = views();
        const given = integration();
        await here.add(given);
        await expect(there.add(given)).rejects.toThrow(`an integration named ${given.name} exists already`);
        const other = integration();
        const both = await Promise.allSettled([here.add(other), there.add(other)]);
        expect(both.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    test.each([
        ['channel', {server_url: 'https://chat.example', channel_id: 'Town Square'}],
        ['server', {server_url: 'chat.example', channel_id: CHANNEL}],
        ['setting that does not exist', {server_url: 'https://chat.example', channel_id: CHANNEL, colour: 'blue'}],
        ['time zone', {server_url: 'https://chat.example', channel_id: CHANNEL, time_zone: 'Europe/Atlantis'}],
    ])('a wrong %s is refused and nothing is kept', async (_what, config) => {
        const {here} = views();
        const given = integration({config});
        await expect(here.add(given)).rejects.toThrow(ZodError);
        const good = await here.add(integration({name: given.name}));
        await expect(here.change(good.id, {config})).rejects.toThrow(ZodError);
        expect(here.get(good.id)).toEqual(good);
    });

    test('each change is noticed, even within one millisecond', async () => {
        const {here, there} = views();
        const made = await here.add(integration());
        await there.refresh();
        await here.refresh();
        const paused = await here.change(made.id, {state: 'paused'});
        expect(paused).toEqual({...made, state: 'paused', updated_at: AT + 1});
        // Who changes it knows already; who follows here must be told all the same, once.
        expect([await here.refresh(), await here.refresh()]).toEqual([[made.id], []]);
        expect(await there.refresh()).toEqual([made.id]);
        await here.change(made.id, {secrets: {bot_token: 'renewed'}});
        expect(await there.refresh()).toEqual([made.id]);
        expect(there.get(made.id)).toMatchObject({
            state: 'paused',
            secrets: {bot_token: 'renewed', signing_secrets: []},
            config: made.config,
        });
        await there.change(made.id, {config: {...made.config, language: 'de'}});
        expect(await here.refresh()).toEqual([made.id]);
        expect(here.get(made.id)).toMatchObject({state: 'paused', secrets: {bot_token: 'renewed'}, config: {language: 'de'}});
        await expect(here.change('none', {state: 'active'})).rejects.toThrow('no such integration');
    });

    test('removed, it takes all with it that the bridge holds of it, and nothing of others', async () => {
        const {here, there} = views();
        const [gone, stays] = [await here.add(integration()), await here.add(integration())];
        const kept: Record<string, unknown[]> = {};
        for (const {id} of [gone, stays]) {
            await fill(store, id);
            await here.addToken(id, 'ci', null);
        }
        await there.refresh();
        kept.stays = await everythingOf(store, stays.id);
        await here.remove(gone.id);
        expect(await everythingOf(store, gone.id)).toEqual([]);
        expect(await everythingOf(store, stays.id)).toEqual(kept.stays);
        expect(kept.stays).toHaveLength(9);
        expect(here.get(gone.id)).toBeUndefined();
        expect(await there.refresh()).toEqual([gone.id]);
        expect([there.get(gone.id), there.get(stays.id)?.id]).toEqual([undefined, stays.id]);
    });

    test('a token stands for its integration, in every process', async () => {
        const {here, there} = views();
        const made = await here.add(integration());
        const {id, token} = await here.addToken(made.id, 'i-Reserve production', null);
        expect(token).toMatch(/^irb_[\w-]{43}$/);
        await there.refresh();
        expect((await there.byToken(token))?.id).toBe(made.id);
        expect(await there.byToken(`${token}x`)).toBeUndefined();
        expect(await there.byToken('')).toBeUndefined();
        expect(await here.listTokens(made.id)).toEqual([
            {id, label: 'i-Reserve production', created_at: AT, expires_at: null, revoked_at: null},
        ]);
        expect(await here.listTokens('none')).toEqual([]);
    });

    test('a revoked token dies at once here, and within a second elsewhere', async () => {
        const {clock, here, there} = views();
        const made = await here.add(integration());
        const [one, two] = [await here.addToken(made.id, 'one', null), await here.addToken(made.id, 'two', null)];
        await there.refresh();
        for (const view of [here, there]) expect(await view.byToken(one.token)).toBeDefined();
        clock.now += 10;
        expect(await here.revokeToken(made.id, one.id)).toBe(true);
        expect(await here.byToken(one.token)).toBeUndefined();
        clock.now += 990;
        expect(await there.byToken(one.token)).toBeUndefined();
        expect((await there.byToken(two.token))?.id).toBe(made.id);
        expect([
            await here.revokeToken(made.id, one.id),
            await here.revokeToken(made.id, 'none'),
            await here.revokeToken('other', two.id),
        ]).toEqual([false, false, false]);
        expect((await here.listTokens(made.id)).find(({id}) => id === one.id)?.revoked_at).toBe(AT + 10);
    });

    test('a token expires', async () => {
        const {clock, here} = views();
        const made = await here.add(integration());
        const {token} = await here.addToken(made.id, 'short', AT + 5000);
        clock.now = AT + 3999;
        expect(await here.byToken(token)).toBeDefined();
        clock.now = AT + 5000;
        expect(await here.byToken(token)).toBeUndefined();
        const past = await here.addToken(made.id, 'past', AT - 1);
        expect(await here.byToken(past.token)).toBeUndefined();
    });

    test('no secret can be read in the database', async () => {
        const {here} = views();
        const secret = 'whsec_TLIywmMc1WdmcNLKxAwMrb+xyFbPWFnh';
        const made = await here.add(integration({secrets: {bot_token: 'bot-token-9f3b27', signing_secrets: [secret]}}));
        const {id, token} = await here.addToken(made.id, 'ci', null);
        await here.change(made.id, {secrets: {bot_token: 'bot-token-c07d1e', signing_secrets: [secret]}});
        const all = await everyByte(store);
        // The search would find them, were they there.
        expect([made.name, sha256(token), id].filter((word) => !all.includes(word))).toEqual([]);
        const words = ['bot-token-9f3b27', 'bot-token-c07d1e', secret, secret.slice(6), token, token.slice(4)];
        const encoded = words.flatMap((word) => [
            word,
            ...(['hex', 'base64', 'base64url'] as const).map((way) => Buffer.from(word).toString(way).slice(0, -3)),
        ]);
        expect(encoded.filter((word) => all.includes(word))).toEqual([]);
        const elsewhere = createIntegrations(store.database, createSecretBox(new Uint8Array(32).fill(8)), () => AT);
        await expect(elsewhere.refresh()).rejects.toThrow();
    });
});

/** One row in every table that knows of integrations. */
async function fill(store: Store, integration_id: string): Promise<void> {
    const queue = newQueue(store.database);
    await queue.append(
        queue.delivery('c:1', {
            integration_id,
            queue: queueOf(integration_id, 'to-mattermost'),
            lane: `${queueOf(integration_id, 'to-mattermost')}/c:1`,
            files: [{id: `file-${integration_id}`, bytes: Uint8Array.of(1)}],
        }),
    );
    await store.database.write(async (tx) => {
        await saveFacts(tx, integration_id, newConversation('c1', AT), AT);
        await saveThread(tx, {
            integration_id,
            conversation_id: 'c1',
            number: 1,
            channel_id: CHANNEL,
            root_id: `root-${integration_id}`,
            reason: 'started',
            replies: 0,
            card_digest: '',
            linked: 0,
            heard_at: 0,
            moved_from: null,
            created_at: AT,
        });
        await saveMessage(tx, {
            integration_id,
            conversation_id: 'c1',
            message_id: 'm1',
            direction: 'to-mattermost',
            state: 'posted',
            post_ids: '[]',
            author: '{}',
            excerpt: '',
            revised_at: AT,
            held: null,
            files: null,
            created_at: AT,
        });
        await raiseNotice(tx, {integration_id, code: 'down', subject: '', detail: '', since: AT});
        await sql`insert into log (at, integration_id, direction, level, code, detail) values (${AT}, ${integration_id}, 'to-mattermost', 'info', 'x', '')`.execute(
            tx,
        );
    });
}

async function everythingOf({database: {read}}: Store, id: string): Promise<object[]> {
    const tables = ['conversation', 'thread', 'message', 'log', 'notice', 'file', 'delivery', 'token'] as const;
    const rows: object[] = await read.selectFrom('lane').selectAll().where('queue', 'like', `${id}/%`).execute();
    for (const table of tables) rows.push(...(await read.selectFrom(table).selectAll().where('integration_id', '=', id).execute()));
    return rows;
}

/** SQLite: its files as they are, with what was overwritten. PostgreSQL: every value of every table, as a dump has them. */
async function everyByte(store: Store): Promise<string> {
    if (store.dialect === 'sqlite') {
        const folder = dirname(store.url);
        return readdirSync(folder)
            .map((file) => readFileSync(join(folder, file), 'latin1'))
            .join();
    }
    const {rows: tables} = await sql<{
        name: string;
    }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(store.database.read);
    let all = '';
    for (const {name} of tables) {
        const {rows} = await sql<{text: string}>`select t::text as text from ${sql.table(name)} t`.execute(store.database.read);
        all += rows.map(({text}) => text).join();
    }
    return all;
}
