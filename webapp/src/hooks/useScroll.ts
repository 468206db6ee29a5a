import {type RefObject, useEffect, useLayoutEffect, useRef, useState} from 'react';

/** Nearer to the end than this counts as at the end, pixels. */
const NEAR = 40;
/** Nearer to the top than this, what came before is fetched: it is there before the reader is. */
const NEAR_TOP = 400;

/** What is being read, and where it stood in the content. */
type Place = {element: Element; top: number};

/**
 * Opens at the newest and stays there; whoever has scrolled up stays where he is, also when something above comes in or changes its height
 * (what is out of sight has only an estimated one: `content-visibility`).
 *
 * @param box scrolls its only child, whose children are what is read
 * @param onTop called while who scrolls up comes near the top
 */
export function useScroll(box: RefObject<HTMLElement>, firstId: string | undefined, lastId: string | undefined, onTop: () => void) {
    const [isAtEnd, setAtEnd] = useState(true);
    // Not only the state: between a scroll and its drawing, what came into sight has changed its height already.
    const staysAtEnd = useRef(true);
    const place = useRef<Place | null>(null);
    const settle = useRef(() => {
        const element = box.current;
        if (!element) return;
        if (staysAtEnd.current) {
            element.scrollTop = element.scrollHeight;
            return;
        }
        const {current} = place;
        if (!current?.element.isConnected) return;
        const moved = topIn(element, current.element) - current.top;
        current.top += moved;
        if (moved !== 0) element.scrollTop += moved;
    });
    // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something comes in at either end.
    useLayoutEffect(() => settle.current(), [firstId, lastId, isAtEnd]);
    // Pictures load late, the composer grows, and what comes into sight takes its real height.
    useEffect(() => {
        const element = box.current;
        if (!element || typeof ResizeObserver === 'undefined') return;
        const observer = new ResizeObserver(() => settle.current());
        observer.observe(element);
        if (element.firstElementChild) observer.observe(element.firstElementChild);
        return () => observer.disconnect();
    }, [box]);
    return {
        isAtEnd,
        onScroll() {
            const element = box.current;
            if (!element) return;
            staysAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
            setAtEnd(staysAtEnd.current);
            if (staysAtEnd.current) return;
            place.current = placeIn(element);
            if (element.scrollTop < NEAR_TOP) onTop();
        },
        toEnd() {
            staysAtEnd.current = true;
            setAtEnd(true);
        },
    };
}

const topIn = (box: Element, element: Element): number =>
    element.getBoundingClientRect().top - (box.firstElementChild?.getBoundingClientRect().top ?? 0);

/** The topmost message in sight. The children stand one below the other, so that a few looks find it among thousands. */
function placeIn(box: Element): Place | null {
    const all = box.firstElementChild?.getElementsByTagName('article') ?? [];
    const edge = box.getBoundingClientRect().top;
    let low = 0;
    let high = all.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((all[middle]?.getBoundingClientRect().bottom ?? 0) > edge) high = middle;
        else low = middle + 1;
    }
    const element = all[low];
    return element ? {element, top: topIn(box, element)} : null;
}
