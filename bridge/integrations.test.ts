/** Two replicas on one store: what one has made, the other knows when it is asked, not a second later. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {createIntegrations} from './integrations.ts';
import {createSecretBox} from './secrets.ts';
import {type Database, openDatabase} from './store/open.ts';

let folder = '';
let stores: Database[] = [];
beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ireserve-replicas-'));
    stores = [await openDatabase(join(folder, 'bridge.sqlite')), await openDatabase(join(folder, 'bridge.sqlite'))];
});
afterAll(async () => {
    for (const store of stores) await store.close();
    rmSync(folder, {recursive: true});
});

it('a token and a name made on one replica are known to the other at once; names of strangers cost a look now and then only', async () => {
    let at = 1_000_000;
    let looks = 0;
    const box = createSecretBox(Buffer.alloc(32, 1));
    const [one, other] = stores as [Database, Database];
    const counting: Database = {
        ...other,
        get read() {
            looks++;
            return other.read;
        },
    };
    const here = createIntegrations(one, box, () => at);
    const there = createIntegrations(counting, box, () => at);
    await there.refresh();
    const config = {server_url: 'https://chat.example.com', channel_id: 'a'.repeat(26)};
    const given = {licence: 'aurora', environment: 'test' as const, config, secrets: {bot_token: 'x'.repeat(26)}};
    const {id} = await here.add({...given, name: 'aurora'});
    const {token} = await here.addToken(id, 'round trip', null);
    expect((await there.byToken(token))?.name).toBe('aurora');
    await here.add({...given, name: 'borealis'});
    expect((await there.byName('borealis'))?.name).toBe('borealis');
    looks = 0;
    for (let calls = 0; calls < 100; calls++) expect(await there.byName('nobody')).toBeUndefined();
    expect(looks).toBe(0);
    at += 200;
    await there.byName('nobody');
    expect(looks).toBeGreaterThan(0);
    // What was found this way is still told as a change to those that follow changes.
    expect((await there.refresh()).length).toBe(2);
});
