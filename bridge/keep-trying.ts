/** Writes that must come about: while the store fails they are tried again. */
type Options = {
    onError: (error: unknown) => void;
    /** From now on not for long any more. */
    stopping: () => boolean;
    /** Given up at a stop: the store is closed, and what remains is taken up by its lease's end or the next start. */
    abandoned: () => boolean;
};

/** Between two tries, ms; doubled each time. */
const FIRST_WAIT = 50;
const LONGEST_WAIT = 5000;
/** A stop has no patience with waits longer than this. */
const WHILE_STOPPING = 1000;

/** @returns a function that repeats a write until it is done. @throws what the write threw, when it is given up at a stop */
export function createKeepTrying({onError, stopping, abandoned}: Options) {
    return async function keepTrying<T>(write: () => Promise<T>): Promise<T> {
        for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
            try {
                return await write();
            } catch (error) {
                if (abandoned()) throw error;
                onError(error);
                if (stopping() && wait > WHILE_STOPPING) throw error;
                await new Promise((resolve) => setTimeout(resolve, wait));
            }
        }
    };
}
