import {type RefObject, useEffect, useLayoutEffect, useRef, useState} from 'react';

/** Nearer to the end than this counts as at the end, pixels. */
const NEAR = 40;
/** Nearer to the top than this, what came before is fetched: it is there before the reader is. */
const NEAR_TOP = 400;

/**
 * Opens at the newest and stays there; whoever has scrolled up stays where he is, also when something older comes in above.
 *
 * @param onTop called while who scrolls up comes near the top
 */
export function useScroll(box: RefObject<HTMLElement>, firstId: string | undefined, lastId: string | undefined, onTop: () => void) {
    const [isAtEnd, setAtEnd] = useState(true);
    const before = useRef({firstId, height: 0});
    useLayoutEffect(() => {
        const element = box.current;
        if (!element) return;
        const grownAbove = before.current.firstId !== undefined && firstId !== before.current.firstId;
        if (isAtEnd && lastId) element.scrollTop = element.scrollHeight;
        else if (grownAbove) element.scrollTop += element.scrollHeight - before.current.height;
        before.current = {firstId, height: element.scrollHeight};
    }, [box, firstId, lastId, isAtEnd]);
    // Pictures load late, and the composer grows: the end moves without any message.
    useEffect(() => {
        const element = box.current;
        if (!element || !isAtEnd || typeof ResizeObserver === 'undefined') return;
        const observer = new ResizeObserver(() => {
            element.scrollTop = element.scrollHeight;
        });
        observer.observe(element);
        if (element.firstElementChild) observer.observe(element.firstElementChild);
        return () => observer.disconnect();
    }, [box, isAtEnd]);
    return {
        isAtEnd,
        onScroll() {
            const element = box.current;
            if (!element) return;
            const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
            setAtEnd(atEnd);
            // A short conversation is at both ends: it asks by the button only.
            if (!atEnd && element.scrollTop < NEAR_TOP) onTop();
        },
        toEnd: () => setAtEnd(true),
    };
}
