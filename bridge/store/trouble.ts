/** A store that is away is told once, however much fails meanwhile, and once more when it is back. */
import type {Log} from '../log.ts';

export type TroubleOptions = {
    log: Pick<Log, 'error' | 'info'>;
    /** Whether something can be stored now. */
    isBack: () => Promise<boolean>;
    /** Monotonic, ms. */
    ticks?: () => number;
    everyMs?: number;
};

export type Trouble = {
    /** Notes that something failed because the store was away. */
    failed(error: unknown): void;
    stop(): void;
};

/** Creates the one that tells. While the store is away it looks by itself whether it is back: on a quiet night nothing else would. */
export function createTrouble({log, isBack, ticks = () => performance.now(), everyMs = 1000}: TroubleOptions): Trouble {
    let since: number | null = null;
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;

    async function look(): Promise<void> {
        const back = await isBack().catch(() => false);
        if (stopped || since === null) return;
        if (!back) {
            timer = setTimeout(look, everyMs);
            return;
        }
        log.info({seconds: Math.round((ticks() - since) / 1000)}, 'the store is back');
        since = null;
    }

    return {
        failed(error) {
            if (stopped || since !== null) return;
            since = ticks();
            log.error({detail: (error as Error).message}, 'the store is away; what failed is tried again');
            timer = setTimeout(look, everyMs);
        },
        stop() {
            stopped = true;
            clearTimeout(timer);
        },
    };
}
