import * as z from 'zod';

/**
 * What goes wrong.
 *
 * - `error`: 500 JSON before anything is stored; `error-after`: the same after it is stored
 * - `blank-error`: 500 with a blank `id`, as 11.x answers in hardened mode (nothing stored)
 * - `too-many`: 429 with the plain-text body `limit exceeded`
 * - `bad-gateway`: 502 with an HTML page, as a proxy in front answers (nothing stored)
 * - `reset`: the connection is cut before anything is stored; `reset-after`: after it is stored
 * - `silent`: never answered, nothing stored; `silent-after`: stored, then never answered
 * - `slow`: answered normally after `delayMs`
 * - `html`: done and stored, but answered 200 with an HTML page (a captive portal or log-in page in between)
 * - `wrong-type`: the right JSON, labelled `text/plain`
 * - `cut`: done and stored; the answer is cut off half-way through its body
 * - `stall`: done and stored; half of the answer's body, and then nothing more
 */
export const FAULT_KINDS = [
    'error',
    'error-after',
    'blank-error',
    'too-many',
    'bad-gateway',
    'reset',
    'reset-after',
    'silent',
    'silent-after',
    'slow',
    'html',
    'wrong-type',
    'cut',
    'stall',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const faultSchema = z.strictObject({
    kind: z.enum(FAULT_KINDS),
    /** a route name such as `POST /posts`; a trailing `*` matches the rest; without it every API request is meant */
    route: z.string().optional(),
    /** strike the next n matching requests, then stop */
    next: z.int().positive().optional(),
    /** strike each matching request with this chance, until cleared; with neither `next` nor this: always */
    probability: z.number().min(0).max(1).optional(),
    /** for `slow`: milliseconds, default 1,000 */
    delayMs: z.number().nonnegative().optional(),
    /** for `too-many`: the `Retry-After` header in seconds, default 1 */
    retryAfterS: z.int().nonnegative().optional(),
    /** for `error` and `error-after`: the status, default 500 */
    status: z.int().min(400).max(599).optional(),
    /** for `error` and `error-after`: the error id, default `app.post.save.app_error` */
    id: z.string().optional(),
});
export type Fault = z.infer<typeof faultSchema>;

export type Faults = {
    /** adds a fault; several may be armed, the first one that strikes wins */
    add(fault: Fault): void;
    /** disarms all */
    clear(): void;
    /** those still armed, with what is left of `next` */
    armed(): readonly Fault[];
    /** how often each kind has struck since the start or the last `clear` */
    struck(): Readonly<Record<string, number>>;
    /** asked once for every request */
    strike(route: string): Fault | undefined;
};

export function createFaults(random: () => number): Faults {
    let armed: {fault: Fault; left: number}[] = [];
    let struck: Record<string, number> = {};
    return {
        add(fault) {
            armed.push({fault, left: fault.next ?? Number.POSITIVE_INFINITY});
        },
        clear() {
            armed = [];
            struck = {};
        },
        armed: () => armed.map(({fault, left}) => (fault.next === undefined ? fault : {...fault, next: left})),
        struck: () => ({...struck}),
        strike(route) {
            for (const entry of armed) {
                if (matches(entry.fault.route, route) && (entry.fault.probability === undefined || random() < entry.fault.probability)) {
                    entry.left--;
                    armed = armed.filter(({left}) => left > 0);
                    struck[entry.fault.kind] = (struck[entry.fault.kind] ?? 0) + 1;
                    return entry.fault;
                }
            }
            return undefined;
        },
    };
}

function matches(filter: string | undefined, route: string): boolean {
    if (filter === undefined) {
        return true;
    }
    return filter.endsWith('*') ? route.startsWith(filter.slice(0, -1)) : route === filter;
}
