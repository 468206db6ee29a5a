/** What the relay remembers of conversations, threads, messages and notices. */
import {randomUUID} from 'node:crypto';
import {expect, test} from 'vitest';
import {
    clearNotices,
    countReplies,
    findConversation,
    findMessage,
    findThread,
    raiseNotice,
    recentMessages,
    saveFacts,
    saveMessage,
    saveThread,
    updateThread,
} from '../../bridge/store/records.ts';
import type {MessageRow, ThreadRow} from '../../bridge/store/schema.ts';
import {newConversation} from '../../bridge/to-mattermost/conversation.ts';
import {onBothDatabases} from './both-databases.ts';

const AT = 1_700_000_000_000;

const thread = (integration_id: string, more: Partial<ThreadRow> = {}): ThreadRow => ({
    integration_id,
    conversation_id: 'c1',
    number: 1,
    channel_id: 'channel',
    root_id: randomUUID(),
    reason: 'started',
    moved_from: null,
    replies: 0,
    card_digest: 'one',
    linked: 0,
    heard_at: 0,
    created_at: AT,
    ...more,
});

const message = (integration_id: string, message_id: string, more: Partial<MessageRow> = {}): MessageRow => ({
    integration_id,
    conversation_id: 'c1',
    message_id,
    direction: 'to-mattermost',
    state: 'posted',
    post_ids: '["p"]',
    author: '{"type":"visitor"}',
    excerpt: `words of ${message_id}`,
    revised_at: AT,
    held: null,
    files: null,
    created_at: AT,
    ...more,
});

