import type {IncomingMessage, Server} from 'node:http';
import {type WebSocket, WebSocketServer} from 'ws';
import {cookieOf} from '../http/call.ts';
import {toChannel, toUser} from '../posts/events.ts';
import {isValidId} from '../state/ids.ts';
import {whoHas} from '../state/people.ts';
import {mayPost} from '../state/permissions.ts';
import type {World} from '../state/world.ts';
import type {Connection} from './hub.ts';

const CHALLENGE_MS = 5_000;
const PING_MS = 60_000;
const MAX_FRAME_BYTES = 8 * 1024;
/** How long a connection without a socket may still be resumed. */
const RESUME_MS = 5 * 60 * 1000;

/** Serves `/api/v4/websocket`. */
export function acceptSockets(world: World, server: Server): {close(): Promise<void>} {
    const accepting = new WebSocketServer({noServer: true, maxPayload: MAX_FRAME_BYTES});
    const unanswered = new Set<WebSocket>();
    server.on('upgrade', (req, socket, head) => {
        const url = new URL(req.url ?? '/', 'http://localhost');
        const fault = world.faults.strike('GET /websocket');
        if (url.pathname.replace(/\/$/, '') !== '/api/v4/websocket' || fault !== undefined) {
            socket.destroy();
            return;
        }
        if (!originAllowed(req)) {
            socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
            return;
        }
        accepting.handleUpgrade(req, socket, head, (ws) => {
            unanswered.add(ws);
            ws.once('close', () => unanswered.delete(ws));
            serve(world, ws, req, url);
        });
    });
    return {
        async close() {
            for (const ws of [...accepting.clients, ...unanswered]) {
                ws.terminate();
            }
            world.hub.forgetAll();
            await new Promise<void>((resolve) => accepting.close(() => resolve()));
        },
    };
}

/** A browser may only come from the server's own origin; other clients send none. */
function originAllowed(req: IncomingMessage): boolean {
    const origin = req.headers.origin;
    return origin === undefined || new URL(origin).host === req.headers.host;
}

function serve(world: World, ws: WebSocket, req: IncomingMessage, url: URL): void {
    const token = cookieOf(req.headers.cookie, 'MMAUTHTOKEN') ?? /^(?:bearer|token) +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const user = token === undefined ? undefined : whoHas(world, token);
    let connection: Connection | undefined;
    const alive = setInterval(() => ws.ping(), PING_MS);
    alive.unref();
    // Without a header the client has five seconds to say who he is.
    const impatience = setTimeout(() => {
        if (connection === undefined) {
            ws.terminate();
        }
    }, CHALLENGE_MS);
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
        clearInterval(alive);
        clearTimeout(impatience);
        if (connection?.socket === ws) {
            connection.socket = undefined;
            connection.lostAt = world.now();
        }
        world.changes.announce();
    });
    ws.on('message', (raw: Buffer) => {
        const frame = parse(raw);
        if (frame === undefined) {
            ws.terminate();
            return;
        }
        if (connection === undefined) {
            const challenger = frame.action === 'authentication_challenge' ? whoHas(world, String(frame.data.token ?? '')) : undefined;
            if (challenger === undefined) {
                ws.terminate();
                return;
            }
            ws.send(JSON.stringify({status: 'OK', seq_reply: frame.seq}));
            connection = greet(world, ws, challenger.id);
            return;
        }
        answerAction(world, ws, connection.userId, frame);
    });
    if (user !== undefined) {
        connection = resumeOrGreet(world, ws, user.id, url);
    }
}

type Frame = {seq: number; action: string; data: Record<string, unknown>};

function parse(raw: Buffer): Frame | undefined {
    try {
        const frame = JSON.parse(raw.toString('utf8')) as Partial<Frame>;
        return {seq: frame.seq ?? 0, action: frame.action ?? '', data: frame.data ?? {}};
    } catch {
        return undefined;
    }
}

/** A known connection goes on without a `hello`; an unknown one starts anew, which tells the client that events may be lost. */
function resumeOrGreet(world: World, ws: WebSocket, userId: string, url: URL): Connection | undefined {
    const id = url.searchParams.get('connection_id') ?? '';
    if (id === '' || !world.config.enableReliableWebSockets) {
        return greet(world, ws, userId);
    }
    const wanted = Number.parseInt(url.searchParams.get('sequence_number') ?? '', 10);
    const known = world.hub.find(id, userId);
    // 5.37 looks the connection up first, and asks for the number only when it knows it.
    const numberNeeded = world.version !== '5.37' || known !== undefined;
    if (!isValidId(id) || (numberNeeded && Number.isNaN(wanted))) {
        ws.terminate();
        return undefined;
    }
    const oldest = known?.sent[0]?.seq ?? known?.seq ?? 0;
    const expired = known?.socket === undefined && world.now() - (known?.lostAt ?? 0) > RESUME_MS;
    // A connection whose socket has not been seen to close yet cannot be taken over.
    const busy = known?.socket !== undefined;
    if (known === undefined || busy || expired || wanted < oldest || wanted > known.seq) {
        if (known !== undefined && !busy) {
            world.hub.connections.delete(known);
        }
        return greet(world, ws, userId);
    }
    known.socket = ws;
    for (const {seq, frame} of known.sent) {
        if (seq >= wanted) {
            ws.send(frame);
        }
    }
    for (const event of known.queued.splice(0)) {
        world.hub.send(known, event);
    }
    tellPresence(world, userId);
    return known;
}

function greet(world: World, ws: WebSocket, userId: string): Connection {
    const connection: Connection = {id: world.newId(), userId, socket: ws, seq: 0, sent: [], queued: [], lostAt: 0};
    world.hub.connections.add(connection);
    world.hub.send(connection, {
        event: 'hello',
        data: {
            connection_id: world.config.enableReliableWebSockets ? connection.id : '',
            server_version: `${world.differs.number}.double.0.false`,
        },
        broadcast: {omit_users: null, user_id: userId, channel_id: '', team_id: '', connection_id: '', omit_connection_id: ''},
    });
    tellPresence(world, userId);
    return connection;
}

/** A user hears of his own presence, which takes a number of its own in the stream. */
function tellPresence(world: World, userId: string): void {
    toUser(world, userId, 'status_change', {status: 'online', user_id: userId});
}

/** Answers carry `seq_reply` and no `seq` of their own. */
function answerAction(world: World, ws: WebSocket, userId: string, frame: Frame): void {
    const reply = (fields: object): void => ws.send(JSON.stringify({...fields, seq_reply: frame.seq}));
    const fail = (id: string, message: string, status: number): void =>
        reply({status: 'FAIL', error: {id, message, detailed_error: '', status_code: status}});
    const user = world.users.get(userId);
    const channelId = String(frame.data.channel_id ?? '');
    switch (frame.action) {
        case 'user_typing':
            if (user === undefined || !mayPost(world, user, channelId)) {
                fail('api.websocket_handler.invalid_param.app_error', 'Invalid channel_id parameter.', 400);
                return;
            }
            toChannel(world, channelId, 'typing', {parent_id: String(frame.data.parent_id ?? ''), user_id: userId}, userId);
            reply({status: 'OK'});
            return;
        case 'ping':
            reply({status: 'OK', data: {node_id: '', server_time: world.now(), text: 'pong', version: world.differs.number}});
            return;
        case 'get_statuses':
            reply({status: 'OK', data: Object.fromEntries([...world.hub.connections].map((one) => [one.userId, 'online']))});
            return;
        default:
            fail('api.web_socket_router.bad_action.app_error', 'Unknown WebSocket action.', 500);
    }
}
