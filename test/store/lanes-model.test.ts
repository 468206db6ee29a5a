/** Lanes against a model: any row of steps by two owners, with the clock in between; after each, store and model agree in every lane. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {discard, replay} from '../../bridge/store/by-hand.ts';
import {type Claimed, REPLAYED, renew} from '../../bridge/store/lanes.ts';
import type {DeliveryRow, LaneRow} from '../../bridge/store/schema.ts';
import {check} from '../support/seeds.ts';
import {onBothDatabases, type Store} from './both-databases.ts';
import {dead, delivered, newQueue, type Queue, START} from './queue.ts';

type Lane = Pick<LaneRow, 'pending' | 'owner' | 'due' | 'attempts' | 'uncertain'> & {queued: number[]};

/** What should be. `hands` is what each owner believes to be running. */
type Model = {now: number; lanes: Map<string, Lane>; hands: Record<Owner, Map<string, DeliveryRow>>; dead: number[]; doubtful: Set<number>};
type Real = {store: Store; queue: Queue};
type Owner = 'one' | 'two';

type Step = fc.AsyncCommand<Model, Real>;
const LEASE_MS = 30_000;

/** A step, and afterwards the comparison. */
function step(name: string, run: (model: Model, real: Real) => Promise<void>, check: (model: Model) => boolean = () => true): Step {
    return {
        check,
        async run(model, real) {
            await run(model, real);
            for (const [lane, expected] of model.lanes) {
                const {pending, owner, due, attempts, uncertain} = await real.queue.lane(lane);
                expect({pending, owner, due, attempts, uncertain, queued: await real.queue.queued(lane)}).toEqual(expected);
                expect(pending).toBe(expected.queued.length);
            }
        },
        toString: () => name,
    };
}

const laneOf = (model: Model, {lane}: {lane: string}) => model.lanes.get(lane.slice(lane.lastIndexOf('/') + 1)) ?? expect.unreachable();

function append(name: string, by: Owner | null): Step {
    return step(`append(${name}, ${by})`, async (model, {queue}) => {
        const appended = await queue.append(queue.delivery(name), model.now, by && queue.leaseOf(by, model.now));
        if (appended.kind !== 'stored') return expect.unreachable();
        const idle: Lane = {pending: 0, owner: null, due: null, attempts: 0, uncertain: 0, queued: []};
        const lane = model.lanes.get(name) ?? idle;
        model.lanes.set(name, lane);
        const claimed = lane.pending === 0 && by !== null;
        expect(appended.claimed !== null).toBe(claimed);
        if (lane.pending === 0) Object.assign(lane, {owner: by, due: by ? model.now + LEASE_MS : model.now});
        if (claimed) model.hands[by].set(name, appended.row);
        lane.pending++;
        lane.queued.push(appended.row.seq);
    });
}

function claim(by: Owner, slots: number): Step {
    return step(`claim(${by}, ${slots})`, async (model, {queue}) => {
        const due = [...model.lanes].filter(([, lane]) => lane.due !== null && lane.due <= model.now);
        const claimed: Claimed[] = await queue.claim(by, slots, model.now);
        expect(claimed).toHaveLength(Math.min(slots, due.length));
        for (const one of claimed) {
            const lane = laneOf(model, one);
            expect(lane.due).toBeLessThanOrEqual(model.now);
            if (lane.owner !== null) lane.uncertain = 1;
            expect(one).toMatchObject({uncertain: lane.uncertain === 1, attempts: lane.attempts, head: {seq: lane.queued[0]}});
            expect(one.head.reason_code === REPLAYED).toBe(model.doubtful.has(one.head.seq));
            Object.assign(lane, {owner: by, due: model.now + LEASE_MS});
            model.hands[by].set(one.lane.slice(one.lane.lastIndexOf('/') + 1), one.head);
        }
    });
}

/** Something in an owner's hands, by number. */
function inHand(model: Model, by: Owner, pick: number): [string, DeliveryRow] {
    return [...model.hands[by]][pick % model.hands[by].size] ?? expect.unreachable();
}

function finish(by: Owner, pick: number, final: 'delivered' | 'dead', release: boolean): Step {
    const run = async (model: Model, {queue}: Real) => {
        const [name, head] = inHand(model, by, pick);
        const lane = laneOf(model, head);
        model.hands[by].delete(name);
        const next = await queue.finish(by, head, {final: final === 'dead' ? dead : delivered, release, now: model.now});
        if (lane.owner !== by) return expect(next).toBeNull();
        lane.queued = lane.queued.filter((seq) => seq !== head.seq);
        lane.pending = lane.queued.length;
        model.doubtful.delete(head.seq);
        if (final === 'dead') model.dead.push(head.seq);
        Object.assign(lane, {attempts: 0, uncertain: 0});
        if (lane.pending === 0) Object.assign(lane, {owner: null, due: null});
        else if (release) Object.assign(lane, {owner: null, due: head.received_at});
        expect(next?.seq ?? null).toBe(lane.owner === by ? lane.queued[0] : null);
        if (next) model.hands[by].set(name, next);
    };
    return step(`finish(${by}, ${pick}, ${final}${release ? ', release' : ''})`, run, (model) => model.hands[by].size > 0);
}

