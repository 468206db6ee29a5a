/** vitest's global set-up: one PostgreSQL for the whole run, whose URL the test files get by `inject`. */
import type {TestProject} from 'vitest/node';
import {startPostgres} from './postgres.ts';

declare module 'vitest' {
    export interface ProvidedContext {
        postgresUrl: string;
    }
}

export default async function runPostgres(project: TestProject): Promise<() => Promise<void>> {
    const postgres = await startPostgres();
    project.provide('postgresUrl', postgres.url);
    return postgres.stop;
}
