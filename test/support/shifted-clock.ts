/**
 * Preloaded into a process under test (`node --import`): its wall clock is off by as many milliseconds as the file CLOCK_FILE says, read anew
 * all the time; what counts by the monotonic clock (timers, `performance.now`) goes on as it does when somebody sets a machine's clock.
 */
import {readFileSync} from 'node:fs';

const REREAD_MS = 20;

const file = process.env.CLOCK_FILE;
const real = Date.now;
let [offset, readAt] = [0, Number.NEGATIVE_INFINITY];

function shifted(): number {
    const at = performance.now();
    if (file && at - readAt > REREAD_MS) {
        readAt = at;
        try {
            offset = Number(readFileSync(file, 'utf8')) || 0;
        } catch {
            // Not there yet: as it was.
        }
    }
    return real() + offset;
}

Date.now = shifted;
globalThis.Date = new Proxy(Date, {
    construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [shifted()], made),
});
