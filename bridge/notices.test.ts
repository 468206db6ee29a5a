/** A stop waits for what is being stored of a notice: the store is closed after it. */
import {expect, test} from 'vitest';
import {createNotices} from './notices.ts';
import type {Database} from './store/open.ts';
import type {NoticeRow} from './store/schema.ts';

test('it is idle only once what it stores is stored', async () => {
    let store: (isNews: boolean) => void = () => undefined;
    const stored = new Promise<boolean>((resolve) => {
        store = resolve;
    });
    const notices = createNotices({
        database: {write: () => stored} as unknown as Database,
        servers: {client: () => expect.unreachable()},
        integration: () => undefined,
        quiet: () => true,
        log: {error: () => undefined, info: () => undefined} as never,
        onError: (error) => expect.unreachable(String(error)),
    });
    notices.set({integration_id: 'one', code: 'doctor', subject: '', detail: '', since: 0} as NoticeRow, false);
    let idle = false;
    const waited = notices.idle().then(() => {
        idle = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(idle).toBe(false);
    store(false);
    await waited;
});
