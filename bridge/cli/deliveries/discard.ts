/** `deliveries discard`. */
import {discard, writeLog} from '../../store/lanes.ts';
import type {Tx} from '../../store/open.ts';
import type {Common} from '../command.ts';
import {CliError, EXIT, usage} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {present} from '../output.ts';
import {handEntry} from './hand-entry.ts';

type Outcome = {seq: number; outcome: 'discarded' | 'busy' | 'settled' | 'unknown'; state: string | null};

export async function discardDeliveries(seqs: number[], {json, reason}: Common & {reason: string}): Promise<void> {
    const because = reason.trim();
    if (because === '') throw usage('The reason is empty.', 'Say in a few words why: it is kept in the integration log.');
    await withStore(async ({database, now}) => {
        const results = await database.write(async (tx) => {
            const done: Outcome[] = [];
            for (const seq of seqs) done.push(await discardOne(tx, seq, because, now()));
            return done;
        });
        present(json, {results}, () => results.map((one) => `${one.seq}: ${TEXTS[one.outcome](one.state)}`));
        const unknown = results.filter((one) => one.outcome === 'unknown').map((one) => one.seq);
        if (unknown.length > 0)
            throw new CliError('not_found', `There is no delivery ${unknown.join(', ')}.`, 'See ireserve-bridge deliveries list.');
        if (results.some((one) => one.outcome !== 'discarded')) process.exitCode = EXIT.failed;
    });
}

async function discardOne(tx: Tx, seq: number, reason: string, now: number): Promise<Outcome> {
    const row = await tx.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();
    if (!row) return {seq, outcome: 'unknown', state: null};
    if (await discard(tx, seq, reason, now)) {
        await writeLog(tx, [handEntry(row, now, 'discarded', reason)]);
        return {seq, outcome: 'discarded', state: 'discarded'};
    }
    return {seq, outcome: row.state === 'queued' ? 'busy' : 'settled', state: row.state};
}

const TEXTS: Record<Outcome['outcome'], (state: string | null) => string> = {
    discarded: () => 'discarded; it will not be sent',
    busy: () => 'its conversation is being delivered just now: repeat in a moment (pause the integration if it stays so)',
    settled: (state) => `is ${state} already: nothing to discard`,
    unknown: () => 'does not exist',
};
