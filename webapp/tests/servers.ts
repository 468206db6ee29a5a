/** Mattermost and the bridge as the panel meets them: one fetch, in memory. What a test wants to be different it sets. */
import type {Post} from '@mattermost/types/posts';

export const ME = 'u'.repeat(26);
export const BEN = 'b'.repeat(26);
export const BOT = 'o'.repeat(26);
export const TEAM = 't'.repeat(26);
export const CHANNEL = 'c'.repeat(26);
export const ROOT = 'r'.repeat(26);
export const BRIDGE = 'https://bridge.example';
/** What the panel's clock begins with in most tests. */
export const NOW = Date.UTC(2026, 10, 22, 9, 0, 0);

export type Wire = Record<string, unknown>;
export type Seen = {method: string; path: string; body: Wire | null};

const iso = (at: number): string => new Date(at).toISOString();

export const summary = (changes: Wire = {}): Wire => ({
    conversation_id: 'C1',
    visitor: {name: 'Sanne de Vries', email: 'sanne@example.com', language: 'nl'},
    page: {url: 'https://hotel.example/rooms', title: 'Rooms'},
    topic: 'Late arrival',
    status: 'waiting',
    assignee: null,
    waiting_since: iso(NOW - 125_000),
    started_at: iso(NOW - 300_000),
    activity_at: iso(NOW - 125_000),
    presence: 'online',
    thread: {channel_id: CHANNEL, root_id: ROOT, url: `http://localhost:3000/aurora/pl/${ROOT}`},
    failed: 0,
    asked: 0,
    preview: {author: {type: 'visitor', name: 'Sanne'}, text: 'Can I arrive at 23:00?', at: iso(NOW - 125_000)},
    ...changes,
});

export const detail = (changes: Wire = {}): Wire => ({
    ...summary(),
    visitor: {name: 'Sanne de Vries', email: 'sanne@example.com', language: 'nl', properties: {guests: 2}},
    closed_reason: null,
    booking_id: 'B7',
    booking: {id: 'B7', object: 'Room 12', status: {code: 30, name: 'PAID'}, link: 'https://panel.example/b/7'},
    earlier: [{conversation_id: 'C0', topic: 'Parking', status: 'closed', started_at: iso(NOW - 86_400_000), thread: null}],
    threads: [{number: 1, channel_id: CHANNEL, root_id: ROOT, url: 'http://localhost:3000/pl'}],
    replies: [],
    allowed: ['claim', 'transfer', 'close', 'reply', 'note'],
    typing: [],
    ...changes,
});

export const reply = (changes: Wire = {}): Wire => ({
    reply_id: 'p1',
    post_id: 'p1',
    user_id: ME,
    state: 'queued',
    remote_state: null,
    reason: null,
    hold_until: null,
    asked_until: null,
    can: [],
    updated_at: iso(NOW),
    ...changes,
});

const mark = (kind: string, author?: string) => ({
    v: 1,
    integration: 'aurora',
    conversation: 'C1',
    key: kind,
    kind,
    ...(author ? {author} : {}),
});

export function post(changes: Partial<Post> & {id: string}): Post {
    const base = {root_id: ROOT, channel_id: CHANNEL, user_id: ME, message: '', type: '', props: {}, create_at: NOW, update_at: NOW};
    return {...base, edit_at: 0, delete_at: 0, metadata: {}, file_ids: [], hashtags: '', ...changes} as unknown as Post;
}

export const root = (): Post =>
    post({id: ROOT, root_id: '', user_id: BOT, message: 'card', create_at: NOW - 300_000, props: {ireserve: mark('root')}});

export const visitorPost = (id: string, text: string, at = NOW - 200_000): Post =>
    post({
        id,
        user_id: BOT,
        create_at: at,
        update_at: at,
        message: `**Sanne** · visitor\n${text}`,
        props: {ireserve: mark('message', 'visitor')},
    });

export type Servers = {
    readonly seen: Seen[];
    thread: Post[];
    list: Wire[];
    counts: Wire;
    details: Record<string, Wire>;
    canned: Wire[];
    undoSeconds: number;
    /** The bridge's clock, before ours; ms. */
    clockAhead: number;
    policy: 'thread' | 'explicit';
    /** `POST …` or `GET …` by the beginning of the path: answer with this instead. */
    readonly instead: Map<string, () => Response | Promise<Response>>;
    bridgeIsAway: boolean;
    commandIsMissing: boolean;
    session(nonce: string): Wire;
    requests(method: string, path: string): Seen[];
    send(event: string, data: unknown): void;
    /** How many streams are open. */
    streams(): number;
    /** Ends all streams, as a restart does. */
    cut(): void;
    readonly fetch: typeof fetch;
};

