/** One bot's event stream from Mattermost, kept open: resumed where the server allows it, and honest about gaps where it does not. */
import {WebSocket} from 'ws';

export type SocketEvent = {event: string; data: Record<string, unknown>; broadcast: Record<string, unknown>};

export type SocketOptions = {
    /** Base URL of the server. */
    url: string;
    token: string;
    /** Connected; `gap`: events may have been missed, so catch up. */
    onUp: (gap: boolean) => void;
    onEvent: (event: SocketEvent) => void;
    /** With the reason; it is tried again by itself. */
    onDown: (reason: string) => void;
    random: () => number;
    /** First and longest wait before connecting again, ms. */
    retry?: {first: number; longest: number};
    /** How often the server is asked whether it is there, ms. */
    pingMs?: number;
};

export type Socket = {close(): void; isUp(): boolean};

/** After a resume without `hello` nothing says that it worked, until an event does; a `hello` would have come by then. */
const RESUMED_AFTER_MS = 1000;
/**
 * Mattermost's own action `ping`, as its web app uses it: a proxy in between would answer a ping of the WebSocket protocol for a server that is
 * gone. Counted, not timed: a process that was held up asks less often, and must not take its own pause for the server's silence.
 */
const PING_MS = 1500;
const MOST_UNANSWERED = 2;
const LONGEST_FRAME = 4 * 1024 * 1024;

export function openSocket({
    url,
    token,
    onUp,
    onEvent,
    onDown,
    random,
    retry = {first: 250, longest: 10_000},
    pingMs = PING_MS,
}: SocketOptions): Socket {
    const address = `${url.replace(/^http/, 'ws')}/api/v4/websocket`;
    let closed = false;
    let up = false;
    let failures = 0;
    let connection_id = '';
    let expected = 0;
    let socket: WebSocket | null = null;
    let timer: NodeJS.Timeout | undefined;

    function connect(): void {
        if (closed) return;
        const resuming = connection_id !== '';
        const query = resuming ? `?connection_id=${encodeURIComponent(connection_id)}&sequence_number=${expected}` : '';
        const mine = new WebSocket(address + query, {
            headers: {authorization: `Bearer ${token}`},
            maxPayload: LONGEST_FRAME,
            handshakeTimeout: 10_000,
            followRedirects: false,
        });
        socket = mine;
        let asked = 0;
        let unanswered = 0;
        let reason = 'closed by the server';
        const heard = () => {
            unanswered = 0;
        };
        const heartbeat = setInterval(() => {
            if (mine.readyState !== WebSocket.OPEN) return;
            if (unanswered < MOST_UNANSWERED) {
                unanswered++;
                mine.send(JSON.stringify({seq: ++asked, action: 'ping', data: {}}));
                return;
            }
            // After a pause of ours the answers are here, and not read yet: they come first.
            setImmediate(() => {
                if (unanswered < MOST_UNANSWERED) return;
                reason = 'the server stopped answering';
                mine.terminate();
            });
        }, pingMs);
        const settle = resuming ? setTimeout(() => ready(false), RESUMED_AFTER_MS) : undefined;

        function ready(gap: boolean): void {
            clearTimeout(settle);
            if (mine !== socket || up || closed || mine.readyState !== WebSocket.OPEN) return;
            up = true;
            failures = 0;
            onUp(gap);
        }

        mine.on('ping', heard);
        mine.on('message', (data, binary) => {
            heard();
            if (mine !== socket || binary) return;
            const frame = parsed(String(data));
            if (!frame || typeof frame.event !== 'string') return;
            const {event, seq} = frame;
            const body = {event, data: record(frame.data), broadcast: record(frame.broadcast)};
            if (event === 'hello') {
                connection_id = typeof body.data.connection_id === 'string' ? body.data.connection_id : '';
                expected = (typeof seq === 'number' ? seq : 0) + 1;
                // Late, when a resume seemed to have worked already.
                if (up) onUp(true);
                else ready(true);
                return;
            }
            if (typeof seq === 'number') {
                if (seq !== expected) {
                    // Lost in between: start afresh, which catches up.
                    reason = `expected event ${expected}, received ${seq}`;
                    connection_id = '';
                    mine.terminate();
                    return;
                }
                expected = seq + 1;
            }
            ready(false);
            onEvent(body);
        });
        mine.on('unexpected-response', (_request, response) => {
            reason = `the server answered ${response.statusCode ?? 0}`;
            response.resume();
            mine.terminate();
        });
        mine.on('error', (error) => {
            if (reason === 'closed by the server') reason = error.message;
        });
        mine.on('close', () => {
            clearInterval(heartbeat);
            clearTimeout(settle);
            if (mine !== socket || closed) return;
            const was = up;
            up = false;
            // Refused with what was to be resumed: not again.
            if (!was && resuming) connection_id = '';
            if (was || failures === 0) onDown(reason);
            const wait =
                was || (resuming && failures === 0) ? retry.first : Math.min(retry.longest, retry.first * 2 ** Math.min(failures, 10));
            failures++;
            timer = setTimeout(connect, wait * (0.5 + random() / 2));
        });
    }

    connect();
    return {
        close() {
            closed = true;
            up = false;
            clearTimeout(timer);
            socket?.terminate();
        },
        isUp: () => up,
    };
}

function parsed(text: string): Record<string, unknown> | null {
    try {
        const value = JSON.parse(text) as unknown;
        return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
    } catch {
        return null;
    }
}

const record = (value: unknown): Record<string, unknown> =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
