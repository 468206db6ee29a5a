/** Waiting for something to become true, woken by changes rather than by polling. */
export type Waiter = {
    /** Something may have become true. */
    changed: () => void;
    /** The first value `look` gives that is not null, undefined or false. */
    until: <T>(what: string, look: () => T | null | undefined | false, timeoutMs?: number) => Promise<T>;
};

export function createWaiter(): Waiter {
    const looking = new Set<() => void>();
    return {
        changed() {
            for (const look of [...looking]) look();
        },
        until: (what, look, timeoutMs = 15_000) =>
            new Promise((resolve, reject) => {
                const again = () => {
                    const found = look();
                    if (found === null || found === undefined || found === false) return false;
                    looking.delete(again);
                    clearTimeout(timer);
                    resolve(found);
                    return true;
                };
                const timer = setTimeout(() => {
                    looking.delete(again);
                    reject(new Error(`Waited ${timeoutMs} ms for ${what}.`));
                }, timeoutMs);
                if (!again()) looking.add(again);
            }),
    };
}
