/** Several replicas on one PostgreSQL, each with connections of its own, at the same lanes at the same time. */
import fc from 'fast-check';
import {sql} from 'kysely';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import type {Integration} from '../../bridge/integration.ts';
import {discard} from '../../bridge/store/by-hand.ts';
import {append, claim, finish, putBack} from '../../bridge/store/lanes.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import type {DeliveryRow, ReplyRow} from '../../bridge/store/schema.ts';
import type {Speaker} from '../../bridge/to-ireserve/queue.ts';
import {createReplyActions} from '../../bridge/to-ireserve/reply-actions.ts';
import {createDatabase} from '../support/database.ts';
import {check} from '../support/seeds.ts';
import {delivered, newQueue, orLost, type Queue, START} from './queue.ts';
import {DELIVERED, down, scriptedOutbox} from './scripted-outbox.ts';

let one: Database;
let two: Database;

beforeAll(async () => {
    const url = await createDatabase();
    one = await openDatabase(url);
    two = await openDatabase(url);
});

afterAll(async () => {
    await one?.close();
    await two?.close();
});

type ReplyActions = ReturnType<typeof createReplyActions>;

const LEASE_MS = 30_000;
const LANES = ['a', 'b', 'c'];

type Act =
    | {do: 'append'; lane: string; claims: boolean}
    | {do: 'claim'; slots: number}
    | {do: 'finish'; pick: number; release: boolean}
    | {do: 'putBack'; pick: number}
    /** Forgets what is in hand; the clock then passes everybody's lease. */
    | {do: 'crash'};

const act: fc.Arbitrary<Act> = fc.oneof(
    {weight: 4, arbitrary: fc.record({do: fc.constant('append' as const), lane: fc.constantFrom(...LANES), claims: fc.boolean()})},
    {weight: 3, arbitrary: fc.record({do: fc.constant('claim' as const), slots: fc.integer({min: 1, max: 3})})},
    {weight: 5, arbitrary: fc.record({do: fc.constant('finish' as const), pick: fc.nat(2), release: fc.boolean()})},
    {weight: 1, arbitrary: fc.record({do: fc.constant('putBack' as const), pick: fc.nat(2)})},
    {weight: 1, arbitrary: fc.record({do: fc.constant('crash' as const)})},
);

/** What all replicas together may do and have done. */
class World {
    now = START;
    readonly queue: Queue;
    readonly appended: DeliveryRow[] = [];
    /** Settling has begun: from here on the next of the lane may be tried, perhaps before we hear of the end. */
    readonly settling = new Map<number, number>();
    /** Tries whose lease ran out: others may try the same meanwhile. */
    readonly excused = new Set<number>();
    readonly replicas: Replica[] = [];

    constructor(queue: Queue) {
        this.queue = queue;
    }

    begin(row: DeliveryRow, by: Replica, until: number, fence: number): void {
        const earlier = this.appended.filter(({lane, seq}) => lane === row.lane && seq < row.seq && !this.settling.has(seq));
        expect(earlier, `${row.seq} is tried before those`).toEqual([]);
        by.hand.set(row.lane, {row, until, fence});
        this.excuse();
        const owners = this.replicas.filter(({hand}) => (hand.get(row.lane)?.until ?? 0) > this.now);
        expect(owners.length, `owners of ${row.lane}`).toBeLessThanOrEqual(1);
    }

    excuse(): void {
        for (const {hand} of this.replicas) for (const {row, until} of hand.values()) if (until <= this.now) this.excused.add(row.seq);
    }
}

class Replica {
    readonly hand = new Map<string, {row: DeliveryRow; until: number; fence: number}>();
    readonly owner: string;
    private readonly world: World;
    private readonly database: Database;

    constructor(world: World, database: Database, owner: string) {
        this.world = world;
        this.database = database;
        this.owner = owner;
        world.replicas.push(this);
    }

