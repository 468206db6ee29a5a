/** Starts the parts of the cluster and tells them of each other: PostgreSQL, the doubles, two replicas of the bridge, the balancer before them. */
import {randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {readSettings} from '../../bridge/settings.ts';
import {chooseMattermost, type Target} from '../demo/mattermost.ts';
import {freePort} from '../demo/ports.ts';
import {addIntegration, addPlugin} from '../demo/stage.ts';
import {type IreserveDouble, startIreserve} from '../doubles/ireserve/start.ts';
import type {Host} from '../host/start.ts';
import {startPostgres} from '../support/postgres.ts';
import {type Balancer, startBalancer} from './balancer.ts';
import {createReplica, type Replica} from './replica.ts';

export type Cluster = {
    mattermost: Target;
    ireserve: IreserveDouble;
    replicas: readonly Replica[];
    balancer: Balancer;
    /** Mattermost's web app with our plugin; null when only played. */
    host: Host | null;
    databaseUrl: string;
    stop(): Promise<void>;
};

export type Ports = {mattermost: number; host: number; ireserve: number; balancer: number; replicas: readonly [number, number]};

/** A few looks of the balancer's. */
const DRAIN_MS = 1500;

/** @throws Error when a part can't start; what had started is stopped */
export async function setClusterStage(ports: Ports, {withPlugin}: {withPlugin: boolean}): Promise<Cluster> {
    const undo: (() => unknown)[] = [];
    const stop = async () => {
        for (const step of undo.splice(0).reverse()) await step();
    };
    try {
        const folder = mkdtempSync(join(tmpdir(), 'ireserve-cluster-'));
        undo.push(() => rmSync(folder, {recursive: true, force: true}));
        const postgres = await startPostgres();
        undo.push(postgres.stop);
        const mattermost = await chooseMattermost({}, ports.mattermost);
        undo.push(mattermost.stop);
        const signingSecret = `whsec_${randomBytes(24).toString('base64')}`;
        const ireserve = await startIreserve({integration: 'demo', signingSecret, port: await freePort(ports.ireserve)});
        undo.push(ireserve.stop);

        const port = await freePort(ports.balancer);
        const publicUrl = `http://127.0.0.1:${port}`;
        const plugin = withPlugin && mattermost.double ? await addPlugin(mattermost.double, await freePort(ports.host), publicUrl) : null;
        if (plugin) undo.push(plugin.host.stop);
        const environment = {
            HOST: '127.0.0.1',
            PUBLIC_URL: publicUrl,
            DATABASE_URL: postgres.url,
            // One key for all: the secrets in the database are sealed with it.
            IRESERVE_SECRET_KEY: randomBytes(32).toString('base64'),
            ALLOW_PRIVATE_ATTACHMENT_HOSTS: 'true',
            TRUSTED_PROXIES: '1',
            DRAIN_MS: String(DRAIN_MS),
            SHUTDOWN_GRACE_MS: '3000',
        };
        await addIntegration(readSettings({...environment, DATA_DIR: folder}), mattermost, ireserve, {
            signing_secrets: [signingSecret],
            command_tokens: plugin ? [plugin.commandToken] : [],
        });
        const replicas: Replica[] = [];
        for (const [index, wanted] of ports.replicas.entries()) {
            const name = `replica-${index + 1}`;
            mkdirSync(join(folder, name));
            replicas.push(createReplica({name, port: await freePort(wanted), folder: join(folder, name), environment}));
        }
        undo.push(() => Promise.all(replicas.map((replica) => replica.end('SIGINT'))));
        await Promise.all(replicas.map((replica) => replica.start()));
        const balancer = await startBalancer({replicas: replicas.map(({url}) => url), port});
        undo.push(balancer.stop);
        ireserve.connect(balancer.url);
        return {mattermost, ireserve, replicas, balancer, host: plugin?.host ?? null, databaseUrl: postgres.url, stop};
    } catch (error) {
        await stop();
        throw error;
    }
}
