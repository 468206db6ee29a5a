/**
 * Fetches files from addresses that came from outside: the classic way to make a server call its own network (SSRF). Every hop must be
 * on the admin's list of hosts, and the address really connected to must be public.
 */
import {lookup as dnsLookup} from 'node:dns/promises';
import {Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions} from 'node:http';
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https';
import {isListed, isPublicAddress, literalAddress} from './addresses.ts';
import {cleanCharacters, clusterStart, countCodePoints, indexAfter} from './characters.ts';

type Address = {readonly address: string; readonly family: number};
export type Lookup = (hostname: string) => Promise<readonly Address[]>;

export type FetchOptions = {
    /** `example.com`, `*.example.com` (subdomains only), `example.com:8443`; `http://example.com` to allow plain http, too. */
    readonly hosts: readonly string[];
    readonly maxBytes: number;
    /** For everything: names, connections, redirects, body. */
    readonly timeoutMs: number;
    readonly lookup?: Lookup;
    /** For tests and intranets: lets listed hosts have loopback and private addresses. */
    readonly allowPrivate?: boolean;
};

export type AttachmentProblem =
    | 'attachment_url_invalid'
    | 'attachment_host_not_allowed'
    | 'attachment_address_not_allowed'
    | 'attachment_too_many_redirects'
    | 'attachment_not_found'
    | 'attachment_denied'
    | 'attachment_unavailable'
    | 'attachment_too_large'
    | 'attachment_encoded'
    | 'attachment_timeout'
    | 'attachment_unreachable';

export type Fetched =
    | {readonly ok: true; readonly bytes: Buffer; readonly mime: string}
    | {readonly ok: false; readonly retry: boolean; readonly code: AttachmentProblem; readonly detail: string};

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Refusals that may pass: request time-out, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);
/** Errors of a name, certificate or protocol: the same tomorrow, and a conversation waits behind them. Anything else may pass. */
const LASTING_ERROR = /^(?:ENOTFOUND|ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HPE_|EPROTO$)/;

class Refusal extends Error {
    readonly code: AttachmentProblem;
    readonly retry: boolean;
    constructor(code: AttachmentProblem, detail: string, retry = false) {
        super(detail);
        this.code = code;
        this.retry = retry;
    }
}

/**
 * The bytes at an https (or listed http) address. Never throws; `retry` says whether trying again can help: time-outs, resets and 5xx
 * can, a refusal or a 4xx cannot. `detail` names no more of the address than its host. No cookies, no credentials; `mime` is what the
 * server said, for information (Mattermost goes by the file name).
 */
export async function fetchAttachment(url: string, options: FetchOptions): Promise<Fetched> {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    try {
        return await follow(url, options, deadline);
    } catch (error) {
        if (error instanceof Refusal) return {ok: false, retry: error.retry, code: error.code, detail: error.message};
        if (deadline.aborted) {
            return {ok: false, retry: true, code: 'attachment_timeout', detail: `not complete after ${options.timeoutMs} ms`};
        }
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
        return {ok: false, retry: !LASTING_ERROR.test(code), code: 'attachment_unreachable', detail: code};
    }
}

async function follow(first: string, options: FetchOptions, signal: AbortSignal): Promise<Fetched> {
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const target = allowedTarget(url, options);
        const response = await get(target, options, signal);
        try {
            const location = response.headers.location;
            if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return await readBody(response, options.maxBytes);
            if (!URL.canParse(location, target.href))
                throw new Refusal('attachment_url_invalid', 'redirected to something that is no address');
            url = new URL(location, target).href;
        } finally {
            response.destroy();
        }
    }
    throw new Refusal('attachment_too_many_redirects', `more than ${MAX_REDIRECTS} redirects`);
}

/** @throws Refusal unless the address is one we may fetch from */
function allowedTarget(address: string, {hosts, allowPrivate = false}: FetchOptions): URL {
    if (!URL.canParse(address)) throw new Refusal('attachment_url_invalid', 'not an address');
    const url = new URL(address);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw new Refusal('attachment_url_invalid', `${url.protocol} is not allowed`);
    if (url.username !== '' || url.password !== '') throw new Refusal('attachment_url_invalid', 'credentials in the address');
    if (!hosts.some((entry) => isListed(url, entry))) {
        throw new Refusal('attachment_host_not_allowed', `${url.protocol}//${url.host} is not on the list of attachment hosts`);
    }
    const literal = literalAddress(url);
    if (literal !== null && !allowPrivate && !isPublicAddress(literal)) throw privateAddress(url.hostname);
    return url;
}

