/** Runs the service in this process: `node bridge/serve.ts`, or `ireserve-bridge serve`. */
import {fileURLToPath} from 'node:url';
import {startBridge} from './main.ts';
import {readSettings, type Settings, SettingsError} from './settings.ts';
import {whyUnusable} from './store/why-unusable.ts';

/** Runs until SIGTERM or SIGINT; used by `node bridge/serve.ts` and `ireserve-bridge serve`. */
export async function serve(): Promise<void> {
    try {
        const settings = readSettings(process.env);
        const bridge = await startBridge(settings);
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
            let signals = 0;
            process.on(signal, () => {
                // Who presses Ctrl+C, or asks twice, does not wait for a balancer.
                const drainMs = signal === 'SIGTERM' && ++signals === 1 ? drainOf(settings) : 0;
                bridge.stop({drainMs}).then(
                    () => process.exit(0),
                    () => process.exit(1),
                );
            });
        }
    } catch (error) {
        process.stderr.write(whyNotStarted(error));
        // Whatever may still be open must not keep the process: its supervisor starts it again.
        process.exit(1);
    }
}

/** With SQLite there is no other replica for a balancer to turn to. */
const drainOf = ({DRAIN_MS, DATABASE_URL}: Settings): number => DRAIN_MS ?? (DATABASE_URL ? 5000 : 0);

function whyNotStarted(error: unknown): string {
    if (error instanceof SettingsError) return `${error.message}\n`;
    const store = whyUnusable(error);
    if (store) return `The bridge could not start: the database can’t be used: ${store.message}.\n  next: ${store.next}\n`;
    return `The bridge could not start: ${(error as Error).message}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
