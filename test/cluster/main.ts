/**
 * `make cluster`: two replicas of the bridge on one PostgreSQL behind a small balancer, with the doubles of the demo. Kill one and go on.
 * CLUSTER_ONCE=1 plays that and exits: messages each way, a rolling restart under load, one replica killed, messages each way.
 */
import {stopOnSignals} from '../demo/stop-on-signals.ts';
import {eachWay, openChat, restartRolling} from './play.ts';
import {type Cluster, type Ports, setClusterStage} from './stage.ts';

const USUAL_PORTS: Ports = {mattermost: 8065, host: 8066, ireserve: 8070, balancer: 8090, replicas: [8091, 8092]};
const ANY_PORTS: Ports = {mattermost: 0, host: 0, ireserve: 0, balancer: 0, replicas: [0, 0]};
/** A killed replica comes back after this, as a supervisor would have it. */
const BACK_AFTER_MS = 10_000;

const isOnce = process.env.CLUSTER_ONCE === '1';
const print = (text = '') => console.log(text);

async function playOnce(cluster: Cluster): Promise<void> {
    const chat = await openChat(cluster);
    const times = ({there, back}: {there: number; back: number}) => `${there} ms to Mattermost, ${back} ms to the visitor`;
    print(`One message each way: ${times(await eachWay(cluster, chat, 'first words'))}`);
    print(`Both replicas restarted, one after the other, under ${await restartRolling(cluster, chat)} messages: no request failed`);
    const [victim] = cluster.replicas;
    await victim?.end('SIGKILL');
    // What it had under way waits for its lease; what is new does not.
    print(`One replica killed; one message each way: ${times(await eachWay(cluster, await openChat(cluster), 'last words'))}`);
    print('Cluster: all as it should be.');
}

function stay({mattermost, host, ireserve, balancer, replicas, databaseUrl}: Cluster): void {
    const lines = [
        ['Visitor’s page', `${ireserve.url}/`],
        ['Agent’s page', host?.pageFor('anna.keller') ?? ''],
        ['Mattermost', `${mattermost.url}/`],
        ['Bridge', `${balancer.url}/ready  (the balancer: in turns to the replicas)`],
        ...replicas.map(({name, url, pid, logFile}) => [name, `${url}/ready  process ${pid}, log ${logFile}`]),
        ['PostgreSQL', databaseUrl],
    ];
    print(`\ni-Reserve for Mattermost, two replicas\n\n${lines.map(([name = '', what]) => `  ${name.padEnd(16)}${what}`).join('\n')}`);
    print('\nChat as the visitor, answer as the agent, and meanwhile:');
    for (const {name, pid} of replicas)
        print(`  kill -9 ${pid}     # ${name} dies; kill ${pid}: it is stopped in order; kill -STOP and -CONT: it hangs`);
    print(`Whatever was ended is started again after ${BACK_AFTER_MS / 1000} seconds. Ctrl+C stops everything.`);
    for (const replica of replicas) {
        const tell = () => {
            print(`${replica.name} has ended; it comes back in ${BACK_AFTER_MS / 1000} seconds`);
            setTimeout(() => {
                replica.start().then(
                    () => print(`${replica.name} is back: process ${replica.pid}`),
                    (error: Error) => print(error.message),
                );
            }, BACK_AFTER_MS).unref();
        };
        replica.onLost(tell);
    }
}

try {
    const cluster = await setClusterStage(isOnce ? ANY_PORTS : USUAL_PORTS, {withPlugin: !isOnce});
    stopOnSignals(cluster.stop, {once: isOnce});
    if (isOnce) await playOnce(cluster).finally(cluster.stop);
    else stay(cluster);
} catch (error) {
    console.error(`The cluster FAILED: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
}
