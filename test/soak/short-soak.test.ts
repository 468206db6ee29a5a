/** The whole of a soak, a few seconds long, on either store: everything people and troubles do, and all must stand in the end. */
import {describe, expect, test} from 'vitest';
import {createDatabase} from '../support/database.ts';
import {PATIENCE_MS, tryRuns} from '../support/seeds.ts';
import {readOptions} from './options.ts';
import {soak} from './run.ts';
import {faultsOf, spread} from './table.ts';

const SHORT = {minutes: 0.05, kills: 1, stops: 1, jumps: 0, moves: 0, faults: 0.08, chats: 4, server: null, patienceMs: 60_000};

test.for([
    {store: 'sqlite', databaseUrl: async () => undefined},
    {store: 'postgres', databaseUrl: createDatabase},
] as const)('$store: a short soak finds nothing', {timeout: PATIENCE_MS}, async ({store, databaseUrl}) => {
    await tryRuns({
        fixed: [1],
        fresh: 0,
        async run(seed) {
            const result = await soak({...SHORT, store, seed, replicas: 2, databaseUrl: await databaseUrl()});
            result.remove();
            const found = Object.entries(faultsOf(result)).flatMap(([kind, list]) => list.map((one) => `${kind}: ${one}`));
            expect(found.join('\n')).toBe('');
            expect(result.figures.fromVisitors).toBeGreaterThan(0);
            expect(result.figures.fromAgents).toBeGreaterThan(0);
            expect(result.figures.kills).toBeGreaterThan(0);
        },
    });
});

describe('options', () => {
    test('what is left out follows from the minutes', () => {
        expect(readOptions({MINUTES: '5', SEED: '7'}, () => 0)).toEqual({
            minutes: 5,
            seed: 7,
            stores: ['sqlite', 'postgres'],
            replicas: 2,
            kills: 100,
            stops: 15,
            jumps: 5,
            moves: 30,
            faults: 0.1,
            chats: 8,
            server: null,
        });
    });

    test.for([
        [{STORE: 'mysql'}, /STORE/],
        [{REPLICAS: '3'}, /REPLICAS/],
        [{FAULTS: 'many'}, /FAULTS/],
        [{MATTERMOST_URL: 'http://127.0.0.1:8065'}, /MATTERMOST_ADMIN_TOKEN/],
    ] as const)('%o is refused by name', ([environment, name]) => {
        expect(() => readOptions(environment, Math.random)).toThrow(name);
    });

    test('p50, p95 and the longest', () => {
        expect(spread([])).toBe('–');
        expect(spread(Array.from({length: 100}, (_, n) => n + 1))).toBe('51 / 96 / 100');
    });
});
