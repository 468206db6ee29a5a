/** What the doctor finds of the service, its files and its secrets: one installation, broken and put right again. */
import {chmodSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {roundTrip} from '../../bridge/doctor/round-trip.ts';
import {INSTANCE_HEADER} from '../../bridge/instance.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
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

it('the running service is asked for PUBLIC_URL: cron and systemd have another environment', async () => {
    // The bridge of these tests has none; what a shell has is nothing to go by.
    const none = await examine({publicUrl: undefined});
    expect(none.codes, none.text).toEqual(['public_url_missing']);
    const url = await here.front(here.bridge.url, {
        body: (text, path) => (path === '/ready' ? text.replace('"public_url":null', `"public_url":"${here.bridge.url}"`) : text),
    });
    const told = await examine({publicUrl: undefined, bridgeUrls: [url]});
    expect(told.codes, told.text).toEqual([]);
});

it('what only a running service knows is not known while it does not run, and is no failure of its own', async () => {
    const {codes, whole} = await examine({publicUrl: undefined, bridgeUrls: ['http://127.0.0.1:9']});
    expect(codes).toEqual(['bridge_not_running']);
    expect(whole).toContain('not checked: only the running service knows PUBLIC_URL');
    expect((await examine({publicUrl: here.bridge.url, bridgeUrls: ['http://127.0.0.1:9'], notStarted: true})).codes).toEqual([]);
});

it('two bridges mistaken for one another are named: at the port, and at PUBLIC_URL', async () => {
    const url = await here.front(here.bridge.url, {headers: {[INSTANCE_HEADER]: 'another'}});
    const port = await examine({bridgeUrls: [url]});
    expect(port.codes, port.text).toEqual(['other_bridge']);
    const address = await examine({publicUrl: url});
    expect(address.codes, address.text).toContain('other_bridge');
    expect(address.text).toContain(`${url} leads to another bridge`);
    // Where a proxy takes the header away nobody knows, which is not the same as in order.
    const hidden = await here.front(here.bridge.url, {headers: {[INSTANCE_HEADER]: ''}});
    const {whole} = await examine({publicUrl: hidden});
    expect(whole).toContain(`takes away the header ${INSTANCE_HEADER}`);
    expect(whole).not.toContain(`${hidden} leads here`);
});

it('a round trip through another bridge is not begun', async () => {
    const url = await here.front(here.bridge.url, {headers: {[INSTANCE_HEADER]: 'another'}});
    const {database, integration, settings} = here.bridge;
    const servers = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now});
    const box = createSecretBox(loadKey(undefined, join(settings.DATA_DIR, 'secret.key')));
    const report = await roundTrip({database, servers, box, bridgeUrl: url, now: Date.now}, integration);
    expect(report).toMatchObject({broken: 'bridge'});
    expect(report.hops[0]?.code).toBe('bridge_elsewhere');
    await database.write((tx) => tx.updateTable('health').set({round_trip: null}).execute());
});

it('dates noted for secrets, those that come and those that have passed', async () => {
    const {database, integration} = here.bridge;
    const DAY = 86_400_000;
    const dates: [string, number][] = [
        ['coming', 3 * DAY],
        ['passed', -5 * DAY],
        ['far', 300 * DAY],
    ];
    for (const [value_id, after] of dates) {
        const row = {integration_id: integration.id, kind: 'signing_secrets', value_id, set_at: 1, expires_at: Date.now() + after};
        await database.write((tx) => tx.insertInto('secret').values(row).execute());
    }
    undo.push(() => database.write((tx) => tx.deleteFrom('secret').where('set_at', '=', 1).execute()));
    const {codes, text} = await examine();
    expect(codes, text).toEqual(['secret_expires', 'secret_expires']);
    expect(text).toMatch(/signing_secrets coming expires on .* secret add aurora-test signing_secrets/);
    expect(text).toContain('signing_secrets passed expired on');
    expect(text).not.toContain('far');
});

it.each([
    ['model.command.site_url_required.app_error', ['site_url_missing']],
    ['api.context.permissions.app_error', ['command_not_run']],
])('a command that Mattermost refuses with %s is no command that works', async (id, expected) => {
    here.mattermost.faults.add({kind: 'error', route: 'POST /commands/execute', status: 400, id});
    undo.push(() => here.mattermost.faults.clear());
    const {codes, text} = await examine();
    expect(codes, text).toEqual(expected);
});
