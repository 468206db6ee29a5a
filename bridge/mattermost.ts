/** Mattermost's REST API as the bridge uses it: Client4 with a time-out, a status and a Retry-After on every error, and a gate per server. */
import {Client4} from '@mattermost/client';
import type {Bot} from '@mattermost/types/bots';
import type {Options} from '@mattermost/types/client4';
import type {FileInfo} from '@mattermost/types/files';
import {networkFailure} from './network-error.ts';

/**
 * What an error says about the request.
 * - refused: Mattermost answered 4xx; `id` says why
 * - limited: 429, never reached the handler
 * - unsent: no connection was made; with `tls`, because no secure one could be
 * - unknown: time-out, reset, 5xx, an answer that can't be read or is not Mattermost's: it may have been carried out
 */
type Kind = 'refused' | 'limited' | 'unsent' | 'unknown';

export class MattermostError extends Error {
    readonly kind: Kind;
    readonly status: number;
    /** Mattermost's error id; '' when the answer had none (hardened mode blanks it on 5xx, proxies have none). */
    readonly id: string;
    readonly retryAfterMs: number | undefined;
    readonly tls: boolean;
    /** The channel it was about, where the caller knows: an admin is told which one. */
    channel_id = '';

    constructor(
        kind: Kind,
        message: string,
        {
            status = 0,
            id = '',
            retryAfterMs,
            tls = false,
        }: {status?: number; id?: string; retryAfterMs?: number | undefined; tls?: boolean} = {},
    ) {
        super(message);
        this.kind = kind;
        this.status = status;
        this.id = id;
        this.retryAfterMs = retryAfterMs;
        this.tls = tls;
    }
}

/** At most so many creates at once: beyond 8 a server gains no throughput, only latency (measured). After a 429 nothing passes for a while. */
export type Gate = {create<T>(send: () => Promise<T>): Promise<T>; check(): void; limited(ms: number): void};

/** @param replicas how many share the limit; each keeps to its part, at least one */
export function createGate(most: number, now: () => number, replicas: () => number = () => 1): Gate {
    const share = () => Math.max(1, Math.floor(most / replicas()));
    let inFlight = 0;
    let closedUntil = 0;
    const waiting: (() => void)[] = [];
    const check = () => {
        const left = closedUntil - now();
        if (left > 0) throw new MattermostError('limited', 'rate limited by Mattermost', {status: 429, retryAfterMs: left});
    };
    return {
        check,
        limited(ms) {
            closedUntil = Math.max(closedUntil, now() + ms);
        },
        async create(send) {
            if (inFlight < share()) inFlight++;
            else await new Promise<void>((resolve) => waiting.push(resolve));
            try {
                return await send();
            } finally {
                inFlight--;
                // The part may have become smaller meanwhile, or larger.
                while (inFlight < share() && waiting.length > 0) {
                    inFlight++;
                    waiting.shift()?.();
                }
            }
        },
    };
}

/** @param forMs how long the request may take: until then nobody else may do the same */
export type MayChange = (forMs: number) => Promise<void>;

const LONGEST_ANSWER = 20 * 1024 * 1024;

export class MattermostClient extends Client4 {
    readonly gate: Gate;
    readonly #timeoutMs: number;
    readonly #mayChange: MayChange | undefined;

    constructor(url: string, token: string, {gate, timeoutMs, mayChange}: {gate: Gate; timeoutMs: number; mayChange?: MayChange}) {
        super();
        this.gate = gate;
        this.#timeoutMs = timeoutMs;
        this.#mayChange = mayChange;
        this.setUrl(url);
        this.setToken(token);
        this.setIncludeCookies(false);
    }

