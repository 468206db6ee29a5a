/** One soak on one store: people and troubles side by side, then everything is mended, and in the end all must stand as the ledger says. */
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as after} from 'node:timers/promises';
import {makeSite} from '../delivery/site.ts';
import {type FaultRule, REQUEST_FAULTS, startFaultProxy} from '../doubles/fault-proxy/start.ts';
import {type IreserveDouble, startIreserve} from '../doubles/ireserve/start.ts';
import {seededRandom} from '../doubles/mattermost/state/ids.ts';
import {answer, deleteThread, moveThread, sendAfterAll} from './agents.ts';
import {createBridges} from './bridges.ts';
import {COLUMNS, judge, type Verdict} from './judge.ts';
import {createLedger, type Ledger} from './ledger.ts';
import type {SoakOptions, Store} from './options.ts';
import {openSoakPlace, type SoakPlace} from './place.ts';
import {refreshRoots} from './roots.ts';
import {read, visit} from './visitors.ts';

export type Soak = Omit<SoakOptions, 'stores'> & {
    readonly store: Store;
    readonly databaseUrl: string | undefined;
    /** How long everything may take to arrive once it is mended, ms. */
    readonly patienceMs: number;
};

export type Result = {
    readonly verdict: Verdict;
    /** Refusals and people’s acts that failed; processes that ended by themselves. Each must be empty, too. */
    readonly complaints: readonly string[];
    readonly crashes: readonly string[];
    readonly figures: {
        readonly place: string;
        readonly fromVisitors: number;
        readonly fromAgents: number;
        /** Answers whose authors were asked, and sent them. */
        readonly sentLater: number;
        readonly kills: number;
        readonly stops: number;
        readonly jumps: number;
        readonly moves: number | null;
        readonly deletedThreads: number;
        readonly faults: Readonly<Record<string, number>>;
        /** From a kill to the first thing that arrived after it, and to the process being up, ms. */
        readonly resume: readonly number[];
        readonly up: readonly number[];
        /** From the mending until all was there, or patience ended, ms. */
        readonly settledAfter: number;
    };
    /** Where database and key are, for whoever looks for the cause. */
    readonly folder: string;
    remove(): void;
};

const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
/** Short enough that a stopped process outlasts it, long enough for calls that time out. */
const LEASE_MS = 2000;
const CALL_TIMEOUT_MS = 600;
/** i-Reserve and the bridge check each other's stamps within five minutes. */
const LARGEST_JUMP_MS = 200_000;
const MESSAGES_PER_THREAD = 25;
/** Requests to Mattermost before the next kill or stop, at most; and how long they are waited for, ms. */
const LONGEST_LIFE = 60;
const PATIENCE_MS = 5000;

