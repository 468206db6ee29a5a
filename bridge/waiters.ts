/** Those who wait for a delivery to be settled by this process. */
import type {DeliveryRow} from './store/schema.ts';

type Told = (settled: DeliveryRow | null) => void;

export function createWaiters() {
    const waiting = new Map<number, Set<Told>>();
    return {
        /** Resolves with the delivery once it is settled, or with null after `ms`. */
        wait: (seq: number, ms: number): Promise<DeliveryRow | null> =>
            new Promise((resolve) => {
                const done: Told = (settled) => {
                    clearTimeout(late);
                    const others = waiting.get(seq);
                    others?.delete(done);
                    if (others?.size === 0) waiting.delete(seq);
                    resolve(settled);
                };
                const late = setTimeout(done, ms, null);
                waiting.set(seq, (waiting.get(seq) ?? new Set()).add(done));
            }),
        tell(settled: DeliveryRow): void {
            for (const done of [...(waiting.get(settled.seq) ?? [])]) done(settled);
        },
        /** Nobody is kept waiting for an outcome that may not come any more. */
        dismiss(): void {
            for (const some of [...waiting.values()]) for (const done of [...some]) done(null);
        },
    };
}
