/** Starts the parts of the demo and tells them of each other: Mattermost with the plugin, the bridge, the i-Reserve double. */
import {randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pino from 'pino';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createLog} from '../../bridge/log.ts';
import {type Bridge, startBridge} from '../../bridge/main.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {databaseOf, readSettings, type Settings} from '../../bridge/settings.ts';
import {openDatabase} from '../../bridge/store/open.ts';
import {type IreserveDouble, startIreserve} from '../doubles/ireserve/start.ts';
import type {MattermostDouble} from '../doubles/mattermost/start.ts';
import {installPlugin, registerCommand} from '../host/install.ts';
import {type Host, startHost} from '../host/start.ts';
import {chooseMattermost, type Target} from './mattermost.ts';
import {freePort} from './ports.ts';

const INTEGRATION = 'demo';
/** Every type of the sample notifications has a channel; any other would be ignored, as documented. */
const NOTIFICATION_TYPES = ['booking_created', 'booking_confirmation', 'status_changed', 'booking_cancelled', 'booking_reminder'];

export type Stage = {
    mattermost: Target;
    bridge: Bridge;
    ireserve: IreserveDouble;
    /** Mattermost's web app with our plugin, as far as the plugin can see; null with a real server, which has its own. */
    host: Host | null;
    /** Where the bridge's log is. */
    logFile: string;
    stop: () => Promise<void>;
};

export type Ports = {mattermost: number; host: number; bridge: number; ireserve: number};

/** @throws Error when a part can't start; what had started is stopped */
export async function setStage(environment: NodeJS.ProcessEnv, ports: Ports): Promise<Stage> {
    const undo: (() => unknown)[] = [];
    const stop = async () => {
        for (const step of undo.splice(0).reverse()) await step();
    };
    try {
        const folder = mkdtempSync(join(tmpdir(), 'ireserve-demo-'));
        undo.push(() => rmSync(folder, {recursive: true, force: true}));
        const signingSecret = `whsec_${randomBytes(24).toString('base64')}`;

        const mattermost = await chooseMattermost(environment, ports.mattermost);
        undo.push(mattermost.stop);
        const ireserve = await startIreserve({integration: INTEGRATION, signingSecret, port: await freePort(ports.ireserve)});
        undo.push(ireserve.stop);

        const port = await freePort(ports.bridge);
        const publicUrl = `http://127.0.0.1:${port}`;
        const withPlugin = mattermost.double ? await addPlugin(mattermost.double, await freePort(ports.host), publicUrl) : null;
        if (withPlugin) undo.push(withPlugin.host.stop);
        const settings = readSettings({
            HOST: '127.0.0.1',
            PORT: String(port),
            // Buttons and files lead here.
            PUBLIC_URL: publicUrl,
            DATA_DIR: folder,
            // The i-Reserve double lives on this machine.
            ALLOW_PRIVATE_ATTACHMENT_HOSTS: 'true',
            SHUTDOWN_GRACE_MS: '3000',
        });
        await addIntegration(settings, mattermost, ireserve, {
            signing_secrets: [signingSecret],
            command_tokens: withPlugin ? [withPlugin.commandToken] : [],
        });
        const logFile = join(folder, 'bridge.log');
        const bridge = await startBridge(settings, {log: createLog('info', pino.destination({dest: logFile, sync: true}))});
        undo.push(bridge.stop);
        ireserve.connect(bridge.url);
        return {mattermost, bridge, ireserve, host: withPlugin?.host ?? null, logFile, stop};
    } catch (error) {
        await stop();
        throw error;
    }
}

/** What an admin does in Mattermost: uploads the plugin, and adds the slash command to the team. */
export async function addPlugin(double: MattermostDouble, port: number, bridgeUrl: string): Promise<{host: Host; commandToken: string}> {
    const commandToken = await registerCommand(double, bridgeUrl, 'nl');
    await installPlugin(double);
    return {host: await startHost({mattermost: double, port}), commandToken};
}

/** What an admin does with `ireserve-bridge integration add`. */
export async function addIntegration(settings: Settings, mattermost: Target, ireserve: IreserveDouble, secrets: object): Promise<void> {
    const database = await openDatabase(databaseOf(settings));
    const box = createSecretBox(loadKey(settings.IRESERVE_SECRET_KEY, join(settings.DATA_DIR, 'secret.key')));
    try {
        await createIntegrations(database, box, Date.now).add({
            name: INTEGRATION,
            licence: 'zilverplas',
            environment: 'test',
            config: {
                server_url: mattermost.url,
                channel_id: mattermost.channel_id,
                notifications: Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, mattermost.notification_channel_id])),
                language: 'nl',
                attachment_hosts: [ireserve.url],
                callback_url: ireserve.callbackUrl,
            },
            secrets: {bot_token: mattermost.botToken, ...secrets},
        });
    } finally {
        await database.close();
    }
}
