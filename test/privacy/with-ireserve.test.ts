/** i-Reserve's list against the store, row by row: what is missing on either side, and what only seems to be. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {ConversationListing} from '../../bridge/reconcile/listing.ts';
import {compareWithIreserve} from '../../bridge/reconcile/with-ireserve.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {newConversation} from '../../bridge/to-mattermost/conversation.ts';
import {createDatabase} from '../support/database.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const LONG_AGO = NOW - 60 * MINUTE;
const JUST_NOW = NOW - MINUTE;
const US = 'integration-1';

let database: Database;
let folder = '';
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ireserve-listing-'));
});
afterEach(async () => {
    await database.close();
    rmSync(folder, {recursive: true, force: true});
});

type Reply = {id: string; state?: 'delivered' | 'withdrawn' | 'queued'; at?: number; remote?: string; sent?: boolean};

const addConversation = (id: string, {status = 'open' as 'open' | 'closed', created = LONG_AGO, active = LONG_AGO, of = US} = {}) =>
    database.write((tx) =>
        tx
            .insertInto('conversation')
            .values({
                ...{
                    integration_id: of,
                    conversation_id: id,
                    facts: JSON.stringify({
                        ...newConversation(id, created),
                        closed: status === 'closed' ? {at: created, here: false} : null,
                    }),
                    status,
                },
                ...{thread_number: 1, search: '', activity_at: active, created_at: created, updated_at: active},
            })
            .execute(),
    );
const addMessage = (conversation_id: string, message_id: string, of = US) =>
    database.write((tx) =>
        tx
            .insertInto('message')
            .values({
                ...{integration_id: of, conversation_id, message_id, direction: 'to-mattermost', state: 'posted', post_ids: '["p"]'},
                ...{author: '{}', excerpt: '', revised_at: LONG_AGO, held: null, created_at: LONG_AGO},
            })
            .execute(),
    );
const addDelivery = (conversation_id: string, message_id: string, state: 'queued' | 'dead' | 'delivered') =>
    database.write((tx) =>
        tx
            .insertInto('delivery')
            .values({
                ...{integration_id: US, direction: 'to-mattermost', source_id: `event of ${message_id}`, digest: '', lane: 'lane'},
                ...{type: 'message.created', conversation_id, body: JSON.stringify({data: {message_id}}), state, outcome: 'created'},
                ...{reason_code: null, reason_detail: null, result: null, gap: null, attempts: 1, received_at: LONG_AGO, finished_at: null},
            })
            .execute(),
    );
const addReply = (conversation_id: string, {id, state = 'delivered', at = LONG_AGO, remote, sent = true}: Reply) =>
    database.write((tx) =>
        tx
            .insertInto('reply')
            .values({
                ...{
                    integration_id: US,
                    reply_id: id,
                    conversation_id,
                    channel_id: 'c',
                    root_id: 'r',
                    post_id: id,
                    user_id: 'u',
                    digest: '',
                },
                ...{state, version: 1, sent_version: sent ? 1 : null, remote_id: remote ?? null, remote_state: null, reason_code: null},
                ...{reason_detail: null, asked_until: null, mark: null, question_post_id: null, hint_post_id: null},
                ...{created_at: at, updated_at: at},
            })
            .execute(),
    );

type Listed = Partial<ConversationListing['conversations'][number]> & {conversation_id: string};
const found = async (listed: Listed[], complete_since?: number) => {
    const conversations = listed.map((one) => ({message_ids: [], ...one}));
    const listing = {conversations, ...(complete_since === undefined ? {} : {complete_since: new Date(complete_since).toISOString()})};
    const findings = await compareWithIreserve(database, US, listing, NOW);
    return findings.map(({kind, conversation_id, id}) => [kind, conversation_id, id].filter(Boolean).join(' '));
};

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
    beforeEach(async () => {
        database = await openDatabase(dialect === 'postgres' ? await createDatabase() : join(folder, 'bridge.sqlite'));
    });

    it('messages: posted, waiting and given up ones were accepted; what was never heard of is missing', async () => {
        await addConversation('C1');
        await addConversation('C2');
        await addMessage('C1', 'M1');
        await addMessage('C2', 'M9');
        await addMessage('C1', 'M8', 'another integration');
        await addDelivery('C1', 'M2', 'queued');
        await addDelivery('C1', 'M3', 'dead');
        expect(await found([{conversation_id: 'C1', message_ids: ['M1', 'M2', 'M3', 'M4', 'M4', 'M8', 'M9']}])).toEqual([
            'message_missing_here C1 M4',
            'message_missing_here C1 M8',
            'message_missing_here C1 M9',
            'given_up C1 M3',
        ]);
    });

    it('answers come back under our id or i-Reserve’s; one that never left can’t', async () => {
        await addConversation('C1');
        await addReply('C1', {id: 'R1', remote: 'I1'});
        await addReply('C1', {id: 'R2', state: 'queued', sent: false});
        expect(await found([{conversation_id: 'C1', message_ids: ['R1', 'I1', 'R2']}])).toEqual(['message_missing_here C1 R2']);
    });

    it('answers i-Reserve took are looked for in both of its lists, under both ids, and not a moment after', async () => {
        await addConversation('C1');
        await addReply('C1', {id: 'R-listed'});
        await addReply('C1', {id: 'R-by-its-id', remote: 'I2'});
        await addReply('C1', {id: 'R-as-message'});
        await addReply('C1', {id: 'R-lost', remote: 'I4'});
        await addReply('C1', {id: 'R-young', at: JUST_NOW});
        await addReply('C1', {id: 'R-withdrawn', state: 'withdrawn'});
        await addReply('C1', {id: 'R-again', state: 'queued'});
        const listed = {conversation_id: 'C1', message_ids: ['R-as-message']};
        expect(await found([{...listed, reply_ids: ['R-listed', 'I2']}])).toEqual(['reply_missing_there C1 R-lost']);
        // Where i-Reserve does not say which it took, nothing is missing.
        expect(await found([listed])).toEqual([]);
    });

    it('open or closed, on either side', async () => {
        await addConversation('C-open');
        await addConversation('C-closed', {status: 'closed'});
        const both = (status: 'waiting' | 'open' | 'closed') =>
            found([
                {conversation_id: 'C-open', status},
                {conversation_id: 'C-closed', status},
            ]);
        expect(await both('closed')).toEqual(['status_differs C-open']);
        expect(await both('open')).toEqual(['status_differs C-closed']);
        expect(await both('waiting')).toEqual(['status_differs C-closed']);
    });

    it('a list of hundreds is compared to its end', async () => {
        const known = Array.from({length: 450}, (_, index) => `C${index}`);
        for (const id of known) await addConversation(id);
        const listed = [...known.slice(0, 210), 'C-unheard', ...known.slice(210), 'C-unheard-too'];
        expect(await found(listed.map((conversation_id) => ({conversation_id})))).toEqual([
            'conversation_missing_here C-unheard',
            'conversation_missing_here C-unheard-too',
        ]);
    });

    it('what is not in a complete list is missing there, unless it is older, or was begun a moment ago', async () => {
        await addConversation('C-listed', {active: JUST_NOW});
        await addConversation('C-missing', {active: JUST_NOW});
        await addConversation('C-quiet', {active: NOW - 120 * MINUTE});
        await addConversation('C-begun', {created: JUST_NOW, active: JUST_NOW});
        await addConversation('C-theirs', {active: JUST_NOW, of: 'another integration'});
        expect(await found([{conversation_id: 'C-listed'}], NOW - 90 * MINUTE)).toEqual(['conversation_missing_there C-missing']);
        expect(await found([{conversation_id: 'C-listed'}])).toEqual([]);
    });
});
