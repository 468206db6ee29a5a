/**
 * Runs a start of several steps: when one fails, those before it are undone, in the reverse order, and its error is thrown. Half a start would be
 * the worst outcome: a process that answers, does nothing, and that no supervisor starts again.
 */
export async function allOrNothing<T>(start: (undo: (step: () => unknown) => void) => Promise<T>): Promise<T> {
    const steps: (() => unknown)[] = [];
    try {
        return await start((step) => void steps.push(step));
    } catch (error) {
        for (const step of steps.reverse()) {
            try {
                await step();
            } catch {
                // What made the start fail says more.
            }
        }
        throw error;
    }
}
