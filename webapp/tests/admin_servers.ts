/** The admin API as the System Console's page meets it, in memory: to put answers before it that a real bridge gives only in trouble. */
import {integration, secretValue, startAnswers, trace} from './admin_answers.ts';
import {problem, type Wire} from './servers.ts';

type Answer = Response | Promise<Response>;
type Asked = {method: string; path: string; query: URLSearchParams; body: Wire; language: string | null};

export type AdminServers = {
    me: Wire;
    overview: Wire;
    integrations: Wire[];
    channels: Wire[];
    secrets: Wire[];
    log: Wire[];
    deliveries: Wire[];
    audit: Wire[];
    sessions: Wire[];
    tokens: Wire[];
    doctor: unknown;
    /** `PATCH /integrations/…` by the beginning: answer with this instead. */
    readonly instead: Map<string, (asked: Asked) => Answer>;
    readonly asked: Asked[];
    requests(method: string, path: string): Asked[];
    say(event: string, data: unknown): void;
    answer(method: string, url: URL, body: Wire | null, init: RequestInit): Answer;
};

export function createAdminServers(): AdminServers {
    const asked: Asked[] = [];
    const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
    const servers: AdminServers = {
        asked,
        instead: new Map(),
        ...startAnswers(),
        requests: (method, path) => asked.filter((one) => one.method === method && one.path.startsWith(path)),
        say(event, data) {
            const bytes = new TextEncoder().encode(`id: ${Date.now()}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
            for (const stream of streams) stream.enqueue(bytes);
        },
        answer(method, url, given, {signal, headers}) {
            const path = url.pathname.replace('/v1/admin', '');
            const one: Asked = {
                method,
                path,
                query: url.searchParams,
                body: given ?? {},
                language: new Headers(headers).get('accept-language'),
            };
            asked.push(one);
            for (const [begin, instead] of servers.instead) if (`${method} ${path}`.startsWith(begin)) return instead(one);
            return route(one, signal ?? undefined);
        },
    };

    function route({method, path, body}: Asked, signal?: AbortSignal): Response {
        const ok = (data: unknown, status = 200) => Response.json(data, {status});
        const none = () => new Response(null, {status: 204});
        const [, first, id = '', rest, , value] = path.split('/');
        const found = servers.integrations.find(({name}) => name === decodeURIComponent(id));
        if (path === '/me') return ok(servers.me);
        if (path === '/overview') return ok(servers.overview);
        if (path === '/kill-switch') {
            servers.overview.kill_switch = {
                on: body.on,
                since: body.on ? new Date().toISOString() : null,
                by: 'admin',
                reason: body.reason,
            };
            return ok(servers.overview.kill_switch);
        }
        if (path === '/integrations' && method === 'GET') return ok({items: servers.integrations});
        if (path === '/integrations') {
            const made = integration({...body, id: 'i9', state: 'active'});
            servers.integrations.push(made);
            return ok(made, 201);
        }
        if (first === 'integrations' && !found) return problem(404, 'no_such_integration');
        if (first === 'integrations' && found) {
            if (rest === undefined && method === 'DELETE') {
                servers.integrations = servers.integrations.filter((one) => one !== found);
                return none();
            }
            if (rest === undefined) {
                Object.assign(found, body.state ? {state: body.state} : {}, {updated_at: new Date().toISOString()});
                found.config = {...(found.config as Wire), ...(body.config as Wire | undefined)};
                return ok(found);
            }
            if (rest === 'channels') return ok({items: servers.channels});
            if (rest === 'secrets' && method === 'GET') return ok({items: servers.secrets});
            if (rest === 'secrets') {
                const kind = servers.secrets.find((one) => one.secret === path.split('/')[4]);
                if (!kind) return problem(404, 'unknown_secret');
                const values = kind.values as Wire[];
                if (method === 'PATCH') {
                    kind.values = values.map((one) => (one.id === value ? {...one, ...body} : one));
                    return ok(kind);
                }
                if (method === 'DELETE') kind.values = values.filter((one) => one.id !== value);
                else kind.values = [secretValue(`v${asked.length}`, null), ...values].slice(0, Number(kind.most));
                return ok(method === 'DELETE' ? kind : {secret: kind, shown_once: body.generate ? 'whsec_generated' : null}, 201);
            }
            if (rest === 'tokens') return method === 'GET' ? ok({items: []}) : ok({token: 'irt_shown_once'}, 201);
            if (rest === 'test')
                return ok({
                    ok: false,
                    checks: [{name: 'channel', ok: false, text: 'The bot may not post.', next: 'Add it to the channel.'}],
                });
            if (rest === 'route-preview') return ok(preview(body, found));
            if (rest === 'doctor') return method === 'GET' ? ok({report: null}) : ok(servers.doctor);
            if (rest === 'erase') return ok({conversations: 1, threads: {deleted: 1}, stays: [{what: 'e-mail notices', why: 'sent'}]});
            if (rest === 'visitor-export') return ok({conversations: []});
            return problem(501, 'not_available');
        }
        if (path === '/log') return ok({items: servers.log, next_cursor: null});
        if (path === '/log/stream') return stream(signal);
        if (path === '/audit') return ok({items: servers.audit, next_cursor: null});
        if (path === '/deliveries') {
            const dead = servers.deliveries.filter(({state}) => state === 'dead').length;
            return ok({items: servers.deliveries, next_cursor: null, counts: {queued: servers.deliveries.length - dead, dead}});
        }
        if (path === '/deliveries/replay')
            return ok(body.dry_run ? {replayed: 0, remaining: 2, ids: [7, 8]} : {replayed: 2, remaining: 0, ids: [7, 8]});
        if (first === 'deliveries') {
            const one = servers.deliveries.find((given) => given.id === Number(id));
            if (!one) return problem(404, 'unknown_delivery');
            if (rest === 'replay') Object.assign(one, {state: 'queued', reason: null, next: null});
            if (rest === 'discard') Object.assign(one, {state: 'discarded'});
            if (method === 'PATCH') Object.assign(one, {channel_id: body.channel_id});
            return ok(method === 'GET' ? trace(one) : one);
        }
        if (path === '/sessions') return ok({items: servers.sessions});
        if (path === '/tokens') {
            if (method === 'GET') return ok({items: servers.tokens});
            servers.tokens.push({...body, id: 't1', state: 'live', created_by: 'admin', last_used_at: null});
            return ok({token: 'ira_shown_once'}, 201);
        }
        if (method === 'DELETE') {
            servers.sessions = servers.sessions.filter((one) => one.id !== id);
            servers.tokens = servers.tokens.filter((one) => one.id !== id);
            return none();
        }
        return problem(404, 'not_found');
    }

    function stream(signal: AbortSignal | undefined): Response {
        let mine: ReadableStreamDefaultController<Uint8Array>;
        const body = new ReadableStream<Uint8Array>({
            start(controller) {
                mine = controller;
                streams.add(controller);
                controller.enqueue(new TextEncoder().encode('event: hello\ndata: {"resumed":true}\n\n'));
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

/** Only the language is looked at. */
function preview({routing, language}: Wire, {config}: Wire): Wire {
    const rules = (routing ?? []) as {language?: string; channel_id: string}[];
    const rule = rules.findIndex((one) => one.language !== undefined && one.language === language);
    const considered = rules.map((_one, index) => ({rule: index, matched: index === rule, why: index === rule ? 'language fits' : 'no'}));
    const channel_id = rules[rule]?.channel_id ?? (config as Wire).channel_id;
    return {channel_id, rule: rule < 0 ? null : rule, why: 'because', considered};
}
