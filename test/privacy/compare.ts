/** The reconciler on a scene's own store, as the command line has it. */
import {type Reconcile, type Reconciling, reconcile} from '../../bridge/reconcile/reconcile.ts';
import type {ReconcileReport} from '../../bridge/reconcile/report.ts';
import {fetchSigned} from '../../bridge/to-ireserve/call.ts';
import {createTake} from '../../bridge/to-ireserve/take.ts';
import type {Door} from '../../bridge/to-ireserve/visit.ts';
import type {Scene} from '../to-ireserve/scene.ts';
import {privacyOf} from './privacy.ts';

export async function compareIn({bridge}: Scene, options: Reconcile = {}): Promise<ReconcileReport> {
    const {erasing, integration, people} = await privacyOf(bridge);
    const door: Door = {...erasing, people, onStored: () => undefined, onTaken: () => undefined};
    const reconciling: Reconciling = {
        database: bridge.database,
        door,
        take: createTake(door),
        fetchPage: (one, url) => fetchSigned({timeoutMs: 5000, now: Date.now}, one, url),
        now: Date.now,
    };
    return reconcile(reconciling, await integration(), options);
}
