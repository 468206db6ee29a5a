/**
 * A bridge in a process of its own, to be killed. It loads everything, then waits for a line on its standard input before it starts: so the
 * next one is warm when the one before is killed, and fifty restarts fit into a test.
 *
 * LEASE_MS, POLL_MS: what only tests set.
 */
import {once} from 'node:events';
import {flushCompileCache} from 'node:module';
import {createLog} from '../../bridge/log.ts';
import {type Overrides, startBridge} from '../../bridge/main.ts';
import {serve} from '../../bridge/serve.ts';
import {readSettings} from '../../bridge/settings.ts';

// A killed process writes no cache, and loading is most of what a start costs.
flushCompileCache();
process.stdout.write('warm\n');
process.stdin.once('end', () => process.exit());
await once(process.stdin, 'data');

const {LEASE_MS, POLL_MS} = process.env;
if (LEASE_MS === undefined && POLL_MS === undefined) {
    await serve();
} else {
    const overrides: Overrides = {
        log: createLog('info'),
        ...(LEASE_MS ? {leaseMs: Number(LEASE_MS)} : {}),
        ...(POLL_MS ? {pollMs: Number(POLL_MS)} : {}),
    };
    const bridge = await startBridge(readSettings(process.env), overrides);
    process.once('SIGTERM', () => void bridge.stop().then(() => process.exit(0)));
}