onBothDatabases((store) => {
    const read = () => store.database.read;

    test('a conversation is found with its facts, and with no thread before there is one', async () => {
        const id = randomUUID();
        expect(await findConversation(read(), id, 'c1')).toBeNull();
        const facts = {...newConversation('c1', AT), topic: 'Zürich → \u{1f6a4}', visitor: {name: 'Ünal', properties: {boats: 2}}};
        await store.database.write((tx) => saveFacts(tx, id, facts, AT));
        expect(await findConversation(read(), id, 'c1')).toEqual({facts, thread: null});
        await store.database.write((tx) => saveFacts(tx, id, {...facts, closed: {at: AT, here: false}}, AT + 1));
        expect(await findConversation(read(), id, 'c1')).toEqual({facts: {...facts, closed: {at: AT, here: false}}, thread: null});
        expect(await findConversation(read(), randomUUID(), 'c1')).toBeNull();
        const rows = await read()
            .selectFrom('conversation')
            .select(['created_at', 'updated_at'])
            .where('integration_id', '=', id)
            .execute();
        expect(rows).toEqual([{created_at: AT, updated_at: AT + 1}]);
    });

    test('messages go to the thread saved last; earlier ones stay known', async () => {
        const id = randomUUID();
        const [first, second] = [thread(id), thread(id, {number: 2, reason: 'continued', created_at: AT + 5})];
        const facts = newConversation('c1', AT);
        await store.database.write((tx) => saveFacts(tx, id, facts, AT));
        await store.database.write((tx) => saveThread(tx, first));
        expect(await findConversation(read(), id, 'c1')).toEqual({facts, thread: first});
        await store.database.write((tx) => saveThread(tx, second));
        expect(await findConversation(read(), id, 'c1')).toEqual({facts, thread: second});
        expect(await findThread(read(), id, 'c1', 1)).toEqual(first);
        expect(await findThread(read(), id, 'c1', 3)).toBeUndefined();
        // New facts don't lose the thread.
        await store.database.write((tx) => saveFacts(tx, id, facts, AT + 9));
        expect((await findConversation(read(), id, 'c1'))?.thread).toEqual(second);
    });

    test('a thread saved again has its new place, and keeps its count', async () => {
        const id = randomUUID();
        const first = thread(id);
        await store.database.write(async (tx) => {
            await saveFacts(tx, id, newConversation('c1', AT), AT);
            await saveThread(tx, first);
            await countReplies(tx, first, 3);
            await saveThread(tx, {...first, channel_id: 'moved', root_id: `${first.root_id}-2`, card_digest: 'two', created_at: AT + 99});
        });
        expect(await findThread(read(), id, 'c1', 1)).toEqual({
            ...first,
            replies: 3,
            channel_id: 'moved',
            root_id: `${first.root_id}-2`,
            card_digest: 'two',
        });
    });

    test('replies are counted, and single facts of one thread changed', async () => {
        const id = randomUUID();
        const [first, second] = [thread(id), thread(id, {number: 2})];
        await store.database.write(async (tx) => {
            await saveThread(tx, first);
            await saveThread(tx, second);
            await countReplies(tx, first, 2);
            await countReplies(tx, first, 5);
            await updateThread(tx, first, {linked: 1});
            await updateThread(tx, first, {card_digest: 'three'});
        });
        expect(await findThread(read(), id, 'c1', 1)).toEqual({...first, replies: 7, linked: 1, heard_at: 0, card_digest: 'three'});
        expect(await findThread(read(), id, 'c1', 2)).toEqual(second);
    });

    test('a message is found by its id, and saved again keeps when it was first said', async () => {
        const id = randomUUID();
        const early = message(id, 'm1', {state: 'expected', post_ids: '[]', excerpt: '', held: '{"text":"later words"}'});
        await store.database.write((tx) => saveMessage(tx, early));
        expect(await findMessage(read(), id, 'c1', 'm1')).toEqual(early);
        const posted = message(id, 'm1', {revised_at: AT + 7, created_at: AT + 99});
        await store.database.write((tx) => saveMessage(tx, posted));
        expect(await findMessage(read(), id, 'c1', 'm1')).toEqual({...posted, created_at: AT});
        expect(await findMessage(read(), id, 'c2', 'm1')).toBeUndefined();
        expect(await findMessage(read(), randomUUID(), 'c1', 'm1')).toBeUndefined();
    });

    test('an agent’s message of the same id is another message', async () => {
        const id = randomUUID();
        await store.database.write((tx) => saveMessage(tx, message(id, 'm1', {direction: 'to-ireserve'})));
        expect(await findMessage(read(), id, 'c1', 'm1')).toBeUndefined();
    });

    test('what a visitor typed is stored, NUL and all', async () => {
        const id = randomUUID();
        await store.database.write((tx) => saveMessage(tx, message(id, 'm1', {excerpt: 'a\u0000b'})));
        expect((await findMessage(read(), id, 'c1', 'm1'))?.excerpt.replace('\u0000', '')).toBe('ab');
    });

    test('the recap holds the last messages posted, oldest first', async () => {
        const id = randomUUID();
        await store.database.write(async (tx) => {
            for (const number of [3, 1, 4, 2, 5]) await saveMessage(tx, message(id, `m${number}`, {created_at: AT + number}));
            await saveMessage(tx, message(id, 'withdrawn', {state: 'withdrawn', created_at: AT + 6}));
            await saveMessage(tx, message(id, 'expected', {state: 'expected', created_at: AT + 7}));
            await saveMessage(tx, message(id, 'elsewhere', {conversation_id: 'c2', created_at: AT + 8}));
        });
        expect((await recentMessages(read(), id, 'c1', 3)).map(({message_id}) => message_id)).toEqual(['m3', 'm4', 'm5']);
        expect(await recentMessages(read(), randomUUID(), 'c1', 3)).toEqual([]);
    });

    test('a notice is raised once while it stands, and cleared by what it is about', async () => {
        const id = randomUUID();
        const notice = {integration_id: id, code: 'channel_archived', subject: 'ch1', detail: 'archived', since: AT};
        const raise = (more: Partial<typeof notice> = {}) => store.database.write((tx) => raiseNotice(tx, {...notice, ...more}));
        expect([
            await raise(),
            await raise({since: AT + 5}),
            await raise({subject: 'ch2'}),
            await raise({code: 'token_refused', subject: ''}),
        ]).toEqual([true, false, true, true]);
        const cleared = await store.database.write((tx) => clearNotices(tx, id, ['', 'ch1']));
        expect(cleared.map(({code, subject, since}) => [code, subject, since]).toSorted()).toEqual([
            ['channel_archived', 'ch1', AT],
            ['token_refused', '', AT],
        ]);
        expect(await store.database.write((tx) => clearNotices(tx, id, ['', 'ch1']))).toEqual([]);
        expect(await raise()).toBe(true);
        expect(await store.database.write((tx) => clearNotices(tx, randomUUID(), ['ch2']))).toEqual([]);
    });
});
