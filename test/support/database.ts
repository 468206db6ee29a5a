/** An empty PostgreSQL database for one test file or one test, on the server of this run (`run-postgres.ts`). */
import {inject} from 'vitest';
import {addDatabase} from './postgres.ts';

/** @returns the database's URL. Nothing to clean up: all databases of a run go with its end. */
export function createDatabase(): Promise<string> {
    return addDatabase(inject('postgresUrl'));
}
