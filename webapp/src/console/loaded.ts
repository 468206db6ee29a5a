import {useCallback, useEffect, useRef, useState} from 'react';
import type {BridgeError, Result} from '../client/requests.ts';

export type Loaded<T> = {
    data: T | null;
    error: BridgeError | null;
    isLoading: boolean;
    reload(): Promise<void>;
    /** What an action answered, instead of asking again. */
    set(data: T): void;
};

/** Asks again whenever the key changes. What was there stays until the answer is: nothing jumps. */
export function useLoaded<T>(key: string, load: () => Promise<Result<T>>): Loaded<T> {
    const [state, setState] = useState<{key: string; data: T | null; error: BridgeError | null; isLoading: boolean}>({
        key,
        data: null,
        error: null,
        isLoading: true,
    });
    const current = useRef({load, asked: 0});
    current.current.load = load;

    const reload = useCallback(async () => {
        const mine = ++current.current.asked;
        setState((before) => ({...before, isLoading: true}));
        const answer = await current.current.load();
        if (mine !== current.current.asked) return;
        setState((before) => ({
            key,
            data: answer.ok ? answer.data : before.key === key ? before.data : null,
            error: answer.ok ? null : answer.error,
            isLoading: false,
        }));
    }, [key]);

    useEffect(() => {
        void reload();
        const {current: mine} = current;
        return () => {
            mine.asked++;
        };
    }, [reload]);

    const set = useCallback(
        (data: T) => {
            current.current.asked++;
            setState({key, data, error: null, isLoading: false});
        },
        [key],
    );
    return {data: state.data, error: state.error, isLoading: state.isLoading, reload, set};
}

/** One thing at a time that is sent; what was refused is kept until the next try. */
export function useAction() {
    const [isBusy, setBusy] = useState(false);
    const [error, setError] = useState<BridgeError | null>(null);
    const isShown = useRef(true);
    useEffect(() => {
        isShown.current = true;
        return () => {
            isShown.current = false;
        };
    }, []);
    return {
        isBusy,
        error,
        clear: () => setError(null),
        /** @returns what was answered; null when it was refused, or something is under way */
        async run<T>(ask: () => Promise<Result<T>>): Promise<{data: T} | null> {
            if (isBusy) return null;
            setBusy(true);
            setError(null);
            const answer = await ask();
            if (isShown.current) {
                setBusy(false);
                if (!answer.ok) setError(answer.error);
            }
            return answer.ok ? {data: answer.data} : null;
        },
    };
}
