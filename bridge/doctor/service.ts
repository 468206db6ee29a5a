/** The running service, found and asked: whether it answers, whether it is this store's, and what its environment says that no other shell knows. */
import {INSTANCE_HEADER, type ServiceNote} from '../instance.ts';
import {isAnswer, probe} from './probe.ts';

export type Service = {
    url: string;
    /**
     * - ours: a bridge with this store, or one of a version that does not tell
     * - other: a bridge with another store
     * - not_ready: a bridge that can't store events now
     * - no_bridge: something else
     * - silent: nothing
     */
    state: 'ours' | 'other' | 'not_ready' | 'no_bridge' | 'silent';
    detail: string;
    /** PUBLIC_URL as the service has it; null: it has none; undefined: it does not say. */
    publicUrl: string | null | undefined;
};

/** Asks what answers at an address. Never throws. */
export async function askService(url: string, instance: string, limitMs?: number): Promise<Service> {
    const answer = await probe(`${url}/ready`, {}, limitMs);
    if (!isAnswer(answer)) return {url, state: 'silent', detail: answer.detail, publicUrl: undefined};
    const told = readyIn(answer.text);
    const theirs = answer.headers.get(INSTANCE_HEADER);
    const publicUrl = told?.public_url;
    const status = told?.status ?? `HTTP ${answer.status}`;
    if (theirs !== null && theirs !== instance) return {url, state: 'other', detail: status, publicUrl: undefined};
    if (answer.status === 503) return {url, state: 'not_ready', detail: status, publicUrl};
    if (typeof told?.listening !== 'object' || told.listening === null)
        return {url, state: 'no_bridge', detail: status, publicUrl: undefined};
    return {url, state: 'ours', detail: status, publicUrl};
}

type Ready = {status?: string; listening?: object | null; public_url?: string | null};

function readyIn(text: string): Ready | undefined {
    try {
        return JSON.parse(text) as Ready;
    } catch {
        return undefined;
    }
}

const BEST_FIRST: readonly Service['state'][] = ['ours', 'not_ready', 'other', 'no_bridge', 'silent'];

/** Asks at several addresses; what says most is the answer, and of equals the first. */
export async function findService(urls: readonly string[], instance: string, limitMs?: number): Promise<Service> {
    const found = await Promise.all([...new Set(urls)].map((url) => askService(url, instance, limitMs)));
    const [best] = found.toSorted((a, b) => BEST_FIRST.indexOf(a.state) - BEST_FIRST.indexOf(b.state));
    if (!best) throw new Error('there is no address to ask at');
    return best;
}

/**
 * Where the service of a store may answer.
 *
 * @param port from the environment of whoever asks, where it is set there
 * @param fallback the port of a service that was given none
 */
export function serviceUrls(note: ServiceNote | undefined, port: number | undefined, fallback: number): string[] {
    const everywhere = note === undefined || ['0.0.0.0', '::', ''].includes(note.host);
    const host = everywhere ? 'localhost' : note.host.includes(':') ? `[${note.host}]` : note.host;
    const near = `http://${host}:${port ?? note?.port ?? fallback}`;
    // It may run on another machine, and be reached as everybody reaches it.
    return note?.public_url ? [near, note.public_url] : [near];
}
