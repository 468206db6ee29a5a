import {useRef} from 'react';

/** While somebody points at the list nothing moves away from under the pointer: what is new is put at the end, what left stays out. */
export function useStableOrder(ids: readonly string[], isHeld: boolean): readonly string[] {
    const shown = useRef<readonly string[]>(ids);
    if (isHeld) {
        const wanted = new Set(ids);
        const kept = shown.current.filter((id) => wanted.has(id));
        shown.current = [...kept, ...ids.filter((id) => !kept.includes(id))];
    } else shown.current = ids;
    return shown.current;
}
