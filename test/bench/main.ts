/**
 * What the bridge costs: the same posts made directly and through it, in turns, on one machine in one run. Ratios are what to read.
 *
 * `make bench`; with MATTERMOST_URL and MATTERMOST_ADMIN_TOKEN also against that server. BENCH_SECONDS sets the length of one measurement.
 */
import {writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {type BenchBridge, startBenchBridge, startDouble, type Target, useServer} from './peers.ts';
import {compareReplies, type ReplyRow, startSink} from './replies.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const ROUNDS = 3;
const THREADS = 64;
const TEXT =
    'Good morning! We would like to rent two kayaks for Saturday, is there still something free from ten o’clock on? Thank you very much in advance, greetings, Anna.';

type Sample = {perSecond: number; p50: number; p99: number};
type Send = (index: number) => Promise<void>;

/** Keeps `inFlight` requests going for a while; throws when one fails, since a failed request must not count as a fast one. */
async function measure(send: Send, inFlight: number, seconds: number, from: number): Promise<Sample & {next: number}> {
    const times: number[] = [];
    let next = from;
    const until = performance.now() + seconds * 1000;
    const startedAt = performance.now();
    const worker = async () => {
        while (performance.now() < until) {
            const before = performance.now();
            await send(next++);
            times.push(performance.now() - before);
        }
    };
    await Promise.all(Array.from({length: inFlight}, worker));
    const elapsed = (performance.now() - startedAt) / 1000;
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return {perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99), next};
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

async function request(url: string, token: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, {
        method: 'POST',
        headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers},
        body: JSON.stringify(body),
    });
}

const run = Date.now().toString(36);
let counter = 0;
const event = (type: string, data: object) => ({id: `${run}-${counter++}`, type, timestamp: new Date().toISOString(), data});
const visitor = {type: 'visitor', name: 'Anna de Vries'};

function directly(target: Target): {root: Send; reply: Send; prepare(): Promise<void>} {
    const roots: string[] = [];
    const post = async (root_id: string) => {
        const id = `${run}-direct-${counter++}`;
        const response = await request(`${target.url}/api/v4/posts`, target.botToken, {
            channel_id: target.channelId,
            root_id,
            message: `**Anna de Vries** · visitor\n${TEXT}`,
            pending_post_id: id,
            props: {ireserve: {v: 1, integration: 'bench', conversation: id, key: id, kind: 'message'}, unsafe_links: 'true'},
        });
        if (response.status !== 201) throw new Error(`direct post: ${response.status} ${await response.text()}`);
        return ((await response.json()) as {id: string}).id;
    };
    return {
        root: async () => void (await post('')),
        reply: async (index) => void (await post(roots[index % roots.length] ?? '')),
        async prepare() {
            roots.length = 0;
            for (let index = 0; index < THREADS; index++) roots.push(await post(''));
        },
    };
}

function throughBridge(bridge: BenchBridge): {root: Send; reply: Send; prepare(): Promise<void>} {
    let generation = 0;
    const push = async (body: object) => {
        const response = await request(`${bridge.url}/v1/events`, bridge.token, body, {prefer: 'wait=30'});
        const answer = (await response.json()) as {state?: string};
        if (answer.state !== 'delivered') throw new Error(`through the bridge: ${response.status} ${JSON.stringify(answer)}`);
    };
    const conversation = (index: number) => `${run}-g${generation}-${index % THREADS}`;
    return {
        root: (index) =>
            push(event('conversation.started', {conversation_id: `${run}-root-${generation}-${index}`, visitor: {name: 'Anna de Vries'}})),
        reply: (index) =>
            push(event('message.created', {conversation_id: conversation(index), message_id: `m${counter}`, author: visitor, text: TEXT})),
        async prepare() {
            generation++;
            for (let index = 0; index < THREADS; index++) {
                await push(event('conversation.started', {conversation_id: conversation(index), visitor: {name: 'Anna de Vries'}}));
            }
        },
    };
}

type Row = {
    target: string;
    what: 'root' | 'reply';
    inFlight: number;
    direct: Sample;
    bridge: Sample;
    throughput: number;
    p50: number;
    p99: number;
};

async function compare(target: Target, bridge: BenchBridge): Promise<Row[]> {
    const rows: Row[] = [];
    const direct = directly(target);
    const relayed = throughBridge(bridge);
    let next = 0;
    for (const what of ['root', 'reply'] as const) {
        for (const inFlight of [1, 8, 32]) {
            const pairs: {direct: Sample; bridge: Sample}[] = [];
            for (let turn = 0; turn < ROUNDS; turn++) {
                // Fresh threads each time: a reply costs the server time proportional to its thread's length.
                await direct.prepare();
                await relayed.prepare();
                const one = await measure(direct[what], inFlight, SECONDS, next);
                const two = await measure(relayed[what], inFlight, SECONDS, one.next);
                next = two.next;
                pairs.push({direct: one, bridge: two});
            }
            const ratio = (of: (sample: Sample) => number) => round(median(pairs.map((pair) => of(pair.bridge) / of(pair.direct))));
            const middle = (of: (pair: (typeof pairs)[number]) => Sample): Sample => ({
                perSecond: round(median(pairs.map((pair) => of(pair).perSecond)), 0),
                p50: round(median(pairs.map((pair) => of(pair).p50))),
                p99: round(median(pairs.map((pair) => of(pair).p99))),
            });
            const row: Row = {
                target: target.name,
                what,
                inFlight,
                direct: middle((pair) => pair.direct),
                bridge: middle((pair) => pair.bridge),
                throughput: ratio((sample) => sample.perSecond),
                p50: ratio((sample) => sample.p50),
                p99: ratio((sample) => sample.p99),
            };
            rows.push(row);
            print(row);
        }
    }
    return rows;
}