    async act(given: Act): Promise<void> {
        const {world, database, owner} = this;
        const queue = newQueue(database);
        const lease = {owner, until: world.now + LEASE_MS};
        switch (given.do) {
            case 'append': {
                const appended = await queue.append(
                    world.queue.delivery(given.lane, {received_at: world.now}),
                    world.now,
                    given.claims ? lease : null,
                );
                if (appended.kind !== 'stored') return expect.unreachable();
                world.appended.push(appended.row);
                if (appended.claimed) world.begin(appended.row, this, lease.until, appended.claimed.fence);
                return;
            }
            case 'claim': {
                const claimed = await database.write((tx) => claim(database, tx, world.queue.queue, given.slots, world.now, lease));
                expect(claimed.length).toBeLessThanOrEqual(given.slots);
                for (const {head, fence} of claimed) world.begin(head, this, lease.until, fence);
                return;
            }
            case 'crash':
                world.now += LEASE_MS;
                world.excuse();
                this.hand.clear();
                return;
        }
        const held = [...this.hand.values()][given.pick];
        if (!held) return;
        const {row: head, until, fence} = held;
        this.hand.delete(head.lane);
        if (given.do === 'putBack') {
            const aside = {due: world.now, uncertain: false, tried: true, now: world.now};
            await orLost(database.write((tx) => putBack(tx, {lane: head.lane, owner, fence, head, ...aside})));
            return;
        }
        world.settling.set(head.seq, (world.settling.get(head.seq) ?? 0) + 1);
        const end = {final: delivered, release: given.release, now: world.now};
        const next = await orLost(database.write((tx) => finish(tx, {lane: head.lane, owner, fence, head, ...end})));
        if (until <= world.now) world.excused.add(head.seq);
        if (next) world.begin(next, this, until, fence);
    }

    /** Everything that is left, to the end. */
    async drain(): Promise<void> {
        do {
            while (this.hand.size > 0) await this.act({do: 'finish', pick: 0, release: false});
            await this.act({do: 'claim', slots: 3});
        } while (this.hand.size > 0);
    }
}

test('racing for the same lanes, replicas keep each in order, lose nothing, and finish each delivery once', async () => {
    const script = fc.array(act, {minLength: 5, maxLength: 25, size: 'max'});
    await check(
        fc.asyncProperty(script, script, script, async (...scripts) => {
            const world = new World(newQueue(one));
            const replicas = [new Replica(world, one, 'one'), new Replica(world, two, 'two'), new Replica(world, two, 'three')];
            await Promise.all(
                replicas.map(async (replica, index) => {
                    for (const given of scripts[index] ?? []) await replica.act(given);
                }),
            );
            // What is still in hand is left there.
            for (const replica of replicas) await replica.act({do: 'crash'});
            await new Replica(world, one, 'last').drain();
            for (const lane of LANES) {
                const rows = world.appended.filter((row) => row.lane === world.queue.keyOf(lane));
                if (rows.length === 0) continue;
                expect(await world.queue.lane(lane)).toMatchObject({pending: 0, owner: null, due: null});
                expect(await world.queue.queued(lane)).toEqual([]);
                for (const {seq} of rows) {
                    expect((await world.queue.delivered(seq)).state).toBe('delivered');
                    if (!world.excused.has(seq)) expect(world.settling.get(seq)).toBe(1);
                }
            }
        }),
        {numRuns: 12},
    );
});

test('two outboxes deliver everything once, each lane in order, through failures', async () => {
    const queue = newQueue(one);
    const [here, there] = [scriptedOutbox(one, {queue, pollMs: 10}), scriptedOutbox(two, {queue, pollMs: 10})];
    const busy = new Set<string>();
    const order = new Map<string, number[]>();
    let tries = 0;
    for (const outbox of [here, there]) {
        outbox.answer = async ({lane, delivery}) => {
            expect(busy.has(lane), `${lane} is tried by both`).toBe(false);
            busy.add(lane);
            await new Promise((resolve) => setImmediate(resolve));
            busy.delete(lane);
            if (++tries % 3 === 0) return down({afterMs: 0});
            order.set(lane, [...(order.get(lane) ?? []), delivery.seq]);
            return DELIVERED;
        };
        await outbox.outbox.start();
    }
    const accepted = new Map<string, number[]>();
    const lanes = Array.from({length: 12}, (_, index) => `lane-${index}`);
    await Promise.all(
        lanes.map(async (lane, index) => {
            for (let i = 0; i < 8; i++) {
                const row = await ((i + index) % 2 ? here : there).accept(lane);
                accepted.set(lane, [...(accepted.get(lane) ?? []), row.seq]);
            }
        }),
    );
    await here.until(() => {
        here.now += 200;
        there.now = here.now;
        return here.settled.length + there.settled.length === 96;
    });
    expect(order).toEqual(accepted);
    expect(here.settled.length).toBeGreaterThan(0);
    expect(there.settled.length).toBeGreaterThan(0);
    expect([...here.errors, ...there.errors]).toEqual([]);
});

