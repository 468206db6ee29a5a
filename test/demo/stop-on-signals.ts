/** Ctrl+C stops what a demo has started. */

/** A second Ctrl+C does not wait. @param once whether it would have ended by itself: then it is no success */
export function stopOnSignals(stop: () => Promise<void>, {once}: {once: boolean}): {isStopping(): boolean} {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
            if (stopping) process.exit(130);
            stopping = true;
            console.log('\nStopping …');
            stop().then(
                () => process.exit(once ? 130 : 0),
                (error: unknown) => {
                    console.error(error);
                    process.exit(1);
                },
            );
        });
    }
    return {isStopping: () => stopping};
}
