/**
 * vitest's global set-up: one PostgreSQL for the whole run, started when the first test asks for it. Most selections of tests never do, and
 * need not wait for it. Who has to ask: `database.ts`, at the address that the test files get by `inject`.
 */
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {TestProject} from 'vitest/node';
import {type Postgres, startPostgres} from './postgres.ts';

declare module 'vitest' {
    export interface ProvidedContext {
        /** GET answers with the URL of a PostgreSQL database whose user may create others. */
        postgresOnDemand: string;
    }
}

export default async function runPostgres(project: TestProject): Promise<() => Promise<void>> {
    let postgres: Promise<Postgres> | undefined;
    const server = createServer(async (_request, response) => {
        postgres ??= startPostgres({fsync: 'off'});
        await postgres.then(
            ({url}) => response.end(url),
            (error: unknown) => response.writeHead(500).end(String(error)),
        );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    project.provide('postgresOnDemand', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return async () => {
        server.close();
        server.closeAllConnections();
        const started = await postgres?.catch(() => undefined);
        await started?.stop();
    };
}
