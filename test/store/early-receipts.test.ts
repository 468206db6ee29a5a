/** What i-Reserve says of an answer before its id is known: kept for it, applied once, so many at most and so long. */
import {expect, test} from 'vitest';
import type {EventOf} from '../../bridge/contract.ts';
import type {DeliveryRow, ReplyRow} from '../../bridge/store/schema.ts';
import {applyReceipt, keepReceipt} from '../../bridge/to-ireserve/early-receipts.ts';
import type {QueuedReply} from '../../bridge/to-ireserve/queue.ts';
import {alongside, arrived} from '../../bridge/to-ireserve/reply-outcome.ts';
import {learnState} from '../../bridge/to-mattermost/show-reply.ts';
import type {Step} from '../../bridge/to-mattermost/step.ts';
import {onBothDatabases} from './both-databases.ts';

const DAY = 24 * 3_600_000;

let count = 0;

onBothDatabases((store) => {
    /** A conversation of an integration of its own, with one reply. */
    async function newReply(): Promise<ReplyRow> {
        const row: ReplyRow = {
            ...{integration_id: `i-${++count}`, reply_id: 'r1', conversation_id: 'C', channel_id: '', root_id: '', post_id: 'r1'},
            ...{user_id: '', digest: '', state: 'queued', version: 1, sent_version: null, remote_id: null, remote_state: null},
            ...{reason_code: null, reason_detail: null, asked_until: null, mark: null, question_post_id: null, hint_post_id: null},
            ...{files: null, former: null, created_at: 1, updated_at: 1},
        };
        await store.database.write((tx) => tx.insertInto('reply').values(row).execute());
        return row;
    }
    const keep = ({integration_id, conversation_id}: ReplyRow, remote_id: string, state: 'delivered' | 'seen', now = DAY) =>
        store.database.write((tx) => keepReceipt(tx, {integration_id, conversation_id, remote_id}, state, now));
    const apply = (reply: ReplyRow, remote_id: string) => store.database.write((tx) => applyReceipt(tx, reply, remote_id));
    const shown = async ({integration_id}: ReplyRow) =>
        (await store.database.read.selectFrom('reply').select('remote_state').where('integration_id', '=', integration_id).execute())[0]
            ?.remote_state;
    const kept = async ({integration_id}: ReplyRow) =>
        (
            await store.database.read
                .selectFrom('message')
                .select('message_id')
                .where('integration_id', '=', integration_id)
                .orderBy('created_at')
                .execute()
        ).map(({message_id}) => message_id);

    test('it waits for its own reply, and is used up', async () => {
        const reply = await newReply();
        await keep(reply, 'M1', 'seen');
        await apply(reply, 'M2');
        expect(await shown(reply)).toBeNull();
        await apply(reply, 'M1');
        expect(await shown(reply)).toBe('seen');
        expect(await kept(reply)).toEqual([]);
    });

    test.each([
        ['delivered', 'seen'],
        ['seen', 'delivered'],
    ] as const)('%s, then %s: the visitor has seen it', async (first, second) => {
        const reply = await newReply();
        await keep(reply, 'M1', first);
        await keep(reply, 'M1', second);
        await apply(reply, 'M1');
        expect(await shown(reply)).toBe('seen');
    });

    test('what has been seen stays so', async () => {
        const reply = await newReply();
        await store.database.write((tx) =>
            tx.updateTable('reply').set({remote_state: 'seen'}).where('integration_id', '=', reply.integration_id).execute(),
        );
        await keep(reply, 'M1', 'delivered');
        await apply(reply, 'M1');
        expect(await shown(reply)).toBe('seen');
    });

    test('what the visitor has is not given up with its callback; an edit of it is', async () => {
        const reply = await newReply();
        const {integration_id, reply_id, conversation_id} = reply;
        await store.database.write((tx) =>
            tx.updateTable('reply').set({state: 'delivered', remote_state: 'seen'}).where('integration_id', '=', integration_id).execute(),
        );
        const giveUp = (what: 'created' | 'edited') => {
            const delivery = {integration_id, conversation_id, source_id: `${reply_id}/${what}/1`, seq: 1, attempts: 9} as DeliveryRow;
            const turn = {state: 'dead' as const, reason: {code: 'ireserve_down', detail: 'no answer'}};
            return store.database.write((tx) => alongside(() => DAY)(tx, delivery, turn));
        };
        const state = async () =>
            (await store.database.read.selectFrom('reply').select('state').where('integration_id', '=', integration_id).execute())[0]
                ?.state;
        await giveUp('created');
        expect(await state()).toBe('delivered');
        await giveUp('edited');
        expect(await state()).toBe('failed');
    });

    test('an answer to a callback does not take back what has been seen', async () => {
        const reply = await newReply();
        await keep(reply, 'M1', 'seen');
        await apply(reply, 'M1');
        const said = {version: 2, answers: 1} as QueuedReply;
        await store.database.write((tx) => arrived(tx, reply, {said, files: []}, {message_id: 'M1', state: 'delivered'}, DAY));
        expect(await shown(reply)).toBe('seen');
    });

    test('a receipt changes what the reply is by now, not what it was when it was looked up', async () => {
        const reply = await newReply();
        const told = {id: 'e', data: {conversation_id: 'C', message_id: 'r1', state: 'delivered'}} as EventOf<'message.state'>;
        const step = {database: store.database, integration: {id: reply.integration_id}, now: () => DAY} as unknown as Step;
        const result = await learnState(step, told);
        const now = {state: 'withdrawn', remote_state: 'seen'} as const;
        await store.database.write(async (tx) => {
            await tx.updateTable('reply').set(now).where('integration_id', '=', reply.integration_id).execute();
            if (result.kind === 'final') await result.writes?.(tx);
        });
        const rows = store.database.read.selectFrom('reply').select(['state', 'remote_state']);
        expect(await rows.where('integration_id', '=', reply.integration_id).execute()).toEqual([now]);
    });

    test('too many, or too old: the oldest go', async () => {
        const reply = await newReply();
        for (let n = 0; n < 103; n++) await keep(reply, `M${n}`, 'seen', DAY + n);
        expect(await kept(reply)).toEqual(Array.from({length: 100}, (_, n) => `M${n + 3}`));
        await keep(reply, 'late', 'seen', 8 * DAY + 100);
        expect(await kept(reply)).toEqual(['M100', 'M101', 'M102', 'late']);
    });
});
