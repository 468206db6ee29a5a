/** The store goes away while the service starts: all of it starts, or nothing stays. */
import {mkdtempSync, rmSync} from 'node:fs';
import {createConnection} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, it} from 'vitest';
import {createLog} from '../../bridge/log.ts';
import {startBridge} from '../../bridge/main.ts';
import {readSettings} from '../../bridge/settings.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';

const folders: string[] = [];
afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

/** A store whose writes fail from the nth on. */
function failingFrom(nth: number, seen: {writes: number; closed: boolean}) {
    return async (where: string): Promise<Database> => {
        const database = await openDatabase(where);
        return {
            ...database,
            write: (work) => {
                seen.writes++;
                if (seen.writes < nth) return database.write(work);
                return Promise.reject(Object.assign(new Error('Connection terminated unexpectedly'), {code: 'ECONNRESET'}));
            },
            async close() {
                seen.closed = true;
                await database.close();
            },
        };
    };
}

const answers = (port: number) =>
    new Promise<boolean>((resolve) => {
        const socket = createConnection(port, '127.0.0.1', () => {
            socket.destroy();
            resolve(true);
        });
        socket.on('error', () => resolve(false));
    });

it('whichever write of the start fails, nobody answers at the port, and the store is closed and free', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-start-'));
    folders.push(folder);
    const settings = readSettings({HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder});
    const whole = {writes: 0, closed: false};
    const log = createLog('silent');
    // The first start of a store writes what later ones find.
    await (await startBridge(settings, {log})).stop();
    const bridge = await startBridge(settings, {log, open: failingFrom(Number.POSITIVE_INFINITY, whole)});
    const port = Number(new URL(bridge.url).port);
    const writes = whole.writes;
    await bridge.stop();
    expect(writes).toBeGreaterThan(0);
    for (let nth = 1; nth <= writes; nth++) {
        const seen = {writes: 0, closed: false};
        await expect(startBridge({...settings, PORT: port}, {log, open: failingFrom(nth, seen)})).rejects.toThrow('Connection terminated');
        expect(seen.closed, `write ${nth} of ${writes}`).toBe(true);
        expect(await answers(port), `write ${nth} of ${writes}`).toBe(false);
    }
    // The lock of the file was let go, too.
    await (await startBridge({...settings, PORT: port}, {log})).stop();
});
