/** The notice of a broken round trip goes away when nobody makes one any more, and when one by hand got through. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import type {Integration} from '../integration.ts';
import {createLog} from '../log.ts';
import {type Database, openDatabase} from '../store/open.ts';
import {raiseNotice} from '../store/records.ts';
import {startSchedule} from './schedule.ts';
import {storeRoundTrip} from './stored.ts';

let folder = '';
let database: Database;
beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ireserve-schedule-'));
    database = await openDatabase(join(folder, 'bridge.sqlite'));
});
afterEach(async () => {
    await database.close();
    rmSync(folder, {recursive: true});
});

const NOTICE = {integration_id: 'i', code: 'round_trip_failed', subject: 'round trip', detail: '', since: 1};

/** Notices taken back by the first look after which `ended` says that all is done. */
async function takenBack(given: {round_trip_minutes: number; state: string}): Promise<unknown[]> {
    const set = vi.fn();
    const integration = {id: 'i', name: 'aurora', state: given.state, config: {round_trip_minutes: given.round_trip_minutes}};
    // Made just now: another one is not due.
    await database.write((tx) => tx.updateTable('health').set({round_trip_at: 1000}).execute());
    let looks = 0;
    const schedule = startSchedule({
        database,
        integrations: () => {
            looks++;
            return [integration as Integration];
        },
        travelling: () => {
            throw new Error('none is due');
        },
        notices: {set},
        log: createLog('silent'),
        now: () => 1000,
        onError: (error) => expect(error).toBeUndefined(),
        lookMs: 5,
    });
    await vi.waitFor(() => expect(looks).toBeGreaterThan(3));
    await schedule.stop();
    return set.mock.calls;
}

it.each([
    ['switched off', {round_trip_minutes: 0, state: 'active'}, false, true],
    ['paused', {round_trip_minutes: 30, state: 'paused'}, false, true],
    ['mended, as one by hand has shown', {round_trip_minutes: 30, state: 'active'}, true, true],
    ['still broken', {round_trip_minutes: 30, state: 'active'}, false, false],
])('%s', async (_name, given, ok, isTakenBack) => {
    await database.write((tx) => raiseNotice(tx, NOTICE));
    const report = {at: '', integration: 'aurora', channel_id: '', ok, broken: ok ? null : ('heard' as const), ms: 1, hops: []};
    await storeRoundTrip(database, 'i', report, 1000);
    const calls = await takenBack(given);
    if (isTakenBack) expect(calls[0]).toEqual([NOTICE, false]);
    else expect(calls).toEqual([]);
});
