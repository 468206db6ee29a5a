/** At most so many at once per key; the others wait in line. */

type Waiting = {most: () => number; begin: () => void};

/** @returns a function that runs `work` when it is its turn, or answers null when the signal comes before that */
export function createTurns() {
    const lines = new Map<string, {running: number; waiting: Set<Waiting>}>();
    return async function inTurn<T>(key: string, most: () => number, signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
        const line = lines.get(key) ?? {running: 0, waiting: new Set<Waiting>()};
        lines.set(key, line);
        if (line.running < most()) line.running++;
        else if (!(await turnOf(line.waiting, most, signal))) return null;
        try {
            return await work();
        } finally {
            line.running--;
            for (const next of line.waiting) {
                if (line.running >= next.most()) break;
                line.waiting.delete(next);
                line.running++;
                next.begin();
            }
            if (line.running === 0) lines.delete(key);
        }
    };
}

function turnOf(waiting: Set<Waiting>, most: () => number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
        const entry = {
            most,
            begin() {
                signal.removeEventListener('abort', give);
                resolve(true);
            },
        };
        const give = () => {
            waiting.delete(entry);
            resolve(false);
        };
        signal.addEventListener('abort', give, {once: true});
        waiting.add(entry);
    });
}
