import type {WebSocket} from 'ws';

export type Broadcast = {
    omit_users: Readonly<Record<string, boolean>> | null;
    user_id: string;
    channel_id: string;
    team_id: string;
    connection_id: string;
    omit_connection_id: string;
    /** for those who are no system admins only, and the other way round */
    contains_sanitized_data?: true;
    contains_sensitive_data?: true;
};

export type ServerEvent = {event: string; data: Record<string, unknown>; broadcast: Broadcast};

/** One client's event stream. It outlives its socket for a while, so that a client may resume it. */
export type Connection = {
    readonly id: string;
    readonly userId: string;
    socket: WebSocket | undefined;
    /** number of the next event */
    seq: number;
    /** sent lately: what a resume can replay */
    sent: {seq: number; frame: string}[];
    /** happened while no socket was there */
    queued: ServerEvent[];
    lostAt: number;
};

/** Kept for a resume: the last 128 sent and up to 256 that came while the socket was gone. */
const SENT_KEPT = 128;
const QUEUE_KEPT = 256;

const OF_POSTS = new Set(['posted', 'post_edited', 'post_deleted']);

export type EventTap = {
    lose(): void;
    hold(): void;
    /** From now on they are told at once again; first those that were held. */
    tell(order?: 'as they came' | 'reversed'): void;
};

export type Hub = {
    readonly connections: Set<Connection>;
    /** sends an event on one connection, or queues it while its socket is gone */
    send(connection: Connection, event: ServerEvent): void;
    /** sends an event to every connection that `receives` it */
    publish(event: ServerEvent, receives: (userId: string) => boolean): void;
    find(connectionId: string, userId: string): Connection | undefined;
    /** cuts sockets without a closing handshake: of one user, or all */
    cut(userId?: string): number;
    /** what becomes of the events of posts: told, lost without a trace (they take no number), or held until they are told */
    readonly posts: EventTap;
    /** cuts all and drops what a resume would need, as a restart of the server does */
    forgetAll(): void;
};

export function createHub(announce: () => void, plainBroadcast: boolean): Hub {
    const connections = new Set<Connection>();
    let mode: 'tell' | 'lose' | 'hold' = 'tell';
    let held: {connection: Connection; event: ServerEvent}[] = [];
    const hub: Hub = {
        connections,
        posts: {
            lose() {
                mode = 'lose';
            },
            hold() {
                mode = 'hold';
            },
            tell(order = 'as they came') {
                mode = 'tell';
                const late = order === 'reversed' ? held.reverse() : held;
                held = [];
                for (const {connection, event} of late) if (connections.has(connection)) hub.send(connection, event);
                announce();
            },
        },
        send(connection, event) {
            if (mode !== 'tell' && OF_POSTS.has(event.event)) {
                if (mode === 'hold') held.push({connection, event});
                return;
            }
            if (connection.socket === undefined) {
                connection.queued.push(event);
                if (connection.queued.length > QUEUE_KEPT) {
                    connections.delete(connection);
                }
                return;
            }
            const frame = JSON.stringify({...event, broadcast: shapeOf(event.broadcast, plainBroadcast), seq: connection.seq});
            connection.sent.push({seq: connection.seq, frame});
            if (connection.sent.length > SENT_KEPT) {
                connection.sent.shift();
            }
            connection.seq++;
            connection.socket.send(frame);
        },
        publish(event, receives) {
            for (const connection of connections) {
                if (receives(connection.userId)) {
                    hub.send(connection, event);
                }
            }
            announce();
        },
        find: (connectionId, userId) => [...connections].find(({id, userId: owner}) => id === connectionId && owner === userId),
        cut(userId) {
            const cut = [...connections].filter(
                ({socket, userId: owner}) => socket !== undefined && (userId === undefined || owner === userId),
            );
            for (const {socket} of cut) {
                socket?.terminate();
            }
            return cut.length;
        },
        forgetAll() {
            hub.cut();
            connections.clear();
        },
    };
    return hub;
}

/** 5.37 knows no more about a broadcast than whom it is for. */
function shapeOf(broadcast: Broadcast, plain: boolean): Partial<Broadcast> {
    const {omit_users, user_id, channel_id, team_id} = broadcast;
    return plain ? {omit_users, user_id, channel_id, team_id} : broadcast;
}
