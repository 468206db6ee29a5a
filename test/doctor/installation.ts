/** An installation in which everything is in order, to be broken in one place; and the doctor's view of it. */
import {randomUUID} from 'node:crypto';
import {join} from 'node:path';
import type {DoctorOptions} from '../../bridge/doctor/inquiry.ts';
import type {DoctorReport} from '../../bridge/doctor/report.ts';
import {runDoctor} from '../../bridge/doctor/run.ts';
import {instanceOf} from '../../bridge/instance.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {COMMAND_REGISTRATION} from '../../bridge/mattermost-calls/registration.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import packageJson from '../../package.json' with {type: 'json'};
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {type Front, startFront, type Twist} from './front.ts';
import {pluginArchive} from './plugin-archive.ts';

export type Installation = Awaited<ReturnType<typeof startInstallation>>;
export type Examined = {report: DoctorReport; codes: string[]; text: string};

export async function startInstallation(options: Parameters<typeof startScene>[0] = {}) {
    const scene: Scene = await startScene(options);
    const {mattermost, bridge} = scene;
    const {admin, team} = mattermost.seeded;
    const fronts: Front[] = [];
    // As the running bridge, which read its key at the start.
    const box = createSecretBox(loadKey(undefined, join(bridge.settings.DATA_DIR, 'secret.key')));
    const integrations = createIntegrations(bridge.database, box, Date.now);
    let publicUrl: string | null = bridge.url;
    const instance = await instanceOf(bridge.database, Date.now(), randomUUID);
    let addresses = ['93.184.216.34'];

    async function api<T>(method: string, path: string, body?: unknown, token = admin.token): Promise<T> {
        const response = await fetch(`${mattermost.url}/api/v4${path}`, {
            method,
            headers: {authorization: `Bearer ${token}`},
            ...(body === undefined ? {} : {body: body instanceof FormData ? body : JSON.stringify(body)}),
        });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return (await response.json()) as T;
    }
    const addCommand = (fields: object = {}) =>
        api<{id: string; token: string}>('POST', '/commands', {team_id: team.id, ...COMMAND_REGISTRATION('en', bridge.url), ...fields});
    const installPlugin = async (version: string) => {
        const form = new FormData();
        form.set('plugin', new Blob([await pluginArchive(version)]), 'plugin.tar.gz');
        form.set('force', 'true');
        await api('POST', '/plugins', form);
        await api('POST', '/plugins/com.i-reserve.conversations/enable');
    };

    const command = await addCommand();
    await bridge.change({secrets: {command_tokens: [command.token]}});
    await installPlugin(packageJson.version);
    // The bridge notices within its poll.
    const knows = async () => (await scene.mattermost.act.runCommand(admin.id, scene.mirror.id, '/ireserve help')) !== undefined;
    for (let tries = 0; tries < 100 && !(await knows().catch(() => false)); tries++)
        await new Promise((resolve) => setTimeout(resolve, 20));

    return {
        ...scene,
        admin,
        team,
        command,
        api,
        addCommand,
        installPlugin,
        setPublicUrl: (url: string | undefined) => {
            publicUrl = url ?? null;
        },
        setAddresses: (given: string[]) => {
            addresses = given;
        },
        async front(target: string, twist: Twist): Promise<string> {
            const front = await startFront(target, twist);
            fronts.push(front);
            return front.url;
        },
        /** Through other eyes of the same bridge: `change` lays things over what is given to the doctor. */
        async examine({admin: asAdmin = true, ...change}: {admin?: boolean} & Partial<DoctorOptions> = {}): Promise<Examined> {
            const servers = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now});
            await integrations.refresh();
            const integration = integrations.get(bridge.integration.id);
            if (!integration) throw new Error('the integration is gone');
            const report = await runDoctor(
                {
                    database: bridge.database,
                    servers,
                    settings: bridge.settings,
                    integrations: integrations.all(),
                    publicUrl,
                    bridgeUrls: [bridge.url],
                    instance,
                    now: Date.now,
                    addressesOf: async () => addresses,
                    ...change,
                },
                integration,
                asAdmin ? {adminClient: servers.client(mattermost.url, admin.token)} : {},
            );
            const findings = report.hops.flatMap(({checks}) => checks).flatMap((check) => check.findings);
            return {
                report,
                codes: findings.filter(({severity}) => severity !== 'info').map(({code}) => code),
                text: findings
                    .map(({code, text, means, mend, settings}) => `${code}: ${text} | ${means} ${mend} | ${JSON.stringify(settings)}`)
                    .join('\n'),
            };
        },
        async end() {
            await scene.stop();
            for (const front of fronts) await front.stop();
        },
    };
}
