/** What the doctor finds of the service, its files and its secrets: one installation, broken and put right again. */
import {chmodSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {type Installation, startInstallation} from './installation.ts';

let here: Installation;
beforeAll(async () => {
    here = await startInstallation();
});
afterAll(() => here.end());

const undo: (() => unknown)[] = [];
afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
});

/** A busy machine's disk is slow, which says nothing of the installation. */
const examine = async (...args: Parameters<Installation['examine']>) => {
    const {codes, text, report} = await here.examine(...args);
    return {codes: codes.filter((code) => code !== 'database_slow').sort(), text, whole: JSON.stringify(report)};
};

it('data that others may read', async () => {
    const folder = resolve(here.bridge.settings.DATA_DIR);
    const file = join(folder, 'bridge.sqlite');
    chmodSync(file, 0o644);
    undo.push(() => chmodSync(file, 0o600));
    const {codes, text} = await examine();
    expect(codes, text).toEqual(['data_readable']);
    expect(text).toContain(`chmod 700 ${folder} and chmod 600 ${file}`);
});

it('an address with a password, stored before such were refused: told, and nothing shows the password', async () => {
    const {database, integration} = here.bridge;
    const stored = await database.read
        .selectFrom('integration')
        .select('config')
        .where('id', '=', integration.id)
        .executeTakeFirstOrThrow();
    const write = (config: string) =>
        database.write((tx) =>
            tx.updateTable('integration').set({config, updated_at: Date.now()}).where('id', '=', integration.id).execute(),
        );
    undo.push(() => write(stored.config));
    await write(JSON.stringify({...JSON.parse(stored.config), callback_url: 'https://eva:hunter2@api.example.com/cb'}));
    const {codes, text, whole} = await examine();
    expect(codes, text).toEqual(['url_with_credentials']);
    expect(text).toContain('--callback-url holds a user name or password: https://***@api.example.com/cb');
    expect(whole).not.toContain('hunter2');
    expect(here.bridge.logged()).not.toContain('hunter2');
});
