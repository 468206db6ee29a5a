import {type RefObject, useEffect, useRef, useState} from 'react';

/** Only files: text that is dragged goes where it always does. */
const hasFiles = ({dataTransfer}: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

/**
 * Files may be dropped anywhere on a zone around an element; beside it the browser would open them in Mattermost's place.
 * @returns whether some are held over it
 */
export function useDrop(inside: RefObject<HTMLElement>, zone: string, onFiles: (files: File[]) => void): boolean {
    const [isOver, setOver] = useState(false);
    const take = useRef(onFiles);
    take.current = onFiles;
    useEffect(() => {
        const element = inside.current?.closest<HTMLElement>(zone);
        if (!element) return;
        const over = (event: DragEvent) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            setOver(true);
        };
        const leave = (event: DragEvent) => {
            // Not when it only goes on to something inside.
            if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) setOver(false);
        };
        const drop = (event: DragEvent) => {
            setOver(false);
            if (!hasFiles(event)) return;
            event.preventDefault();
            take.current([...(event.dataTransfer?.files ?? [])]);
        };
        element.addEventListener('dragover', over);
        element.addEventListener('dragleave', leave);
        element.addEventListener('drop', drop);
        return () => {
            element.removeEventListener('dragover', over);
            element.removeEventListener('dragleave', leave);
            element.removeEventListener('drop', drop);
        };
    }, [inside, zone]);
    return isOver;
}
