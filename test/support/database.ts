/** An empty PostgreSQL database for one test file or one test, on the server of this run (`run-postgres.ts`). */
import {inject} from 'vitest';
import {addDatabase} from './postgres.ts';

// For all files of a process, each of which loads this module anew.
const known = globalThis as typeof globalThis & {urlOfPostgres?: string};

/** Starts the server when this is the first to ask. @returns the URL of a database of it, whose user may create others */
export async function askForPostgres(): Promise<string> {
    if (known.urlOfPostgres) return known.urlOfPostgres;
    const response = await fetch(inject('postgresOnDemand'));
    const answer = await response.text();
    if (!response.ok) throw new Error(answer);
    known.urlOfPostgres = answer;
    return answer;
}

/** The port of the run's server, once this process has asked for it. */
export const portOfPostgres = (): number | undefined =>
    known.urlOfPostgres ? Number(new URL(known.urlOfPostgres).port || 5432) : undefined;

/** @returns the database's URL. Nothing to clean up: all databases of a run go with its end. */
export const createDatabase = async (): Promise<string> => addDatabase(await askForPostgres());