function print(row: Row): void {
    const cell = (text: string | number, width: number) => String(text).padStart(width);
    process.stdout.write(
        `${row.target.padEnd(18)} ${row.what.padEnd(6)}${cell(row.inFlight, 3)} in flight | direct ${cell(row.direct.perSecond, 5)}/s p50 ${cell(row.direct.p50, 7)} p99 ${cell(row.direct.p99, 7)} ms` +
            ` | bridge ${cell(row.bridge.perSecond, 5)}/s p50 ${cell(row.bridge.p50, 7)} p99 ${cell(row.bridge.p99, 7)} ms` +
            ` | ratio throughput ${cell(row.throughput, 5)}  p50 ${cell(row.p50, 5)}  p99 ${cell(row.p99, 5)}\n`,
    );
}

/** Durable accepts per second: single events, 64 in flight, nothing delivered meanwhile (paused), then while delivering; and batches of 100. */
async function accepts(bridge: BenchBridge): Promise<Record<string, number>> {
    const message = () =>
        event('message.created', {
            conversation_id: `${run}-accept-${counter % 500}`,
            message_id: `a${counter}`,
            author: visitor,
            text: TEXT,
        });
    const single: Send = async () => {
        const response = await request(`${bridge.url}/v1/events`, bridge.token, message());
        if (response.status !== 202) throw new Error(`accept: ${response.status} ${await response.text()}`);
        await response.arrayBuffer();
    };
    const batch: Send = async () => {
        const response = await request(`${bridge.url}/v1/events`, bridge.token, {events: Array.from({length: 100}, message)});
        if (response.status !== 202) throw new Error(`accept: ${response.status} ${await response.text()}`);
        await response.arrayBuffer();
    };
    await bridge.setState('paused');
    await measure(single, 64, 1, 0);
    const paused = await measure(single, 64, SECONDS, 0);
    const batches = await measure(batch, 4, SECONDS, 0);
    await bridge.setState('active');
    const delivering = await measure(single, 64, SECONDS, 0);
    return {
        'accepts/s, single events': round(paused.perSecond, 0),
        'accepts/s, batches of 100': round(batches.perSecond * 100, 0),
        'accepts/s, single events while delivering': round(delivering.perSecond, 0),
    };
}

async function main(): Promise<void> {
    const {MATTERMOST_URL, MATTERMOST_ADMIN_TOKEN} = process.env;
    const started = new Date();
    process.stdout.write(`${cpus().length} cores, Node ${process.version}, ${ROUNDS} rounds of ${SECONDS} s each\n`);
    const targets: (() => Promise<Target>)[] = [startDouble];
    if (MATTERMOST_URL && MATTERMOST_ADMIN_TOKEN) targets.push(() => useServer(MATTERMOST_URL, MATTERMOST_ADMIN_TOKEN));
    else process.stdout.write('no real server: set MATTERMOST_URL and MATTERMOST_ADMIN_TOKEN to measure against one too\n');
    const rows: Row[] = [];
    const answers: ReplyRow[] = [];
    let figures: Record<string, number | null> = {};
    for (const start of targets) {
        const target = await start();
        const sink = await startSink();
        const bridge = await startBenchBridge(target, sink.url);
        try {
            const idle = bridge.rssMb();
            rows.push(...(await compare(target, bridge)));
            answers.push(...(await compareReplies(target, bridge, sink, SECONDS, ROUNDS)));
            if (target.name === 'double') {
                const loaded = bridge.rssMb();
                figures = {
                    'RSS MB, idle': idle,
                    'RSS MB, after delivering': loaded,
                    ...(await accepts(bridge)),
                    'RSS MB, after the accepts': bridge.rssMb(),
                };
                for (const [name, value] of Object.entries(figures))
                    process.stdout.write(`${name.padEnd(45)} ${value ?? 'not known on this system'}\n`);
            }
        } finally {
            await bridge.stop();
            await sink.stop();
            await target.stop();
        }
    }
    writeFileSync(
        'bench.json',
        `${JSON.stringify({started: started.toISOString(), cores: cpus().length, node: process.version, seconds: SECONDS, rows, answers, figures}, null, 2)}\n`,
    );
    process.stdout.write('written: bench.json\n');
}

await main();
