/** What a piece of work costs the processor: unlike the time on the clock, much the same on an idle and on a busy machine. */

/** @returns milliseconds of processor time that this process spent on `work`. */
export function cpuMs(work: () => unknown): number {
    const before = process.cpuUsage();
    work();
    const {user, system} = process.cpuUsage(before);
    return (user + system) / 1000;
}
