import {WebSocket} from 'ws';
import type {Client, Loose} from './client.ts';
import {eventually} from './wait.ts';

export type Event = {
    readonly event: string;
    readonly data: Loose;
    readonly broadcast: Readonly<Record<string, unknown>>;
    readonly seq: number;
    /** in answers to actions */
    readonly seq_reply?: number;
    readonly status?: string;
};

export type Stream = {
    readonly events: readonly Event[];
    /** the first event that fits */
    waitFor(name: string, fits?: (event: Event) => boolean): Promise<Event>;
    send(frame: unknown): void;
    /** without a closing handshake, as when the network goes */
    cut(): void;
    close(): Promise<void>;
    readonly closed: Promise<void>;
};

export type StreamOptions = {
    /** how to log in; default the header */
    readonly login?: 'header' | 'challenge' | 'none';
    readonly query?: string;
    readonly origin?: string;
};

/** Opens an event stream and waits until the socket is open (not for `hello`). */
export async function openStream(url: string, client: Client, options: StreamOptions = {}): Promise<Stream> {
    const login = options.login ?? 'header';
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v4/websocket${options.query ?? ''}`, {
        headers: login === 'header' ? {Authorization: `Bearer ${client.token}`} : {},
        ...(options.origin === undefined ? {} : {origin: options.origin}),
    });
    const events: Event[] = [];
    socket.on('message', (raw: Buffer) => events.push(JSON.parse(raw.toString('utf8')) as Event));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
    });
    socket.on('error', () => socket.terminate());
    if (login === 'challenge') {
        socket.send(JSON.stringify({seq: 1, action: 'authentication_challenge', data: {token: client.token}}));
    }
    return {
        events,
        waitFor: (name, fits = () => true) =>
            eventually(`event ${name}`, () => events.find((event) => event.event === name && fits(event))),
        send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
        cut: () => socket.terminate(),
        async close() {
            socket.terminate();
            await closed;
        },
        closed,
    };
}

/** The post inside a `posted`, `post_edited` or `post_deleted` event: JSON within JSON. */
export function postIn(event: Event): Loose {
    return JSON.parse(String(event.data.post)) as Loose;
}
