/** `deliveries discard`. */
import {type Discarded, discardDelivery} from '../../admin/deliveries.ts';
import {cliActor} from '../actor.ts';
import type {Common} from '../command.ts';
import {CliError, EXIT, usage} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {present} from '../output.ts';

export async function discardDeliveries(seqs: number[], {json, reason}: Common & {reason: string}): Promise<void> {
    const because = reason.trim();
    if (because === '') throw usage('The reason is empty.', 'Say in a few words why: it is kept in the integration log.');
    await withStore(async ({database, now}) => {
        const results = await database.write(async (tx) => {
            const done: Discarded[] = [];
            for (const seq of seqs) done.push(await discardDelivery(tx, seq, because, now(), cliActor()));
            return done;
        });
        present(json, {results}, () => results.map((one) => `${one.seq}: ${TEXTS[one.outcome](one.state)}`));
        const unknown = results.filter((one) => one.outcome === 'unknown').map((one) => one.seq);
        if (unknown.length > 0)
            throw new CliError('not_found', `There is no delivery ${unknown.join(', ')}.`, 'See ireserve-bridge deliveries list.');
        if (results.some((one) => one.outcome !== 'discarded')) process.exitCode = EXIT.failed;
    });
}

const TEXTS: Record<Discarded['outcome'], (state: string | null) => string> = {
    discarded: () => 'discarded; it will not be sent',
    busy: () => 'its conversation is being delivered just now: repeat in a moment (pause the integration if it stays so)',
    settled: (state) => `is ${state} already: nothing to discard`,
    unknown: () => 'does not exist',
};