function putBack(by: Owner, pick: number, wait: number, uncertain: boolean, tried: boolean): Step {
    const run = async (model: Model, {queue}: Real) => {
        const [name, head] = inHand(model, by, pick);
        const lane = laneOf(model, head);
        model.hands[by].delete(name);
        await queue.putBack(by, head, model.now + wait, {uncertain, tried, now: model.now});
        if (lane.owner !== by) return;
        if (tried) model.doubtful.delete(head.seq);
        Object.assign(lane, {owner: null, due: model.now + wait, uncertain: uncertain ? 1 : 0, attempts: lane.attempts + (tried ? 1 : 0)});
    };
    return step(`putBack(${by}, ${pick}, ${wait}, ${uncertain}, ${tried})`, run, (model) => model.hands[by].size > 0);
}

const renewAll = (by: Owner): Step =>
    step(`renew(${by})`, async (model, {store, queue}) => {
        await store.database.write((tx) => renew(tx, [...model.hands[by].keys()].map(queue.keyOf), queue.leaseOf(by, model.now)));
        for (const name of model.hands[by].keys()) {
            const lane = model.lanes.get(name);
            if (lane?.owner === by) lane.due = model.now + LEASE_MS;
        }
    });

const replayOne = (pick: number): Step =>
    step(
        `replay(${pick})`,
        async (model, {store, queue}) => {
            const seq = model.dead.splice(pick % model.dead.length, 1)[0] ?? expect.unreachable();
            expect(await store.database.write((tx) => replay(tx, seq, model.now))).toBe(true);
            const lane = laneOf(model, await queue.delivered(seq));
            const overtaken = lane.queued.find((other) => other > seq);
            if ((lane.owner !== null || lane.uncertain) && overtaken) model.doubtful.add(overtaken);
            model.doubtful.add(seq);
            lane.queued = [...lane.queued, seq].toSorted((a, b) => a - b);
            lane.pending++;
            if (lane.owner === null) lane.due = model.now;
        },
        (model) => model.dead.length > 0,
    );

function discardOne(name: string, pick: number): Step {
    const run = async (model: Model, {store}: Real) => {
        const lane = model.lanes.get(name) ?? expect.unreachable();
        const seq = lane.queued[pick % lane.queued.length] ?? expect.unreachable();
        expect(await store.database.write((tx) => discard(tx, seq, 'by hand', model.now))).toBe(lane.owner === null);
        if (lane.owner !== null) return;
        const wasHead = lane.queued[0] === seq;
        lane.queued = lane.queued.filter((other) => other !== seq);
        lane.pending--;
        if (wasHead) Object.assign(lane, {attempts: 0, uncertain: 0, due: model.now});
        if (lane.pending === 0) lane.due = null;
        model.doubtful.delete(seq);
    };
    return step(`discard(${name}, ${pick})`, run, (model) => (model.lanes.get(name)?.pending ?? 0) > 0);
}

const crash = (by: Owner): Step => step(`crash(${by})`, async (model) => model.hands[by].clear());
const advance = (ms: number): Step =>
    step(`advance(${ms})`, async (model) => {
        model.now += ms;
    });

const names = fc.constantFrom('a', 'b', 'c');
const owners = fc.constantFrom<Owner>('one', 'two');
const steps = [
    fc.tuple(names, fc.option(owners)).map((given) => append(...given)),
    fc.tuple(names, fc.option(owners)).map((given) => append(...given)),
    fc.tuple(owners, fc.integer({min: 1, max: 3})).map((given) => claim(...given)),
    fc.tuple(owners, fc.nat(2), fc.constantFrom('delivered' as const, 'dead' as const), fc.boolean()).map((given) => finish(...given)),
    fc.tuple(owners, fc.nat(2), fc.constantFrom(0, 250, 40_000), fc.boolean(), fc.boolean()).map((given) => putBack(...given)),
    fc.constantFrom(0, 250, LEASE_MS).map(advance),
    owners.map(crash),
    owners.map(renewAll),
    fc.nat(3).map(replayOne),
    fc.tuple(names, fc.nat(3)).map((given) => discardOne(...given)),
];

onBothDatabases((store) => {
    test('whatever two owners do, and whenever they die, lanes are as they should be', async () => {
        await check(
            fc.asyncProperty(fc.commands(steps, {maxCommands: 60, size: 'max'}), async (commands) => {
                const model: Model = {now: START, lanes: new Map(), hands: {one: new Map(), two: new Map()}, dead: [], doubtful: new Set()};
                await fc.asyncModelRun(() => ({model, real: {store, queue: newQueue(store.database)}}), commands);
            }),
            {numRuns: store.dialect === 'sqlite' ? 40 : 12},
        );
    });
});
