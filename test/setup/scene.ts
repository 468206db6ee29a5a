/** A Mattermost without anything of ours, a store of the bridge's own, and setup between them. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {SetupAnswers} from '../../bridge/setup/answers.ts';
import {createMade} from '../../bridge/setup/made.ts';
import {openSite} from '../../bridge/setup/open-site.ts';
import {apply, plan} from '../../bridge/setup/plan.ts';
import {remove} from '../../bridge/setup/remove.ts';
import {openDatabase} from '../../bridge/store/open.ts';
import packageJson from '../../package.json' with {type: 'json'};
import {pluginArchive} from '../doctor/plugin-archive.ts';
import {type MattermostOptions, startMattermost} from '../doubles/mattermost/start.ts';

export const PUBLIC_URL = 'http://127.0.0.1:8090';

export const ANSWERS = {
    name: 'aurora-test',
    licence: 'aurora',
    environment: 'test',
    public_url: PUBLIC_URL,
    teams: ['hotel-aurora'],
    channel: 'chats',
    notifications: {booking_confirmation: 'bookings', review: 'reviews'},
    alert_channel: 'chats',
} as const;

export type SetupScene = Awaited<ReturnType<typeof startSetupScene>>;

export async function startSetupScene({server, answers = {}}: {server?: MattermostOptions; answers?: object} = {}) {
    const mattermost = await startMattermost(server);
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-setup-'));
    const database = await openDatabase(join(folder, 'bridge.sqlite'));
    const box = createSecretBox(loadKey(undefined, join(folder, 'secret.key')));
    const integrations = createIntegrations(database, box, Date.now);
    await integrations.refresh();
    const archive = {bytes: await pluginArchive(packageJson.version), version: packageJson.version, name: 'plugin.tar.gz'};
    const open = (more: object = {}) => {
        // A new run is a new process: it remembers nothing.
        const servers = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now});
        return openSite({
            answers: SetupAnswers.parse({...ANSWERS, server_url: mattermost.url, ...answers, ...more}),
            admin: servers.client(mattermost.url, mattermost.seeded.admin.token),
            servers,
            plugin: archive,
            store: {integrations, database, now: Date.now},
        });
    };
    return {
        mattermost,
        folder,
        database,
        integrations,
        open,
        setUp: async (more: object = {}) => apply(await open(more)),
        plan: async (more: object = {}) => plan(await open(more)),
        remove: async (permanent = false) => {
            const {admin, made} = await open();
            if (!made) throw new Error('there is a store');
            return remove({admin, integrations, made, permanent});
        },
        made: () => createMade(database, ANSWERS.name, mattermost.url, Date.now).rows(),
        async end() {
            await database.close();
            rmSync(folder, {recursive: true, force: true});
            await mattermost.stop();
        },
    };
}
