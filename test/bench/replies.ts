/**
 * The other direction: from an agent's post in Mattermost to the callback at i-Reserve. Beside it, in turns, what the same would take without a
 * bridge: the post, and one plain request to the same address. Both with a number of agents at once, each in a thread of their own.
 */
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {BenchBridge, Target} from './peers.ts';

export type Sink = {url: string; waitFor(message_id: string): Promise<void>; stop(): Promise<void>};

/** i-Reserve, as fast as it can be: takes every callback and tells who waits for it. */
export async function startSink(): Promise<Sink> {
    const arrived = new Set<string>();
    const waiting = new Map<string, () => void>();
    const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
            response.setHeader('content-type', 'application/json');
            response.end('{}');
            const {data} = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {data?: {message_id?: string}};
            const id = data?.message_id;
            if (!id) return;
            arrived.add(id);
            waiting.get(id)?.();
            waiting.delete(id);
        });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        waitFor: (id) =>
            new Promise((resolve) => {
                if (arrived.has(id)) resolve();
                else waiting.set(id, resolve);
            }),
        async stop() {
            server.closeAllConnections();
            server.close();
        },
    };
}

type Sample = {perSecond: number; p50: number; p99: number};
export type ReplyRow = {target: string; agents: number; direct: Sample; bridge: Sample; throughput: number; p50: number; p99: number};

const TEXT = 'Good morning Anna, the two kayaks are yours on Saturday from ten o’clock on. Do you need life jackets for children as well?';

export async function compareReplies(
    target: Target,
    bridge: BenchBridge,
    sink: Sink,
    seconds: number,
    rounds: number,
): Promise<ReplyRow[]> {
    const rows: ReplyRow[] = [];
    for (const agents of [1, 8]) {
        const pairs: {direct: Sample; bridge: Sample}[] = [];
        for (let turn = 0; turn < rounds; turn++) {
            const direct = await measure(agents, seconds, await threads(bridge, agents), async (root_id) => {
                const message_id = await post(target, root_id, `// ${TEXT}`);
                const response = await fetch(sink.url, {method: 'POST', body: JSON.stringify({data: {message_id, text: TEXT}})});
                await response.arrayBuffer();
            });
            const relayed = await measure(agents, seconds, await threads(bridge, agents), async (root_id) =>
                sink.waitFor(await post(target, root_id, TEXT)),
            );
            pairs.push({direct, bridge: relayed});
        }
        const ratio = (of: (sample: Sample) => number) => Number(median(pairs.map((pair) => of(pair.bridge) / of(pair.direct))).toFixed(2));
        const middle = (pick: (pair: (typeof pairs)[number]) => Sample): Sample => ({
            perSecond: Math.round(median(pairs.map((pair) => pick(pair).perSecond))),
            p50: Number(median(pairs.map((pair) => pick(pair).p50)).toFixed(1)),
            p99: Number(median(pairs.map((pair) => pick(pair).p99)).toFixed(1)),
        });
        const row: ReplyRow = {
            target: target.name,
            agents,
            direct: middle((pair) => pair.direct),
            bridge: middle((pair) => pair.bridge),
            throughput: ratio(({perSecond}) => perSecond),
            p50: ratio(({p50}) => p50),
            p99: ratio(({p99}) => p99),
        };
        rows.push(row);
        process.stdout.write(
            `${row.target.padEnd(18)} answer ${String(agents).padStart(2)} agents    | direct ${row.direct.perSecond}/s p50 ${row.direct.p50} p99 ${row.direct.p99} ms` +
                ` | post → callback ${row.bridge.perSecond}/s p50 ${row.bridge.p50} p99 ${row.bridge.p99} ms | ratio throughput ${row.throughput}  p50 ${row.p50}  p99 ${row.p99}\n`,
        );
    }
    return rows;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

let counter = 0;

/** Fresh threads each time: a reply costs the server time proportional to its thread's length. */
async function threads(bridge: BenchBridge, count: number): Promise<string[]> {
    const roots: string[] = [];
    for (let index = 0; index < count; index++) {
        const conversation_id = `answers-${Date.now().toString(36)}-${counter++}`;
        const response = await fetch(`${bridge.url}/v1/events`, {
            method: 'POST',
            headers: {authorization: `Bearer ${bridge.token}`, 'content-type': 'application/json', prefer: 'wait=30'},
            body: JSON.stringify({
                id: `evt-${conversation_id}`,
                type: 'conversation.started',
                timestamp: new Date().toISOString(),
                data: {conversation_id, visitor: {name: 'Anna de Vries'}},
            }),
        });
        const {thread} = (await response.json()) as {thread?: {root_id: string}};
        if (!thread) throw new Error(`no thread: ${response.status}`);
        roots.push(thread.root_id);
    }
    return roots;
}

async function post({url, agentToken, channelId}: Target, root_id: string, message: string): Promise<string> {
    const response = await fetch(`${url}/api/v4/posts`, {
        method: 'POST',
        headers: {authorization: `Bearer ${agentToken}`, 'content-type': 'application/json'},
        body: JSON.stringify({channel_id: channelId, root_id, message}),
    });
    if (response.status !== 201) throw new Error(`the agent’s post: ${response.status} ${await response.text()}`);
    return ((await response.json()) as {id: string}).id;
}

/** Each agent one answer after the other, in a thread of the agent's own. */
async function measure(
    agents: number,
    seconds: number,
    roots: readonly string[],
    answer: (root_id: string) => Promise<void>,
): Promise<Sample> {
    const times: number[] = [];
    const startedAt = performance.now();
    const until = startedAt + seconds * 1000;
    await Promise.all(
        Array.from({length: agents}, async (_, index) => {
            while (performance.now() < until) {
                const before = performance.now();
                await answer(roots[index] ?? '');
                times.push(performance.now() - before);
            }
        }),
    );
    const elapsed = (performance.now() - startedAt) / 1000;
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return {perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99)};
}
