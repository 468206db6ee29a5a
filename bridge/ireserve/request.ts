/** One request to i-Reserve's public REST API, with Basic authentication. Nothing it says ever holds the password, or an address with one in it. */

/** How to reach one environment of i-Reserve: a user of its own with API rights, never an administrator's account. */
export type IreserveSettings = {
    /** The environment's address, e.g. `https://aurora.i-reserve.example`; `/api/rest/` comes after it. */
    readonly base_url: string;
    readonly user: string;
    readonly password: string;
};

/**
 * Why i-Reserve could not be asked.
 * - ireserve_login_refused: 401 or 403; asking on may lock the account
 * - ireserve_no_answer: not in time
 * - ireserve_unreachable: no connection
 * - ireserve_error: it answered, with a failure or a redirect
 * - ireserve_unexpected_answer: it answered something else than was asked for
 */
export type UnavailableCode =
    | 'ireserve_login_refused'
    | 'ireserve_no_answer'
    | 'ireserve_unreachable'
    | 'ireserve_error'
    | 'ireserve_unexpected_answer';

export type Unavailable = {readonly kind: 'unavailable'; readonly code: UnavailableCode; readonly detail: string};
export const unavailable = (code: UnavailableCode, detail: string): Unavailable => ({kind: 'unavailable', code, detail});

export type Asked = {readonly kind: 'answer'; readonly text: string} | {readonly kind: 'not_found'} | Unavailable;

export type Ask = {
    method: 'GET' | 'POST' | 'DELETE';
    /** After `/api/rest/`. */
    path: string;
    body?: object;
    signal: AbortSignal;
    fetch?: typeof fetch | undefined;
};

/** A booking is some kilobytes; more than this is none. */
const LONGEST_ANSWER = 256 * 1024;

/** Where an environment's addresses begin. */
export const baseOf = (settings: Pick<IreserveSettings, 'base_url'>): string => settings.base_url.replace(/\/+$/, '');

/** Asks once. Follows no redirect: it would take the password along. Never throws. */
export async function askIreserve(settings: IreserveSettings, {method, path, body, signal, fetch: send = fetch}: Ask): Promise<Asked> {
    try {
        const response = await send(`${baseOf(settings)}/api/rest/${path}`, {
            method,
            headers: {
                accept: 'application/json',
                authorization: `Basic ${Buffer.from(`${settings.user}:${settings.password}`).toString('base64')}`,
                'user-agent': 'ireserve-bridge',
                ...(body ? {'content-type': 'application/json'} : {}),
            },
            ...(body ? {body: JSON.stringify(body)} : {}),
            redirect: 'manual',
            signal,
        });
        const refused = refusalOf(response.status);
        if (!refused) return await readText(response);
        await response.body?.cancel();
        return refused;
    } catch (error) {
        if (signal.aborted) return unavailable('ireserve_no_answer', 'i-Reserve did not answer in time');
        // The message may name the address, and an address may hold a password: only the code is told.
        const {code, cause} = error as {code?: unknown; cause?: {code?: unknown}};
        return unavailable('ireserve_unreachable', `no connection: ${String(cause?.code ?? code ?? 'unknown error').slice(0, 50)}`);
    }
}

function refusalOf(status: number): Asked | null {
    if (status >= 200 && status < 300) return null;
    if (status === 404 || status === 410) return {kind: 'not_found'};
    if (status === 401 || status === 403) return unavailable('ireserve_login_refused', `i-Reserve refused user or password (${status})`);
    if (status < 400) return unavailable('ireserve_error', `i-Reserve answered with a redirect (${status}); check the base URL`);
    return unavailable('ireserve_error', `i-Reserve answered ${status}`);
}

async function readText(response: Response): Promise<Asked> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
        size += chunk.byteLength;
        if (size > LONGEST_ANSWER) return unavailable('ireserve_unexpected_answer', `i-Reserve sent more than ${LONGEST_ANSWER} bytes`);
        chunks.push(chunk);
    }
    return {kind: 'answer', text: Buffer.concat(chunks).toString('utf8')};
}

/** What JSON says, or undefined: i-Reserve may put a log-in page in the place of an answer. */
export function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text.replace(/^\uFEFF/, ''));
    } catch {
        return undefined;
    }
}

/** Runs with a signal that is given when `ms` have passed. Unlike AbortSignal.timeout, it leaves nothing behind when all is done before. */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ms);
    try {
        return await work(stop.signal);
    } finally {
        clearTimeout(timer);
    }
}
