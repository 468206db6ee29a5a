import {useRef, useState} from 'react';
import type {DraftFile} from '../state/drafts.ts';
import {useDesk} from './useDesk.ts';

/** Mattermost takes so many files in one post. */
export const MOST_FILES = 10;

/** @property failed why, in Mattermost's words; null while it runs */
export type Upload = {number: number; name: string; part: number; failed: string | null; abort: AbortController};
export type Uploads = {
    running: Upload[];
    isUploading: boolean;
    hasFailed: boolean;
    /** Some of those that were added last were too many, and left out. */
    isOver: boolean;
    add(files: File[]): void;
    remove(file: DraftFile): void;
    /** Gives up one that runs, or puts away one that failed. */
    dismiss(upload: Upload): void;
};

/** Files on their way to Mattermost; once there they belong to the draft. @param change the draft's files as they are by then → as they shall be */
export function useUploads(files: DraftFile[], change: (change: (files: DraftFile[]) => DraftFile[]) => void): Uploads {
    const desk = useDesk();
    const [running, setRunning] = useState<Upload[]>([]);
    const [isOver, setOver] = useState(false);
    const next = useRef(0);

    const patch = (number: number, part: Partial<Upload>) =>
        setRunning((all) => all.map((one) => (one.number === number ? {...one, ...part} : one)));
    const drop = (number: number) => setRunning((all) => all.filter((one) => one.number !== number));

    function start(file: File): void {
        const number = next.current++;
        const abort = new AbortController();
        setRunning((all) => [...all, {number, name: file.name, part: 0, failed: null, abort}]);
        desk.writing
            .upload(file, (part) => patch(number, {part}), abort.signal)
            .then(
                ({id, name}) => {
                    // In this order: whoever waits for the last upload finds its file in the draft.
                    change((all) => [...all, {id, name}]);
                    drop(number);
                },
                (error: unknown) => patch(number, {failed: error instanceof Error ? error.message : String(error)}),
            );
    }

    return {
        running,
        isUploading: running.some(({failed}) => failed === null),
        hasFailed: running.some(({failed}) => failed !== null),
        isOver,
        add(added) {
            const room = Math.max(0, MOST_FILES - files.length - running.length);
            setOver(added.length > room);
            for (const file of added.slice(0, room)) start(file);
        },
        remove({id}) {
            setOver(false);
            change((all) => all.filter((file) => file.id !== id));
        },
        dismiss({number, abort}) {
            setOver(false);
            drop(number);
            abort.abort();
        },
    };
}
