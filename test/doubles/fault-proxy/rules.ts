/** What a fault proxy may do to a request or an event stream, where, and how often; decided by a seeded draw and counted. */
import {seededRandom} from '../mattermost/state/ids.ts';

/**
 * What goes wrong with a request.
 *
 * - `error`: 500, not forwarded; `error-after`: forwarded, and 500 instead of its answer
 * - `too-many`: 429 with `Retry-After`, not forwarded
 * - `reset`: the connection is cut, not forwarded; `reset-after`: forwarded, and cut instead of its answer
 * - `timeout-after`: forwarded, and never answered
 * - `cut`: forwarded; half of the answer's body, then the connection is cut
 * - `garbled`: forwarded; an answer of the right length whose body nobody can read
 */
export const REQUEST_FAULTS = ['error', 'error-after', 'too-many', 'reset', 'reset-after', 'timeout-after', 'cut', 'garbled'] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** What goes wrong with a WebSocket: `refused`: 503 instead of the upgrade; `silent`: after a while nothing gets through, and nobody closes it. */
const SOCKET_FAULTS = ['refused', 'silent'] as const;
export type SocketFault = (typeof SOCKET_FAULTS)[number];

export type FaultRule = {
    readonly kind: RequestFault | SocketFault;
    /** `POST /api/v4/posts`; `:name` stands for one segment, a trailing `*` for any rest. Left out: every request, or every socket. */
    readonly path?: string;
    /** Chance of each, 0 to 1. */
    readonly rate: number;
    /** Of `too-many`: seconds, default 1. */
    readonly retryAfterS?: number;
    /** Of `silent`: it falls silent within so many ms, default 5,000. */
    readonly withinMs?: number;
};

export type Dice = {
    set(rules: readonly FaultRule[]): void;
    /** Asked once for each request or socket; the first rule that strikes wins. */
    strike(what: 'request' | 'socket', call: string): FaultRule | null;
    /** A further draw, from 0 to 1. */
    draw(): number;
    /** How often each kind has struck. */
    struck(): Readonly<Record<string, number>>;
};

export function createDice(seed: number): Dice {
    const random = seededRandom(seed);
    const struck: Record<string, number> = {};
    let rules: readonly FaultRule[] = [];
    return {
        set(given) {
            rules = given;
        },
        strike(what, call) {
            for (const rule of rules) {
                const fits = isOfSocket(rule) === (what === 'socket') && matches(rule.path, call);
                // Every rule that fits costs one draw, whether it strikes or not: so a seed gives the same decisions for the same calls.
                if (!fits || random() >= rule.rate) continue;
                struck[rule.kind] = (struck[rule.kind] ?? 0) + 1;
                return rule;
            }
            return null;
        },
        draw: random,
        struck: () => ({...struck}),
    };
}

const isOfSocket = ({kind}: FaultRule): boolean => (SOCKET_FAULTS as readonly string[]).includes(kind);

/** @param call method and path, without the query */
export function matches(pattern: string | undefined, call: string): boolean {
    if (pattern === undefined) return true;
    const open = pattern.endsWith('*');
    const wanted = (open ? pattern.slice(0, -1) : pattern).split('/');
    const given = call.split('/');
    if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
    return wanted.every((part, index) => {
        const last = open && index === wanted.length - 1;
        return part.startsWith(':') || (last ? given[index]?.startsWith(part) : given[index] === part);
    });
}
