import {useRef, useState} from 'react';
import type {DraftFile} from '../state/drafts.ts';
import {useDesk} from './useDesk.ts';

/** Mattermost takes so many files in one post. */
const MOST = 10;

export type Upload = {number: number; name: string; part: number; failed: boolean};
export type Uploads = {
    running: Upload[];
    isUploading: boolean;
    add(files: File[]): void;
    remove(file: DraftFile): void;
    dismiss(upload: Upload): void;
};

/** Files on their way to Mattermost; once there they belong to the draft. */
export function useUploads(files: DraftFile[], onChanged: (files: DraftFile[]) => void): Uploads {
    const desk = useDesk();
    const [running, setRunning] = useState<Upload[]>([]);
    const next = useRef(0);
    const current = useRef(files);
    current.current = files;

    const patch = (number: number, part: Partial<Upload>) =>
        setRunning((all) => all.map((one) => (one.number === number ? {...one, ...part} : one)));
    const drop = (number: number) => setRunning((all) => all.filter((one) => one.number !== number));

    function change(files: DraftFile[]): void {
        // Several uploads may end before the next drawing.
        current.current = files;
        onChanged(files);
    }

    function start(file: File): void {
        const number = next.current++;
        setRunning((all) => [...all, {number, name: file.name, part: 0, failed: false}]);
        desk.writing
            .upload(file, (part) => patch(number, {part}))
            .then(
                ({id, name}) => {
                    drop(number);
                    change([...current.current, {id, name}]);
                },
                () => patch(number, {failed: true}),
            );
    }

    return {
        running,
        isUploading: running.some(({failed}) => !failed),
        add(added) {
            for (const file of added.slice(0, Math.max(0, MOST - files.length - running.length))) start(file);
        },
        remove: ({id}) => change(current.current.filter((file) => file.id !== id)),
        dismiss: ({number}) => drop(number),
    };
}
