import {setTimeout as pause} from 'node:timers/promises';

// Far more than a healthy server needs, so that a busy machine does not fail what is right.
const DEADLINE_MS = 15_000;
const EVERY_MS = 20;

/** Asks again and again until the answer is there; fails after fifteen seconds. */
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
