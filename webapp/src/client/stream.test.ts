import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import type {BridgeError} from './bridge.ts';
import {createParser, openStream, type Stream, type StreamEvent} from './stream.ts';

let stream: Stream | undefined;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
    stream?.stop();
    vi.useRealTimers();
});

type Opened = {lastId: string; say(text: string): void; end(): void; signal: AbortSignal};

const AWAY: BridgeError = {code: 'unreachable', detail: '', status: 0, failure: {kind: 'bridge_unreachable', why: 'network', url: ''}};
const REFUSED: BridgeError = {code: 'session_expired', detail: '', status: 401};

/** @param error why there is no stream; a test may take it back */
function start({error = null, isSilent = false}: {error?: BridgeError | null; isSilent?: boolean} = {}) {
    const bridge = {error};
    const opened: Opened[] = [];
    const events: StreamEvent[] = [];
    const lives: string[] = [];
    const onResync = vi.fn(async () => true);
    stream = openStream({
        open: async (lastId, signal) => {
            let controller!: ReadableStreamDefaultController<Uint8Array>;
            const body = new ReadableStream<Uint8Array>({
                start(given) {
                    controller = given;
                },
            });
            signal.addEventListener('abort', () => controller.error(new Error('aborted')));
            const say = (text: string) => controller.enqueue(new TextEncoder().encode(text));
            opened.push({lastId, signal, say, end: () => controller.close()});
            if (isSilent) controller.close();
            return bridge.error ? {ok: false, error: bridge.error} : {ok: true, data: new Response(body)};
        },
        onEvent: (event) => events.push(event),
        onResync,
        onLive: (live) => lives.push(live),
        now: () => Date.now(),
        random: () => 1,
    });
    return {bridge, opened, events, lives, onResync};
}

const settle = () => vi.advanceTimersByTimeAsync(1);

test('frames come in whatever pieces they are cut into; comments and broken data are passed over', () => {
    const events: unknown[] = [];
    const parse = createParser((event, data, id) => events.push([event, data, id]));
    for (const piece of [
        'id: 7\nev',
        'ent: conversation\ndata: {"a":',
        '1}\n',
        '\n: keep-alive\n\nevent: typing\ndata: {oops\n\n',
        'event: bye\ndata: {}\n\n',
    ])
        parse(piece);
    expect(events).toEqual([
        ['conversation', {a: 1}, '7'],
        ['bye', {}, ''],
    ]);
});

test('goes on from the last id after a break, without loading again when the bridge resumes', async () => {
    const {opened, events, onResync} = start();
    await settle();
    opened[0]?.say('id: 41\nevent: hello\ndata: {"resumed":false}\n\n');
    await settle();
    expect(onResync).toHaveBeenCalledTimes(1);
    opened[0]?.end();
    await vi.advanceTimersByTimeAsync(1100);
    expect(opened[1]?.lastId).toBe('41');
    opened[1]?.say('id: 42\nevent: hello\ndata: {"resumed":true}\n\nevent: typing\ndata: {}\n\n');
    await settle();
    expect(onResync).toHaveBeenCalledTimes(1);
    expect(events.map(({event}) => event)).toEqual(['hello', 'hello', 'typing']);
});

test('a reset means: load everything again', async () => {
    const {opened, onResync} = start();
    await settle();
    opened[0]?.say('event: hello\ndata: {"resumed":true}\n\nevent: reset\ndata: {}\n\n');
    await settle();
    expect(onResync).toHaveBeenCalledTimes(1);
});

test('who is silent for too long is given up', async () => {
    const {opened} = start();
    await settle();
    opened[0]?.say('event: hello\ndata: {"resumed":true}\n\n');
    await vi.advanceTimersByTimeAsync(40_000);
    expect(opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(opened.length).toBeGreaterThan(1);
});

test('after three streams that brought nothing it asks every ten seconds, and tries a stream again later', async () => {
    const {opened, lives, onResync} = start({isSilent: true});
    await vi.advanceTimersByTimeAsync(8000);
    expect(opened).toHaveLength(3);
    expect(lives.at(-1)).toBe('polling');
    const before = onResync.mock.calls.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(onResync.mock.calls.length - before).toBe(2);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(opened.length).toBeGreaterThan(3);
});

test('while the bridge is away it is tried for at growing waits of five seconds at most, for as long as that lasts', async () => {
    const {bridge, opened, lives} = start({error: AWAY});
    const at: number[] = [];
    for (let passed = 0; passed < 600; passed++) {
        const before = opened.length;
        await vi.advanceTimersByTimeAsync(100);
        if (opened.length > before) at.push(passed * 100);
    }
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(waits.slice(0, 3)).toEqual([...waits.slice(0, 3)].sort((a, b) => a - b));
    expect(waits[0]).toBeLessThan(2000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5100);
    expect(waits.length).toBeGreaterThan(10);
    expect(lives).not.toContain('polling');
    bridge.error = null;
    const before = opened.length;
    await vi.advanceTimersByTimeAsync(5000);
    opened[before]?.say('event: hello\ndata: {"resumed":true}\n\n');
    await settle();
    expect(lives.at(-1)).toBe('stream');
});

test('a bridge that says no is not asked again and again', async () => {
    const {opened} = start({error: REFUSED});
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(opened.length).toBeLessThan(50);
});

test.each(['wake', 'tryNow'] as const)('%s does not sit out the wait', async (what) => {
    const {opened} = start({error: AWAY});
    await settle();
    stream?.[what]();
    await settle();
    expect(opened).toHaveLength(2);
});

test('stopped is stopped', async () => {
    const {opened} = start();
    await settle();
    stream?.stop();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.signal.aborted).toBe(true);
});
