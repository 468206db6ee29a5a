import {setTimeout as pause} from 'node:timers/promises';

const DEADLINE_MS = 5_000;
const EVERY_MS = 20;

/** Asks again and again until the answer is there; fails after five seconds. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
    const end = Date.now() + DEADLINE_MS;
    for (;;) {
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
        if (Date.now() > end) {
            throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
        }
        await pause(EVERY_MS);
    }
}
