/** `deliveries retry`. */
import {type DeliveryFilter, findDeliveries, findDelivery, type Retried, retryDelivery} from '../../admin/deliveries.ts';
import type {Database, Tx} from '../../store/open.ts';
import {cliActor} from '../actor.ts';
import type {Common} from '../command.ts';
import {CliError, EXIT, usage} from '../failure.ts';
import {type Store, withStore} from '../open-store.ts';
import {note, present} from '../output.ts';

type RetryOptions = Common & {following?: true; allDead?: true; integration?: string};

/** One transaction holds the database for so many only: the service wants to write too. */
const AT_ONCE = 200;

export async function retryDeliveries(seqs: number[] | undefined, {json, following, allDead, integration}: RetryOptions): Promise<void> {
    const chosen = seqs ?? [];
    if (allDead && chosen.length > 0) throw usage('Both numbers and --all-dead are given.', 'Give one of them.');
    if (allDead && integration === undefined)
        throw usage('--all-dead needs --integration <name>.', 'Name the integration whose dead deliveries are meant.');
    if (!allDead && integration !== undefined) throw usage('--integration goes with --all-dead only.', 'Add --all-dead, or leave it out.');
    if (!allDead && chosen.length === 0)
        throw usage('No delivery is named.', 'Give numbers from deliveries list, or --all-dead --integration <name>.');
    if (following && chosen.length !== 1) throw usage('--following needs one number.', 'Give the first one from deliveries list.');
    await withStore(async (store) => {
        const all =
            integration !== undefined
                ? await deadOf(store, {integration_id: (await store.named(integration)).id})
                : following
                  ? await followingOf(store, chosen[0] as number)
                  : // In the order they were accepted: the service may take the first ones up before the last are queued.
                    chosen.toSorted((a, b) => a - b);
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

async function deadOf({database}: Store, filter: Omit<DeliveryFilter, 'states'>): Promise<number[]> {
    const rows = await findDeliveries(database.read, {...filter, states: ['dead']}, Number.MAX_SAFE_INTEGER);
    return rows.map((row) => row.seq);
}

/** The delivery itself, also when it only waits, and the dead ones after it. */
async function followingOf(store: Store, seq: number): Promise<number[]> {
    const first = await findDelivery(store.database.read, seq);
    if (!first?.conversation_id) return [seq];
    const {integration_id, conversation_id: conversation, direction} = first;
    return [seq, ...(await deadOf(store, {integration_id, conversation, direction, from: seq + 1}))];
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
