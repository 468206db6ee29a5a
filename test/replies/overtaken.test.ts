/** A replica that was stopped for longer than its lease goes on: the other one may have sent the words meanwhile. */
import {expect, test} from 'vitest';
import type {Integration} from '../../bridge/integration.ts';
import {headOf} from '../../bridge/store/lanes.ts';
import type {ReplyRow} from '../../bridge/store/schema.ts';
import {createDeliver, type DeliverOptions} from '../../bridge/to-ireserve/deliver.ts';
import {appendToIreserve, type QueuedReply, replyKey} from '../../bridge/to-ireserve/queue.ts';
import {onBothDatabases} from '../store/both-databases.ts';

const config = {callback_url: 'https://aurora.example.com/callback'};
const integration = {
    id: 'i1',
    name: 'aurora',
    config,
    secrets: {callback_secrets: ['whsec_eA=='], signing_secrets: []},
} as unknown as Integration;

const words = (version: number): QueuedReply => ({
    ...{timestamp: '2026-11-22T10:00:00.000Z', type: version === 1 ? 'message.created' : 'message.edited', reply_id: 'r1', version},
    by: {user_id: 'u', username: 'u', name: 'U', email: ''},
    ...{text: `version ${version}`, files: [], mentions: {users: {}, channels: {}}, not_before: 0},
});

const reply: ReplyRow = {
    ...{integration_id: 'i1', reply_id: 'r1', conversation_id: 'C', channel_id: '', root_id: '', post_id: 'r1', user_id: 'u', digest: ''},
    ...{state: 'queued', version: 2, sent_version: null, remote_id: null, remote_state: null, reason_code: null, reason_detail: null},
    ...{asked_until: null, mark: null, question_post_id: null, hint_post_id: null, files: null, former: null, created_at: 1, updated_at: 1},
};

onBothDatabases((store) => {
    test('it neither changes the words that wait, nor sends others under their id', async () => {
        const {database} = store;
        await database.write(async (tx) => {
            await tx.insertInto('reply').values(reply).execute();
            for (const version of [1, 2]) {
                const queued = words(version);
                await appendToIreserve(tx, 'i1', 'C', queued, replyKey('r1', version === 1 ? 'created' : 'edited', version), 1);
            }
        });
        const lane = (await database.read.selectFrom('lane').select('key').executeTakeFirstOrThrow()).key;
        const delivery = await headOf(database.read, lane);
        if (!delivery) throw new Error('nothing is queued');
        // Claimed once more after the lease was over, as `claim` leaves it.
        await database.write((tx) => tx.updateTable('lane').set({owner: 'the other', uncertain: 1}).where('key', '=', lane).execute());
        const nothing = {servers: null, agents: null, box: null, caller: null} as unknown as DeliverOptions;
        const deliver = createDeliver({
            ...nothing,
            database,
            integration: () => integration,
            publicUrl: () => '',
            maxFileBytes: 1,
            now: () => 5,
        });
        expect(await deliver({delivery, uncertain: false, lease: {hold: async () => undefined}})).toMatchObject({
            kind: 'retry',
            uncertain: true,
        });
        expect(await headOf(database.read, lane)).toEqual(delivery);
    });
});