    /** The same client, which asks before each request that may change something. @param mayChange throws when it may not */
    guarded(mayChange: MayChange): MattermostClient {
        return new MattermostClient(this.url, this.token, {gate: this.gate, timeoutMs: this.#timeoutMs, mayChange});
    }

    /** One try. Every method of Client4 comes through here. @throws MattermostError, and what the guard throws */
    protected override doFetch = async <T>(url: string, options: Options): Promise<T> => {
        this.gate.check();
        if (this.#mayChange && options.method?.toLowerCase() !== 'get') await this.#mayChange(this.#timeoutMs);
        let response: Response;
        let text: string;
        // Not AbortSignal.timeout: it can't be taken back, and would keep every answered request in memory until it fires.
        const timeout = new AbortController();
        const timer = setTimeout(() => timeout.abort(new DOMException('no answer in time', 'TimeoutError')), this.#timeoutMs);
        try {
            response = await fetch(url, {...(this.getOptions(options) as RequestInit), redirect: 'manual', signal: timeout.signal});
            if (Number(response.headers.get('content-length') ?? 0) > LONGEST_ANSWER) throw new Error('answer too long');
            text = await response.text();
        } catch (error) {
            throw networkError(error as Error);
        } finally {
            clearTimeout(timer);
        }
        if (response.ok) {
            try {
                return JSON.parse(text) as T;
            } catch {
                throw new MattermostError('unknown', `the answer is not JSON (${response.status}); is this a Mattermost server?`, {
                    status: response.status,
                });
            }
        }
        throw this.#refusal(response, text);
    };

    /** Shows the bot as typing in a thread. */
    typing(user_id: string, channel_id: string, parent_id: string): Promise<unknown> {
        return this.doFetch(`${this.getUserRoute(user_id)}/typing`, {method: 'post', body: JSON.stringify({channel_id, parent_id})});
    }

    /** Shows a dialog to whoever the trigger stands for. @throws MattermostError 400 when the trigger is over */
    openDialog(request: {trigger_id: string; url: string; dialog: object}): Promise<unknown> {
        return this.doFetch(`${this.getBaseRoute()}/actions/dialogs/open`, {method: 'post', body: JSON.stringify(request)});
    }

    /** Groups that posts may mention and whose name or display name holds a text, 200 at most. @throws MattermostError 501 where the server has no licence for groups */
    groupsLike(text: string): Promise<{name?: string | null}[]> {
        const query = new URLSearchParams({q: text, filter_allow_reference: 'true', page: '0', per_page: '200'});
        return this.doFetch(`${this.getBaseRoute()}/groups?${query}`, {method: 'get'});
    }

    /** A bot, disabled ones too. @throws MattermostError 404 to all but admins and its owner */
    anyBot(user_id: string): Promise<Bot> {
        return this.doFetch(`${this.getBotRoute(user_id)}?include_deleted=true`, {method: 'get'});
    }

    /** With all that was said in it. @throws MattermostError 401 unless the server allows it */
    deleteChannelForGood(channel_id: string): Promise<unknown> {
        return this.doFetch(`${this.getChannelRoute(channel_id)}?permanent=true`, {method: 'delete'});
    }

    /** With all the account wrote. @throws MattermostError 401 unless the server allows it */
    deleteUserForGood(user_id: string): Promise<unknown> {
        return this.doFetch(`${this.getUserRoute(user_id)}?permanent=true`, {method: 'delete'});
    }

    /** What Mattermost knows of a file. @throws MattermostError 404 when its post was deleted, 403 when the bot may not read it */
    fileInfo(file_id: string): Promise<FileInfo> {
        return this.doFetch(`${this.getFileRoute(file_id)}/info`, {method: 'get'});
    }

    /**
     * The bytes of a file as they come, never packed; `headers` may ask for a part of them. The caller reads the body to its end or
     * aborts, and says by the signal how long it waits: there is no time-out here, for a large file may take long.
     *
     * @returns an answer with status 200, 206 or 416
     * @throws MattermostError
     */
    async openFile(file_id: string, {headers, signal}: {headers?: Record<string, string>; signal: AbortSignal}): Promise<Response> {
        this.gate.check();
        const options = this.getOptions({method: 'get', headers: {...headers, 'accept-encoding': 'identity'}});
        let response: Response;
        try {
            response = await fetch(this.getFileRoute(file_id), {...(options as RequestInit), redirect: 'manual', signal});
            if (response.ok || response.status === 416) return response;
            // Errors are short; one that is not is nothing we want to read.
            if (Number(response.headers.get('content-length') ?? 0) > LONGEST_ANSWER) throw new Error('answer too long');
            throw this.#refusal(response, await response.text());
        } catch (error) {
            throw error instanceof MattermostError ? error : networkError(error as Error);
        }
    }

    #refusal(response: Response, text: string): MattermostError {
        const {status} = response;
        const {id, message} = errorBody(text);
        if (status === 429) {
            // Retry-After is in seconds; without it one second is the server's own default.
            const retryAfterMs = Math.max(1, Number(response.headers.get('retry-after')) || 1) * 1000;
            this.gate.limited(retryAfterMs);
            return new MattermostError('limited', 'rate limited by Mattermost', {status, retryAfterMs});
        }
        if (status >= 500 || status < 400) {
            const retryAfter = Number(response.headers.get('retry-after'));
            const what =
                status < 400 ? `Mattermost answered with a redirect (${status}); check the server URL` : `Mattermost answered ${status}`;
            return new MattermostError('unknown', `${what}${id ? ` ${id}` : ''}`, {
                status,
                id,
                retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : undefined,
            });
        }
        // Mattermost names every 403 and 404: this is a proxy's, e.g. while Mattermost is restarted, and says nothing of posts or files.
        if (id === '' && (status === 403 || status === 404))
            return new MattermostError('unknown', `Mattermost did not answer, something in front of it did (${status})`, {status});
        return new MattermostError('refused', `Mattermost refused: ${status} ${id || message}`.trim(), {status, id});
    }
}

function errorBody(text: string): {id: string; message: string} {
    try {
        const body = JSON.parse(text) as {id?: unknown; message?: unknown};
        return {
            id: typeof body.id === 'string' ? body.id : '',
            message: typeof body.message === 'string' ? body.message.slice(0, 200) : '',
        };
    } catch {
        return {id: '', message: ''};
    }
}

function networkError(error: Error): MattermostError {
    const {kind, tls, message} = networkFailure(error, 'Mattermost');
    return new MattermostError(kind, message, {tls});
}

/** One client per server and token, sharing the server's gate. */
export type Servers = {client(url: string, token: string): MattermostClient};

export type ServersOptions = {
    createsInFlight: number;
    timeoutMs: number;
    now: () => number;
    /** How many replicas share the limit of creates. */
    replicas?: () => number;
};

export function createServers({createsInFlight, timeoutMs, now, replicas = () => 1}: ServersOptions): Servers {
    const gates = new Map<string, Gate>();
    const clients = new Map<string, MattermostClient>();
    return {
        client(url, token) {
            const key = `${url} ${token}`;
            let client = clients.get(key);
            if (!client) {
                const gate = gates.get(url) ?? createGate(createsInFlight, now, replicas);
                gates.set(url, gate);
                client = new MattermostClient(url, token, {gate, timeoutMs});
                clients.set(key, client);
            }
            return client;
        },
    };
}