function privateAddress(hostname: string): Refusal {
    return new Refusal('attachment_address_not_allowed', `${hostname} is not on the public internet`);
}

function get(url: URL, {lookup = allAddresses, allowPrivate = false}: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    // Own agents: no connection made under other rules is reused, and no proxy of the environment comes between.
    const agent = secure ? new HttpsAgent({keepAlive: false}) : new HttpAgent({keepAlive: false});
    const options: RequestOptions = {
        method: 'GET',
        agent,
        signal,
        // The connection is made to the very addresses that were checked: a second, different DNS answer has no chance.
        lookup: (hostname, wanted, callback) => {
            checkedAddresses(hostname, lookup, allowPrivate).then(
                (addresses) => {
                    const [first] = addresses;
                    if (wanted.all)
                        callback(
                            null,
                            addresses.map(({address, family}) => ({address, family})),
                        );
                    else callback(null, first?.address ?? '', first?.family);
                },
                (error: NodeJS.ErrnoException) => callback(error, ''),
            );
        },
        headers: {accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'ireserve-bridge'},
    };
    return new Promise((resolve, reject) => {
        const request = secure ? httpsRequest(url, options) : httpRequest(url, options);
        request.once('response', resolve).once('error', reject).end();
        // A name server that never answers does not hear the signal; the socket that waits for it does.
        signal.addEventListener('abort', () => request.destroy(), {once: true});
    });
}

const allAddresses: Lookup = (hostname) => dnsLookup(hostname, {all: true});

/** One private address among public ones is reason enough: the name is not what it seems. */
async function checkedAddresses(hostname: string, lookup: Lookup, allowPrivate: boolean): Promise<readonly Address[]> {
    const addresses = await lookup(hostname);
    if (addresses.length === 0) throw Object.assign(new Error('no address'), {code: 'ENOTFOUND'});
    if (!allowPrivate && !addresses.every(({address}) => isPublicAddress(address))) throw privateAddress(hostname);
    return addresses;
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Fetched> {
    refuseStatus(response.statusCode ?? 0);
    const tooLarge = new Refusal('attachment_too_large', `more than ${maxBytes} bytes`);
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
    const encoding = response.headers['content-encoding'] ?? 'identity';
    // We asked for none; unpacking what comes anyway would be a way round the size limit.
    if (encoding !== 'identity') throw new Refusal('attachment_encoded', `sent with content-encoding ${encoding.slice(0, 20)}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge;
        chunks.push(chunk);
    }
    const mime = /^[\w.+-]+\/[\w.+-]+/.exec(response.headers['content-type'] ?? '')?.[0].toLowerCase() ?? 'application/octet-stream';
    return {ok: true, bytes: Buffer.concat(chunks), mime};
}

function refuseStatus(status: number): void {
    if (status === 200) return;
    const detail = `HTTP ${status}`;
    if (status === 404 || status === 410) throw new Refusal('attachment_not_found', detail);
    if (status >= 500 || PASSING.has(status)) throw new Refusal('attachment_unavailable', detail, true);
    throw new Refusal('attachment_denied', detail);
}

const MAX_NAME_LENGTH = 120;
/** Mattermost tells the type by the extension alone, so it survives a cut. */
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;

/** A file name fit for a post and a disk: base name only, nothing invisible or reordering, at most 120 code points with its extension. */
export function safeFileName(name: string): string {
    const base = cleanCharacters(name).split(/[/\\]/).at(-1) ?? '';
    const clean = base
        .replace(/[\n\t<>:"|?*\u200C-\u200F\u061C]/g, ' ')
        .replace(/\s+/g, ' ')
        .replace(/^[. ]+|[. ]+$/g, '');
    if (clean === '') return 'file';
    if (countCodePoints(clean) <= MAX_NAME_LENGTH) return clean;
    const extension = EXTENSION.exec(clean)?.[0] ?? '';
    const cut = clusterStart(clean, indexAfter(clean, 0, MAX_NAME_LENGTH - extension.length));
    return clean.slice(0, cut).trimEnd() + extension;
}
