/** Changes as they happen: Server-Sent Events over fetch (EventSource can't send a bearer), and questions every few seconds where that fails. */
import type {BridgeError, Result} from './bridge.ts';

export type StreamEvent = {event: string; data: unknown};
export type Live = 'stream' | 'polling' | 'down';

export type StreamOptions = {
    open: (lastId: string, signal: AbortSignal) => Promise<Result<Response>>;
    onEvent: (event: StreamEvent) => void;
    /** Something may have been missed: load again. @returns whether the bridge answered */
    onResync: () => Promise<boolean>;
    onLive: (live: Live) => void;
    now: () => number;
    random: () => number;
};

export type Stream = {stop(): void; wake(): void; tryNow(): void};

/** The bridge says something every 20 s at least; who is silent for so long is gone. */
const SILENT_MS = 45_000;
const FIRST_WAIT_MS = 1000;
const GROWTH = 1.6;
/** While nobody answers: an agent who sees that the bridge is away should soon see that it is back. */
const LONGEST_AWAY_MS = 5000;
/** While the bridge answers that it does not want to. */
const LONGEST_REFUSED_MS = 30_000;
/** So many streams in a row that brought nothing: a proxy keeps them back. */
const MOST_SILENT = 3;
const POLL_MS = 10_000;
/** While polling, every so many polls a stream is tried again. */
const POLLS_PER_TRY = 12;

export function openStream({open, onEvent, onResync, onLive, now, random}: StreamOptions): Stream {
    let stopped = false;
    let lastId = '';
    let heardAt = 0;
    let abort = new AbortController();
    let endWait = () => {};

    const wait = (ms: number): Promise<void> =>
        new Promise((resolve) => {
            const timer = setTimeout(resolve, ms);
            endWait = () => {
                clearTimeout(timer);
                resolve();
            };
        });

    /** Until it ends. @returns what came of it: `silent` was opened, and brought nothing */
    async function follow(): Promise<'followed' | 'silent' | 'away' | 'refused'> {
        abort = new AbortController();
        const {signal} = abort;
        const current = abort;
        heardAt = now();
        const watchdog = setInterval(() => now() - heardAt > SILENT_MS && current.abort(), SILENT_MS / 9);
        let said = false;
        try {
            const answer = await open(lastId, signal);
            if (!answer.ok) return isAway(answer.error) ? 'away' : 'refused';
            if (!answer.data.body) return 'silent';
            const parse = createParser((event, data, id) => {
                if (id) lastId = id;
                if (!said) onLive('stream');
                said = true;
                if (event === 'hello' ? (data as {resumed?: boolean} | null)?.resumed !== true : event === 'reset') void onResync();
                onEvent({event, data});
            });
            const reader = answer.data.body.pipeThrough(new TextDecoderStream()).getReader();
            for (;;) {
                const {done, value} = await reader.read();
                if (done || signal.aborted) return said ? 'followed' : 'silent';
                heardAt = now();
                parse(value);
            }
        } catch {
            return said ? 'followed' : 'silent';
        } finally {
            clearInterval(watchdog);
            // Lets go of a body that was not read to its end.
            current.abort();
        }
    }

    async function poll(): Promise<void> {
        for (let polls = 0; polls < POLLS_PER_TRY && !stopped; polls++) {
            const answered = await onResync();
            onLive(answered ? 'polling' : 'down');
            if (!answered) return;
            if (!stopped) await wait(POLL_MS);
        }
    }

    async function run(): Promise<void> {
        let silent = 0;
        let tries = 0;
        while (!stopped) {
            const came = await follow();
            if (stopped) return;
            if (came === 'followed') {
                silent = 0;
                tries = 0;
                await wait(FIRST_WAIT_MS * random());
                continue;
            }
            if (came === 'silent' && ++silent >= MOST_SILENT) {
                await poll();
                if (stopped) return;
            } else onLive('down');
            const longest = came === 'refused' ? LONGEST_REFUSED_MS : LONGEST_AWAY_MS;
            await wait(Math.min(longest, FIRST_WAIT_MS * GROWTH ** tries++) * (0.5 + random() / 2));
        }
    }

    void run();
    return {
        stop() {
            stopped = true;
            abort.abort();
            endWait();
        },
        /** The computer slept, or the network was away: don't sit out a wait, and don't believe a silent connection. */
        wake() {
            if (now() - heardAt > SILENT_MS / 2) abort.abort();
            endWait();
        },
        /** The bridge has just answered something else: it is back. */
        tryNow: () => endWait(),
    };
}

const isAway = ({failure, status}: BridgeError): boolean =>
    failure ? failure.kind === 'bridge_unreachable' : status === 0 || status >= 500;

/** Takes the stream in whatever pieces it comes. */
export function createParser(onEvent: (event: string, data: unknown, id: string) => void): (piece: string) => void {
    let rest = '';
    return (piece) => {
        const frames = (rest + piece).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
            const found: Record<string, string> = {};
            for (const line of frame.split('\n')) {
                const [, name = '', value = ''] = /^(\w*): ?(.*)$/.exec(line) ?? [];
                found[name] = value;
            }
            if (!found.event) continue;
            let data: unknown = null;
            try {
                data = JSON.parse(found.data ?? 'null');
            } catch {
                continue;
            }
            onEvent(found.event, data, found.id ?? '');
        }
    };
}
