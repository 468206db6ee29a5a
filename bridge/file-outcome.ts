/** What became of a delivery's files, told on every surface from one place: outcome, integration log, metric. */
import type {Note, Result} from './attempt.ts';
import type {FileOutcome} from './contract.ts';

/** The result of a delivery with what became of its files; each that is missing has a line in the integration log. */
export function withFiles(result: Result, files: readonly FileOutcome[]): Result {
    if (result.kind !== 'final' || files.length === 0) return result;
    return {...result, result: {...result.result, files: [...files]}, notes: [...(result.notes ?? []), ...notesOf(files)]};
}

/** Names are the visitor's or the agent's own words: the log counts instead. */
const notesOf = (files: readonly FileOutcome[]): Note[] =>
    files.flatMap(({state, code}, index) =>
        state === 'missing' && code ? [{code, detail: `file ${index + 1} of ${files.length} did not go along`}] : [],
    );
