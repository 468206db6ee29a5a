import {expect} from 'vitest';
import type {TestBridge} from '../support/bridge.ts';

/** Waits until nothing is on its way any more. */
export async function settled({database}: Pick<TestBridge, 'database'>, timeout = 20_000): Promise<void> {
    const queued = () =>
        database.read.selectFrom('delivery').select(['source_id', 'type', 'reason_code']).where('state', '=', 'queued').execute();
    await expect.poll(queued, {timeout, interval: 20}).toEqual([]);
}
