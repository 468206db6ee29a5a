/** `make soak`: real bridges under kills, stops, clock jumps and faults for MINUTES; ends with a table, and with 1 if anything is not zero that must be. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {addDatabase, startPostgres} from '../support/postgres.ts';
import {readOptions, type SoakOptions} from './options.ts';
import {type Result, soak} from './run.ts';
import {faultsOf, table} from './table.ts';

const PATIENCE_MS = 180_000;
/** Printed of each kind; the file has all. */
const MOST_SHOWN = 10;

async function main(options: SoakOptions): Promise<boolean> {
    const {seed, stores, replicas} = options;
    const {stores: _, ...each} = options;
    console.log(`Seed ${seed}; ${options.minutes} minutes on each of: ${stores.join(', ')}. What is found is kept in findings/.`);
    const postgres = stores.includes('postgres') ? await startPostgres({fsync: 'off'}) : undefined;
    const results: Record<string, Result> = {};
    try {
        for (const store of stores) {
            const databaseUrl = postgres && store === 'postgres' ? await addDatabase(postgres.url) : undefined;
            const name = store === 'sqlite' ? 'SQLite' : `PostgreSQL, ${replicas} replica${replicas > 1 ? 's' : ''}`;
            const result = await soak({...each, store, databaseUrl, patienceMs: PATIENCE_MS});
            results[name] = result;
            console.log(`${name} on ${result.figures.place}: ${JSON.stringify(result.figures.faults)}`);
            if (isClean(result)) result.remove();
            else tell(name, seed, result);
        }
    } finally {
        await postgres?.stop();
    }
    console.log(`\nSeed ${seed}\n${table(results)}\n`);
    return Object.values(results).every(isClean);
}

const isClean = (result: Result): boolean => Object.values(faultsOf(result)).every((list) => list.length === 0);

function tell(name: string, seed: number, result: Result): void {
    mkdirSync('findings', {recursive: true});
    const path = `findings/soak-${new Date().toISOString().replaceAll(':', '-')}-${seed}.json`;
    writeFileSync(path, JSON.stringify({name, seed, found: faultsOf(result), figures: result.figures}, null, 2));
    for (const [kind, list] of Object.entries(faultsOf(result))) {
        for (const one of list.slice(0, MOST_SHOWN)) console.log(`${name}: ${kind}: ${one}`);
        if (list.length > MOST_SHOWN) console.log(`${name}: ${kind}: and ${list.length - MOST_SHOWN} more in ${path}`);
    }
    console.log(`${name}: database and key are in ${result.folder}`);
}

try {
    process.exitCode = (await main(readOptions(process.env, Math.random))) ? 0 : 1;
} catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
}
