/** The side panel of one agent, as a browser has it: a bearer, requests over real HTTP, and the stream. */
import {request} from 'node:http';
import {createAgentSessions} from '../../bridge/agent-api/sessions.ts';
import type {TestBridge} from '../support/bridge.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of an answer; the contract's own test judges its shape.
export type Loose = any;
export type PanelAnswer = {status: number; headers: Headers; body: Loose};
export type StreamedEvent = {event: string; data: Loose; id: string | undefined};

export type Panel = Awaited<ReturnType<typeof openPanel>>;

type PanelOptions = {now?: () => number; integration_id?: string};

/** Gets a bearer the way the slash command gets one, past the command itself. */
export async function openPanel(bridge: TestBridge, user_id: string, {now = Date.now, integration_id}: PanelOptions = {}) {
    const sessions = createAgentSessions({database: bridge.database, now});
    const {token, expires_at} = await sessions.issue(integration_id ?? bridge.integration.id, user_id, 'team');
    return {...panelWith(bridge, {authorization: `Bearer ${token}`}), token, expires_at, sessions};
}

export function panelWith(bridge: Pick<TestBridge, 'url'>, headers: Record<string, string>) {
    async function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<PanelAnswer> {
        const response = await fetch(`${bridge.url}/v1/agent${path}`, {
            method,
            headers: {...headers, ...(body === undefined ? {} : {'content-type': 'application/json'}), ...more},
            ...(body === undefined ? {} : {body: JSON.stringify(body)}),
        });
        const text = await response.text();
        return {status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text)};
    }
    return {
        ask,
        get: (path: string) => ask('GET', path),
        post: (path: string, body?: unknown) => ask('POST', path, body),
        act: (conversation_id: string, action: string, body?: unknown) =>
            ask('POST', `/conversations/${conversation_id}/actions/${action}`, body),
        stream: (lastId?: string) => openStream(bridge.url, {...headers, ...(lastId ? {'last-event-id': lastId} : {})}),
    };
}

export type Stream = Awaited<ReturnType<typeof openStream>>;

/** Resolves when the answer's head is there. */
export function openStream(url: string, headers: Record<string, string>, path = '/v1/agent/stream') {
    const events: StreamedEvent[] = [];
    const waiting = new Set<() => void>();
    let ended = false;
    const changed = () => {
        for (const look of waiting) look();
    };
    const {promise: head, resolve, reject} = Promise.withResolvers<{status: number; headers: NodeJS.Dict<string | string[]>}>();
    let text = '';
    const sent = request(`${url}${path}`, {headers, agent: false}, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
            text += chunk;
            for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
                const event = eventIn(text.slice(0, end));
                text = text.slice(end + 2);
                if (event) events.push(event);
            }
            changed();
        });
        response.on('error', () => undefined);
        response.on('close', () => {
            ended = true;
            changed();
        });
        resolve({status: response.statusCode ?? 0, headers: response.headers});
    });
    sent.on('error', reject);
    sent.end();

    function until<T>(what: string, look: () => T | undefined | false, ms = 10_000): Promise<T> {
        const {promise, resolve, reject} = Promise.withResolvers<T>();
        const check = () => {
            const found = look();
            if (found) resolve(found as T);
        };
        const timer = setTimeout(() => reject(new Error(`${what} did not come; so far: ${JSON.stringify(events).slice(0, 2000)}`)), ms);
        waiting.add(check);
        check();
        return promise.finally(() => {
            clearTimeout(timer);
            waiting.delete(check);
        });
    }
    return head.then(({status, headers}) => ({
        status,
        headers,
        events,
        /** The first event of a kind that fits. */
        next: (event: string, fits: (data: Loose) => boolean = () => true) =>
            until(event, () => events.find((one) => one.event === event && fits(one.data))),
        ended: () => until('the end', () => ended),
        close: () => void sent.destroy(),
    }));
}

function eventIn(frame: string): StreamedEvent | null {
    const fields = new Map(frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    const event = fields.get('event');
    return event ? {event, data: JSON.parse(fields.get('data') ?? 'null'), id: fields.get('id')} : null;
}
