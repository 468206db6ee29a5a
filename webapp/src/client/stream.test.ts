import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createParser, openStream, type Stream, type StreamEvent} from './stream.ts';

let stream: Stream | undefined;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
    stream?.stop();
    vi.useRealTimers();
});

type Opened = {lastId: string; say(text: string): void; end(): void; signal: AbortSignal};

function start({works = true}: {works?: boolean} = {}) {
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
            return works ? {ok: true, data: new Response(body)} : {ok: false, error: {code: 'unreachable', detail: '', status: 0}};
        },
        onEvent: (event) => events.push(event),
        onResync,
        onLive: (live) => lives.push(live),
        now: () => Date.now(),
        random: () => 1,
    });
    return {opened, events, lives, onResync};
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

test('after three vain tries it asks every ten seconds, and tries a stream again later', async () => {
    const {opened, lives, onResync} = start({works: false});
    await vi.advanceTimersByTimeAsync(8000);
    expect(opened).toHaveLength(3);
    expect(lives.at(-1)).toBe('polling');
    const before = onResync.mock.calls.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(onResync.mock.calls.length - before).toBe(2);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(opened.length).toBeGreaterThan(3);
});

test('waking up does not sit out the wait', async () => {
    const {opened} = start({works: false});
    await settle();
    stream?.wake();
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