test('given up while its owner is just settling it, what it came to stands', async () => {
    const queue = newQueue(one);
    const head = await queue.put('c:1');
    const {fence} = await queue.claimOne('me');
    let givenUp: Promise<boolean> | undefined;
    await one.write(async (tx) => {
        // Reading goes on, changing lanes waits: so the discard has looked when the end comes between.
        await sql`lock table lane in exclusive mode`.execute(tx);
        givenUp = two.write((theirs) => discard(theirs, head.seq, 'too late', START));
        await someoneWaits(one);
        await finish(tx, {lane: head.lane, owner: 'me', fence, head, final: delivered, release: false, now: START});
    });
    expect(await givenUp).toBe(false);
    expect(await queue.delivered(head.seq)).toMatchObject({state: 'delivered'});
    expect(await queue.lane('c:1')).toMatchObject({pending: 0, due: null, owner: null});
});

test('a delivery that comes while the lane’s last one is being settled is not forgotten', async () => {
    const queue = newQueue(one);
    const head = await queue.put('c:1');
    const {fence} = await queue.claimOne('me');
    const theirs = newQueue(two);
    let appended: ReturnType<Queue['append']> | undefined;
    const next = await one.write(async (tx) => {
        const freed = await finish(tx, {lane: head.lane, owner: 'me', fence, head, final: delivered, release: false, now: START});
        appended = theirs.append(queue.delivery('c:1'), START + 1, queue.leaseOf('two', START + 1));
        await someoneWaits(one);
        return freed;
    });
    expect(next).toBeNull();
    expect(await appended).toMatchObject({kind: 'stored', claimed: expect.objectContaining({uncertain: false})});
    expect(await queue.lane('c:1')).toMatchObject({pending: 1, owner: 'two'});
});

test('and when it was stored just before, whoever settles the last one goes on with it', async () => {
    const queue = newQueue(one);
    const head = await queue.put('c:1');
    const {fence} = await queue.claimOne('me');
    let finished: Promise<DeliveryRow | null> | undefined;
    const stored = await two.write(async (tx) => {
        const row = await append(tx, queue.delivery('c:1'), START + 1, null);
        finished = one.write((mine) =>
            finish(mine, {lane: head.lane, owner: 'me', fence, head, final: delivered, release: false, now: START}),
        );
        await someoneWaits(two);
        return row;
    });
    expect(await finished).toMatchObject({seq: stored.kind === 'stored' && stored.row.seq});
});

test.each([
    ['the question runs out', (actions: ReplyActions) => actions.expireQuestions(() => undefined)],
    ['a colleague keeps it', (actions: ReplyActions, at: Integration) => actions.keep(at, 'r1', {} as Speaker).catch(() => undefined)],
] as const)('%s while “Send” is being stored: it is sent', async (what, answer) => {
    const integration = {id: what} as Integration;
    const row: ReplyRow = {
        ...{integration_id: what, reply_id: 'r1', conversation_id: 'C', channel_id: '', root_id: '', post_id: 'r1'},
        ...{user_id: '', digest: '', state: 'asked', version: 1, sent_version: null, remote_id: null, remote_state: null},
        ...{reason_code: 'mentions', reason_detail: null, asked_until: 1, mark: null, question_post_id: null, hint_post_id: null},
        ...{files: null, former: null, created_at: 1, updated_at: 1},
    };
    await one.write((tx) => tx.insertInto('reply').values(row).execute());
    let answered: Promise<unknown> | undefined;
    await two.write(async (tx) => {
        await tx.updateTable('reply').set({state: 'queued', asked_until: null}).where('integration_id', '=', what).execute();
        answered = answer(createReplyActions({database: one, now: () => START, onStored: () => undefined}), integration);
        await someoneWaits(two);
    });
    await answered;
    expect(await one.read.selectFrom('reply').select('state').where('integration_id', '=', what).execute()).toEqual([{state: 'queued'}]);
});

test('the clocks of replicas are compared with the database’s', () => {
    // Everything runs on one machine here.
    for (const {clockOffset} of [one, two]) expect(Math.abs(clockOffset)).toBeLessThan(1000);
});

/** Resolves once a transaction of this database waits for another's lock. */
async function someoneWaits({read}: Database): Promise<void> {
    await vi.waitUntil(
        async () => {
            const {rows} = await sql<{n: number}>`select count(*) as n from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'`.execute(read);
            return (rows[0]?.n ?? 0) > 0;
        },
        {timeout: 10_000, interval: 5},
    );
}
