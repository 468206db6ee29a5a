/** `deliveries retry`. */
import {type Retried, retryDelivery} from '../../admin/deliveries.ts';
import type {Database, Tx} from '../../store/open.ts';
import {cliActor} from '../actor.ts';
import type {Common} from '../command.ts';
import {CliError, EXIT, usage} from '../failure.ts';
import {type Store, withStore} from '../open-store.ts';
import {note, present} from '../output.ts';

type RetryOptions = Common & {allDead?: true; integration?: string};

/** One transaction holds the database for so many only: the service wants to write too. */
const AT_ONCE = 200;

export async function retryDeliveries(seqs: number[] | undefined, {json, allDead, integration}: RetryOptions): Promise<void> {
    const chosen = seqs ?? [];
    if (allDead && chosen.length > 0) throw usage('Both numbers and --all-dead are given.', 'Give one of them.');
    if (allDead && integration === undefined)
        throw usage('--all-dead needs --integration <name>.', 'Name the integration whose dead deliveries are meant.');
    if (!allDead && integration !== undefined) throw usage('--integration goes with --all-dead only.', 'Add --all-dead, or leave it out.');
    if (!allDead && chosen.length === 0)
        throw usage('No delivery is named.', 'Give numbers from deliveries list, or --all-dead --integration <name>.');
    await withStore(async (store) => {
        const all = integration === undefined ? chosen : await deadOf(store, (await store.named(integration)).id);
        const results: Retried[] = [];
        for (let from = 0; from < all.length; from += AT_ONCE) {
            const group = all.slice(from, from + AT_ONCE);
            results.push(...(await store.database.write((tx) => retryGroup(tx, group, store.now()))));
        }
        await tellOfPaused(store, results);
        present(json, {results}, () => (results.length > 0 ? linesOf(results, Boolean(allDead)) : ['No delivery is dead.']));
        const unknown = results.filter((one) => one.outcome === 'unknown').map((one) => one.seq);
        if (unknown.length > 0)
            throw new CliError('not_found', `There is no delivery ${unknown.join(', ')}.`, 'See ireserve-bridge deliveries list.');
        if (results.some((one) => one.outcome === 'settled')) process.exitCode = EXIT.failed;
    });
}

async function deadOf({database}: Store, integration_id: string): Promise<number[]> {
    const rows = await database.read
        .selectFrom('delivery')
        .select('seq')
        .where('integration_id', '=', integration_id)
        .where('state', '=', 'dead')
        .orderBy('seq')
        .execute();
    return rows.map((row) => row.seq);
}

async function retryGroup(tx: Tx, seqs: readonly number[], now: number): Promise<Retried[]> {
    const results: Retried[] = [];
    for (const seq of seqs) results.push(await retryDelivery(tx, seq, now, cliActor()));
    return results;
}

/** What was queued again for a paused integration would otherwise seem to be stuck. */
async function tellOfPaused({database}: {database: Database}, results: readonly Retried[]): Promise<void> {
    const seqs = results.filter((one) => one.state === 'queued').map((one) => one.seq);
    if (seqs.length === 0) return;
    const resting = await database.read
        .selectFrom('integration')
        .select(['name', 'state'])
        .where('state', '!=', 'active')
        .where('id', 'in', (inner) => inner.selectFrom('delivery').select('integration_id').where('seq', 'in', seqs.slice(0, AT_ONCE)))
        .execute();
    for (const {name, state} of resting) {
        note(`${name} is ${state}: they go out once it is active (ireserve-bridge integration set ${name} --state active)`);
    }
}

const TEXTS: Record<Retried['outcome'], (state: string | null) => string> = {
    queued: () => 'queued again',
    hurried: () => 'was waiting already; it is tried now, after those before it in its conversation',
    settled: (state) => `is ${state}: only dead and waiting deliveries can be retried`,
    unknown: () => 'does not exist',
};

function linesOf(results: readonly Retried[], brief: boolean): string[] {
    if (brief) return [`Dead deliveries queued again: ${results.filter((one) => one.outcome === 'queued').length}.`];
    return results.map(({seq, outcome, state}) => `${seq}: ${TEXTS[outcome](state)}`);
}