export async function soak(options: Soak): Promise<Result> {
    const {store, databaseUrl, seed, minutes} = options;
    const undo: (() => Promise<unknown> | unknown)[] = [];
    let ended = false;
    try {
        return await within(undo);
    } finally {
        // People who are still at it end with the next thing they do.
        ended = true;
        for (const step of undo.reverse()) await step();
    }

    async function within(steps: typeof undo): Promise<Result> {
        // One stream of draws for each who draws: so what one does, does not depend on how quick the others are.
        let streams = 0;
        const stream = () => seededRandom(seed * 1000 + streams++);
        const place = await openSoakPlace(options.server, seed);
        steps.push(place.close);
        const ireserve = await startIreserve({
            integration: 'aurora-test',
            signingSecret: SECRET,
            retry: {firstMs: 50, maxMs: 1000, timeoutMs: 3000},
        });
        steps.push(ireserve.stop);
        const illegible = new Set<string>();
        const toMattermost = await startFaultProxy({target: place.url, seed: seed + 1});
        steps.push(toMattermost.stop);
        const toIreserve = await startFaultProxy({
            target: ireserve.url,
            seed: seed + 2,
            // i-Reserve's own id was in the answer, which nobody can read: the bridge can't know it.
            onStrike: (kind, headers) => {
                if (kind === 'garbled' || kind === 'cut') illegible.add(String(headers['webhook-id']));
            },
        });
        steps.push(toIreserve.stop);

        const folder = mkdtempSync(join(tmpdir(), 'ireserve-soak-'));
        const site = await makeSite({
            folder,
            databaseUrl,
            mattermost: {
                url: toMattermost.url,
                seeded: {
                    bot: {token: place.bot.token},
                    channels: {mirror: {id: place.channels.mirror}, notifications: {id: place.channels.second}},
                },
            },
            config: {
                callback_url: `${toIreserve.url}/callbacks`,
                reply_files: 'inline',
                messages_per_thread: MESSAGES_PER_THREAD,
                attachment_hosts: [`http://${new URL(ireserve.url).host}`],
            },
            secrets: {signing_secrets: [SECRET]},
            environment: {
                MATTERMOST_TIMEOUT_MS: String(CALL_TIMEOUT_MS),
                IRESERVE_TIMEOUT_MS: String(CALL_TIMEOUT_MS),
                ALLOW_PRIVATE_ATTACHMENT_HOSTS: 'true',
                LEASE_MS: String(LEASE_MS),
                POLL_MS: '200',
            },
        });
        const random = stream();
        const count = store === 'sqlite' ? 1 : options.replicas;
        const bridges = createBridges({environment: site.environment, folder, count}, (up) => {
            ireserve.connect(up[Math.floor(random() * up.length)]?.url ?? null);
        });
        steps.push(bridges.stop);
        await bridges.startAll();

        const ledger = createLedger();
        let over = false;
        const goesOn = () => !ended && !over;
        const people = {place, ireserve, ledger, goesOn};
        toMattermost.setFaults(rulesFor(options.faults));
        toIreserve.setFaults(rulesFor(options.faults));
        const killedAt: number[] = [];
        const done = {stops: 0, jumps: 0, moves: 0 as number | null, deletedThreads: 0};
        const population = Promise.all([
            ...Array.from({length: options.chats}, () => visit({...people, random: stream()})),
            ...place.agents.map((agent) => answer({...people, random: stream()}, agent)),
            read({...people, random: stream()}, (webhook_id) => !illegible.has(webhook_id)),
            watchRoots(place, ledger, goesOn),
        ]);
        // Kills that hit nothing prove nothing.
        while (ledger.chats.every((chat) => chat.agents.length === 0)) await after(20);
        // Until bridges are at work; counted, not timed, because machines differ. One that never gets as far as a request shows nothing.
        const someLife = async (draw: () => number) => {
            while (bridges.running().length === 0) await after(20);
            const enough = toMattermost.counts().requests + Math.ceil(draw() * LONGEST_LIFE);
            const patienceEnds = Date.now() + PATIENCE_MS;
            while (toMattermost.counts().requests < enough && Date.now() < patienceEnds) await after(5);
            // It may have been stopped or killed meanwhile: then the next one is waited for.
            while (bridges.running().length === 0) await after(20);
            return bridges.running();
        };
        const pause = (times: number) => (minutes * 60_000) / Math.max(1, times);
        await Promise.all([
            after(minutes * 60_000),
            every(options.kills, pause(options.kills), stream(), async (draw) => {
                const up = await someLife(draw);
                const one = up[Math.floor(draw() * up.length)];
                // Now and then all at once, and Mattermost with them.
                const victims = draw() < 0.2 ? up : one ? [one] : [];
                if (draw() < 0.1) place.restart();
                killedAt.push(...victims.map(() => Date.now()));
                await Promise.all(victims.map((victim) => bridges.kill(victim, draw() < 0.3 ? draw() * 800 : 0)));
            }),
            every(options.stops, pause(options.stops), stream(), async (draw) => {
                const up = await someLife(draw);
                const victim = up[Math.floor(draw() * up.length)];
                if (!victim) return;
                await bridges.freeze(victim, LEASE_MS * (1.2 + draw()));
                done.stops++;
            }),
            every(options.jumps, pause(options.jumps), stream(), async (draw) => {
                bridges.setClock(Math.round((draw() - 0.5) * LARGEST_JUMP_MS));
                done.jumps++;
            }),
            every(options.moves, pause(options.moves), stream(), async (draw) => {
                const chat = ledger.chats[Math.floor(draw() * ledger.chats.length)];
                if (!chat) return;
                if (draw() < 0.3) {
                    if ((await deleteThread(people, chat)) === 'done') done.deletedThreads++;
                } else if (done.moves !== null) {
                    const outcome = await moveThread(people, chat);
                    if (outcome === 'unable') done.moves = null;
                    else if (outcome === 'done') done.moves++;
                }
            }),
        ]);
        over = true;
        await population;

        toMattermost.setFaults([]);
        toIreserve.setFaults([]);
        bridges.setClock(0);
        const mendedAt = Date.now();
        const verdict = await settle(place, ireserve, ledger, options.patienceMs);
        const arrivals = verdict.arrivals.toSorted((a, b) => a - b);
        const resume = killedAt.flatMap((at) => {
            const next = arrivals.find((arrival) => arrival > at);
            return next === undefined ? [] : [next - at];
        });
        const struck: Record<string, number> = {};
        for (const proxy of [toMattermost, toIreserve])
            for (const [kind, times] of Object.entries(proxy.counts().struck)) struck[kind] = (struck[kind] ?? 0) + times;
        return {
            verdict,
            complaints: ledger.complaints,
            crashes: bridges.crashes,
            figures: {
                place: place.name,
                fromVisitors: ledger.chats.reduce((sum, chat) => sum + chat.visitor.length, 0),
                fromAgents: ledger.chats.reduce((sum, chat) => sum + chat.agents.length, 0),
                sentLater: ledger.chats.reduce((sum, chat) => sum + chat.agents.filter((said) => said.sentLater).length, 0),
                kills: killedAt.length,
                ...done,
                faults: struck,
                resume,
                up: bridges.upAfter,
                settledAfter: Date.now() - mendedAt,
            },
            folder,
            remove: site.remove,
        };
    }
}

