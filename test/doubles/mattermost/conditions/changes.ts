export type Changes = {
    /** to be called after anything observable has changed */
    announce(): void;
    /** resolves with the first truthy answer of `condition` */
    until<T>(condition: () => T | undefined | false, deadlineMs?: number): Promise<T>;
};

const DEFAULT_DEADLINE_MS = 15_000;

/** Lets a test wait for a state instead of sleeping and hoping. */
export function createChanges(): Changes {
    const waiting = new Set<() => void>();
    return {
        announce() {
            for (const check of [...waiting]) {
                check();
            }
        },
        until<T>(condition: () => T | undefined | false, deadlineMs = DEFAULT_DEADLINE_MS): Promise<T> {
            const at = new Error(`nothing came true within ${deadlineMs} ms: ${condition.toString().slice(0, 200)}`);
            return new Promise<T>((resolve, reject) => {
                const settle = (finish: () => void): void => {
                    clearTimeout(timer);
                    waiting.delete(check);
                    finish();
                };
                const check = (): void => {
                    try {
                        const value = condition();
                        if (value !== undefined && value !== false) {
                            settle(() => resolve(value));
                        }
                    } catch (error) {
                        settle(() => reject(error));
                    }
                };
                const timer = setTimeout(() => settle(() => reject(at)), deadlineMs);
                waiting.add(check);
                check();
            });
        },
    };
}
