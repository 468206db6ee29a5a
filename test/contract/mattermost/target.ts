import {type ServerVersion, startMattermost} from '../../doubles/mattermost/start.ts';
import {openPlace, type Place} from './place.ts';

/** A server to hold the contract against. */
export type Target = {
    readonly name: string;
    open(): Promise<{place: Place; close(): Promise<void>}>;
};

/** A server may do several things within one millisecond. Here it always does, so that no test gets by on luck. */
const TICK_MS = 10;
const coarseNow = (): number => Math.floor(Date.now() / TICK_MS) * TICK_MS;

function double(version: ServerVersion): Target {
    return {
        name: `double ${version}`,
        async open() {
            const running = await startMattermost({version, now: coarseNow});
            const place = await openPlace(running.url, running.seeded.admin.token);
            return {place, close: running.stop};
        },
    };
}

const REAL_URL = process.env.MATTERMOST_URL;
const REAL_TOKEN = process.env.MATTERMOST_ADMIN_TOKEN;

function real(): Target[] {
    if (!REAL_URL || !REAL_TOKEN) {
        const missing = [REAL_URL ? '' : 'MATTERMOST_URL', REAL_TOKEN ? '' : 'MATTERMOST_ADMIN_TOKEN'].filter(Boolean).join(' and ');
        console.log(`Mattermost contract: not run against a real server (${missing} not set), only against the double.`);
        return [];
    }
    return [
        {
            name: 'real server',
            async open() {
                const place = await openPlace(REAL_URL.replace(/\/$/, ''), REAL_TOKEN);
                console.log(`Mattermost contract: run against the real server at ${REAL_URL}, version ${place.version}.`);
                return {place, close: place.close};
            },
        },
    ];
}

export const TARGETS: readonly Target[] = [double('11.6'), double('11.1'), double('5.37'), ...real()];