export function createServers(): Servers {
    const seen: Seen[] = [];
    const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
    const servers: Servers = {
        seen,
        thread: [root(), visitorPost('v1', 'Can I arrive at **23:00**?')],
        list: [summary()],
        counts: {waiting: 1, mine: 0, open: 1, closed: 3},
        details: {C1: detail()},
        canned: [
            {
                id: 'k1',
                title: 'Late check-in',
                shortcut: 'late',
                text: 'Hello {visitor_name}, yes you can. {agent_name}',
                updated_at: iso(NOW),
            },
        ],
        undoSeconds: 0,
        clockAhead: 0,
        policy: 'thread',
        instead: new Map(),
        bridgeIsAway: false,
        commandIsMissing: false,
        session: (nonce: string): Wire => ({
            v: 1,
            nonce,
            bridge_url: BRIDGE,
            token: `iras_${seen.length}`,
            expires_at: Date.now() + 600_000,
            integration: {name: 'Hotel Aurora', environment: 'test', licence: 'aurora'},
        }),
        requests: (method: string, path: string): Seen[] => seen.filter((one) => one.method === method && one.path.includes(path)),
        send(event: string, data: unknown): void {
            const bytes = new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
            for (const stream of streams) stream.enqueue(bytes);
        },
        streams: () => streams.size,
        cut(): void {
            for (const stream of streams) stream.close();
            streams.clear();
        },
        fetch: (async (input: string, init: RequestInit = {}) => {
            const url = new URL(input);
            const method = init.method ?? 'GET';
            const body = typeof init.body === 'string' ? JSON.parse(init.body) : null;
            const path = url.pathname + url.search;
            seen.push({method, path, body});
            if (url.origin === BRIDGE && servers.bridgeIsAway) throw new TypeError('Failed to fetch');
            for (const [key, answer] of servers.instead) if (`${method} ${path}`.startsWith(key)) return answer();
            return url.origin === BRIDGE ? bridge(method, url, body, init) : mattermost(method, url.pathname, body);
        }) as typeof fetch,
    };

    function mattermost(method: string, path: string, body: Wire | null): Response {
        if (path.endsWith('/commands/execute')) {
            if (servers.commandIsMissing)
                return Response.json({id: 'api.command.execute_command.not_found.app_error', message: 'not found'}, {status: 404});
            const nonce = String(body?.command).split(' ')[2] ?? '';
            return Response.json({text: '', props: {ireserve: servers.session(nonce)}});
        }
        if (path.endsWith('/thread')) return Response.json({posts: Object.fromEntries(servers.thread.map((one) => [one.id, one]))});
        if (path.endsWith('/users/ids')) return Response.json([]);
        if (path.includes('/users'))
            return Response.json([{id: BEN, username: 'ben.osei', first_name: 'Ben', last_name: 'Osei', nickname: ''}]);
        if (method === 'POST' && path.endsWith('/posts')) {
            const {message, props, root_id} = body as {message: string; props: Record<string, unknown>; root_id: string};
            const made = post({
                id: `p${servers.requests('POST', '/api/v4/posts').length}`,
                message,
                props,
                root_id,
                create_at: Date.now(),
                update_at: Date.now(),
            });
            servers.thread.push(made);
            return Response.json(made, {status: 201});
        }
        return Response.json({status: 'OK'});
    }

    function bridge(method: string, {pathname}: URL, body: Wire | null, init: RequestInit): Response {
        const path = pathname.replace('/v1/agent', '');
        if (path === '/me') return Response.json(me());
        if (path.startsWith('/canned')) return canned(method, path.split('/')[2] ?? '', body);
        if (path === '/stream') return stream(init.signal ?? undefined);
        if (path === '/conversations') return Response.json({items: servers.list, next_cursor: null, counts: servers.counts});
        if (path.startsWith('/threads/')) return Response.json(servers.details.C1);
        if (path.endsWith('/typing')) return new Response(null, {status: 204});
        if (path.endsWith('/replies') && method === 'POST') {
            const hold_until = servers.undoSeconds ? iso(Date.now() + servers.clockAhead + servers.undoSeconds * 1000) : null;
            return Response.json({outcome: 'queued', reply: reply({reply_id: body?.post_id, post_id: body?.post_id, hold_until})});
        }
        const [, , id = ''] = path.split('/');
        const found = servers.details[id];
        return found ? Response.json(found) : problem(404, 'unknown_conversation');
    }

    function canned(method: string, id: string, body: Wire | null): Response {
        if (method === 'GET') return Response.json({items: servers.canned});
        servers.canned = servers.canned.filter((one) => one.id !== id);
        if (method === 'DELETE') return new Response(null, {status: 204});
        const saved = {...body, id: id || `k${servers.canned.length + 1}`};
        servers.canned.push(saved);
        return Response.json(saved, {status: id ? 200 : 201});
    }

    const me = () => ({
        user: {user_id: ME, username: 'anna', name: 'Anna Keller'},
        integration: {
            id: 'i1',
            name: 'Hotel Aurora',
            licence: 'aurora',
            environment: 'test',
            language: 'en',
            state: 'active',
            reply_policy: servers.policy,
            panel_undo_seconds: servers.undoSeconds,
            callback_set: true,
        },
        expires_at: iso(Date.now() + 600_000),
        conversation_link: 'https://panel.example/chat/{conversation_id}',
    });

    function stream(signal: AbortSignal | undefined): Response {
        let mine: ReadableStreamDefaultController<Uint8Array>;
        const body = new ReadableStream<Uint8Array>({
            start(controller) {
                mine = controller;
                streams.add(controller);
                controller.enqueue(new TextEncoder().encode(`id: ${Date.now()}\nevent: hello\ndata: {"resumed":false}\n\n`));
            },
            cancel: () => void streams.delete(mine),
        });
        signal?.addEventListener('abort', () => {
            if (streams.delete(mine)) mine.error(new Error('aborted'));
        });
        return new Response(body, {headers: {'content-type': 'text/event-stream'}});
    }

    return servers;
}

export const problem = (status: number, code: string): Response => Response.json({code, detail: code, title: code, status}, {status});
