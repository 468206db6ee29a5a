/** A backlog must not hold back those who are waiting now. */
import {sql} from 'kysely';
import {expect, test} from 'vitest';
import {onBothDatabases, type Store} from './both-databases.ts';
import {newQueue, type Queue, START} from './queue.ts';
import {DELIVERED, scriptedOutbox} from './scripted-outbox.ts';

onBothDatabases((store) => {
    test('a lane with a thousand deliveries lets others pass', async () => {
        const queue = newQueue(store.database);
        await backlog(store, queue, {lanes: 1, perLane: 1000, priority: 0});
        const scripted = scriptedOutbox(store.database, {queue, slots: 1});
        scripted.now = START + 60_000;
        let heldBack = 0;
        scripted.answer = async ({lane}) => {
            if (lane === 'late') heldBack = scripted.tries.length;
            if (scripted.tries.length === 150) await scripted.accept('late');
            return DELIVERED;
        };
        await scripted.outbox.start();
        await scripted.until(() => heldBack > 0);
        expect(heldBack - 150).toBeLessThanOrEqual(100);
        // And it goes on itself.
        await scripted.untilTried(heldBack + 50);
        expect(scripted.tries.at(-1)?.lane).toBe('old-1');
    });

    test.each([
        ['people', 0],
        ['notifications', 1],
    ])('a backlog of 5,000 due lanes (%s) does not hold a new conversation back', async (_who, priority) => {
        const queue = newQueue(store.database);
        await backlog(store, queue, {lanes: 5000, perLane: 1, priority});
        const scripted = scriptedOutbox(store.database, {queue, slots: 4});
        scripted.now = START + 60_000;
        // One after another, each in the thick of it.
        const heldBack: number[] = [];
        let accepted = Promise.resolve();
        scripted.answer = ({lane}) => {
            if (lane.startsWith('new-')) heldBack.push(scripted.tries.length - Number(lane.slice(4)));
            else if (scripted.tries.length % 40 === 0) {
                const name = `new-${scripted.tries.length}`;
                accepted = accepted.then(() => scripted.accept(name).then(() => undefined));
            }
            return DELIVERED;
        };
        await scripted.outbox.start();
        await scripted.until(() => heldBack.length >= 4);
        await accepted;
        // What was begun while it was being stored, what had been claimed before it was, and the shares of the others.
        expect(Math.max(...heldBack)).toBeLessThanOrEqual(30);
        expect(scripted.errors).toEqual([]);
    });

    test('those who have waited longest, and notifications, get on meanwhile', async () => {
        const queue = newQueue(store.database);
        await backlog(store, queue, {lanes: 300, perLane: 1, priority: 0});
        await backlog(store, queue, {lanes: 300, perLane: 1, priority: 1});
        const scripted = scriptedOutbox(store.database, {queue, slots: 1});
        scripted.now = START + 60_000;
        await scripted.outbox.start();
        await scripted.untilTried(80);
        const tried = scripted.tries.slice(0, 80).map(({lane}) => lane);
        expect(tried.filter((lane) => lane.startsWith('notification-'))).toEqual(
            Array.from({length: 20}, (_, index) => `notification-${index + 1}`),
        );
        const people = tried.filter((lane) => lane.startsWith('old-')).map((lane) => Number(lane.slice(4)));
        expect(people.filter((number) => number <= 150)).toEqual(Array.from({length: 20}, (_, index) => index + 1));
        expect(people.filter((number) => number > 150)).toEqual(Array.from({length: 40}, (_, index) => 300 - index));
    });
});

/** Lanes old-1, old-2 … (or notification-1 …), each due one ms after the one before, by SQL: thousands of appends would take long. */
async function backlog(
    {database}: Store,
    queue: Queue,
    {lanes, perLane, priority}: {lanes: number; perLane: number; priority: number},
): Promise<void> {
    const key = `${queue.queue}/${priority === 0 ? 'old' : 'notification'}-`;
    const numbers = (most: number) =>
        sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(most)}) select i from n)`;
    await database.write(async (tx) => {
        await sql`insert into lane (key, queue, priority, due, pending, attempts, uncertain, sequence, previous_sequence)
            select ${sql.lit(key)} || i, ${queue.queue}, ${sql.lit(priority)}, ${sql.lit(START)} + i, ${sql.lit(perLane)}, 0, 0, 0, 0
            from ${numbers(lanes)} as lanes`.execute(tx);
        await sql`insert into delivery (integration_id, direction, source_id, digest, lane, type, body, state, outcome, attempts, received_at)
            select ${queue.integration_id}, 'to-mattermost', ${sql.lit(key)} || lanes.i || '-' || rows.i, '', ${sql.lit(key)} || lanes.i, 'message.created', '{}',
                'queued', 'created', 0, ${sql.lit(START)} + lanes.i
            from ${numbers(lanes)} as lanes, ${numbers(perLane)} as rows`.execute(tx);
    });
}
