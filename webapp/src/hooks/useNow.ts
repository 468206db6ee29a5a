import {useEffect, useState} from 'react';

const listeners = new Set<(now: number) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, every second; one timer for all that is on the page, and none when nothing ticks. */
export function useNow(ticks = true): number {
    const [now, setNow] = useState(Date.now);
    useEffect(() => {
        if (!ticks) return;
        // It may have stood still since long ago.
        setNow(Date.now());
        listeners.add(setNow);
        timer ??= setInterval(() => {
            for (const tell of listeners) tell(Date.now());
        }, 1000);
        return () => {
            listeners.delete(setNow);
            if (listeners.size > 0) return;
            clearInterval(timer);
            timer = undefined;
        };
    }, [ticks]);
    return now;
}