/** Every kind as often as every other, all together at this rate; but a server that says "too many" makes everything wait. */
function rulesFor(rate: number): FaultRule[] {
    const each = rate / REQUEST_FAULTS.length;
    return [
        ...REQUEST_FAULTS.map((kind): FaultRule => ({kind, rate: kind === 'too-many' ? each / 4 : each})),
        {kind: 'refused', rate},
        {kind: 'silent', rate},
    ];
}

async function watchRoots(place: SoakPlace, ledger: Ledger, goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
        await refreshRoots(place, ledger);
        await after(500);
    }
}

/** Does something so many times, at moments drawn, one in each pause; what takes longer is waited for. */
async function every(times: number, pauseMs: number, draw: () => number, act: (draw: () => number) => Promise<void>): Promise<void> {
    const began = Date.now();
    for (let n = 0; n < times; n++) {
        await after(Math.max(0, began + (n + draw()) * pauseMs - Date.now()));
        await act(draw);
    }
}

const LOOK_MS = 500;
/** How long people wait for an answer they were asked about to leave, before they press again. */
const PRESS_MS = 5000;
/** Longer than the longest back-off: what does not change for so long stays as it is. */
const STILL_MS = 75_000;

/** Looks until nothing is wrong any more, nothing changes any more, or patience ends. */
async function settle(place: SoakPlace, ireserve: IreserveDouble, ledger: Ledger, patienceMs: number): Promise<Verdict> {
    const look = async () =>
        judge({
            ledger,
            posts: await place.posts(),
            conversation: ireserve.conversation,
            attempts: ireserve.callbackAttempts,
            received: ireserve.received,
        });
    const deadline = Date.now() + patienceMs;
    let [before, changedAt, pressedAt] = ['', Date.now(), 0];
    for (;;) {
        const verdict = await look();
        const clean = verdict.asked.length === 0 && COLUMNS.every((column) => verdict.found[column].length === 0);
        const now = JSON.stringify([verdict.found, verdict.arrivals.length, verdict.asked.length]);
        if (now !== before) [before, changedAt] = [now, Date.now()];
        if (clean || Date.now() > Math.min(deadline, changedAt + STILL_MS)) return verdict;
        if (Date.now() - pressedAt > PRESS_MS) {
            pressedAt = Date.now();
            for (const said of verdict.asked) await sendAfterAll({place, ledger}, said);
        }
        await after(LOOK_MS);
    }
}
