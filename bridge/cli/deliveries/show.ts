/** `deliveries list` and `deliveries show`. */

import {findDeliveries, type KnownDelivery} from '../../admin/deliveries.ts';
import {DeliveryState} from '../../contract.ts';
import type {DeliveryRow} from '../../store/schema.ts';
import type {Common} from '../command.ts';
import {CliError} from '../failure.ts';
import {columnsOf, documentOf as logDocumentOf, type Names, rowOf} from '../log/lines.ts';
import {withStore} from '../open-store.ts';
import {note, paint, present, screenWidth, type Tone} from '../output.ts';
import {type Cell, type Column, fields, table} from '../table.ts';
import {age, iso, moment} from '../times.ts';
import type {ListOptions} from './commands.ts';

const TONES: Record<DeliveryRow['state'], Tone> = {queued: 'warning', delivered: 'good', ignored: 'quiet', dead: 'bad', discarded: 'quiet'};
const UNSETTLED: DeliveryRow['state'][] = ['queued', 'dead'];
const ATTEMPTS_SHOWN = 200;

/** A delivery as scripts see it; never with what was said, unless asked for. */
function documentOf({integration_id, result, gap, received_at, finished_at, ...row}: KnownDelivery, names: Names): object {
    return {
        ...row,
        integration: names.get(integration_id) ?? null,
        result: result === null ? null : (JSON.parse(result) as unknown),
        gap: gap === null ? null : (JSON.parse(gap) as unknown),
        received_at: iso(received_at),
        finished_at: iso(finished_at),
    };
}

export async function listDeliveries({json, state, integration, conversation, limit}: ListOptions): Promise<void> {
    const states = state?.includes('all') ? [...DeliveryState.options] : ((state as DeliveryRow['state'][] | undefined) ?? UNSETTLED);
    await withStore(async (store) => {
        const known = await store.known();
        const names: Names = new Map(known.map((one) => [one.id, one.name]));
        const filter = {
            states,
            ...(integration === undefined ? {} : {integration_id: (await store.named(integration)).id}),
            ...(conversation === undefined ? {} : {conversation}),
        };
        // One more than asked for tells whether there are more.
        const found = await findDeliveries(store.database.read, filter, limit + 1);
        const rows = found.slice(0, limit);
        const more = found.length > limit;
        present(json, {deliveries: rows.map((row) => documentOf(row, names)), more}, () => {
            if (rows.length === 0) return [`No delivery is ${states.join(' or ')}.`];
            return table(
                COLUMNS,
                rows.map((row) => listRow(row, names, store.now())),
                {width: screenWidth(), paint},
            );
        });
        if (more && !json) note(`there are more: --limit ${limit * 10}`);
    });
}

const COLUMNS: Column[] = [
    {title: 'SEQ', right: true, keep: true},
    {title: 'STATE', keep: true},
    {title: 'AGE', right: true, keep: true},
    {title: 'TRIES', right: true, keep: true},
    {title: 'INTEGRATION'},
    {title: 'TYPE'},
    {title: 'CONVERSATION'},
    {title: 'REASON'},
];

function listRow(row: KnownDelivery, names: Names, now: number): Cell[] {
    return [
        String(row.seq),
        {text: row.state, tone: TONES[row.state]},
        age(now - row.received_at),
        String(row.attempts),
        names.get(row.integration_id) ?? 'removed',
        row.type,
        row.conversation_id ?? '',
        reasonText(row),
    ];
}

const reasonText = ({reason_code, reason_detail}: KnownDelivery): string => (reason_code ? `${reason_code}: ${reason_detail ?? ''}` : '');

export async function showDelivery(seq: number, {json, body}: Common & {body?: true}): Promise<void> {
    await withStore(async ({database, known}) => {
        const row = await database.read.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();
        if (!row) throw new CliError('not_found', `There is no delivery ${seq}.`, 'See ireserve-bridge deliveries list --state all.');
        const {body: event, digest: _, lane: __, ...shown} = row;
        const names: Names = new Map((await known()).map((one) => [one.id, one.name]));
        const log = await database.read
            .selectFrom('log')
            .selectAll()
            .where('integration_id', '=', row.integration_id)
            .where((where) => where.or([where('delivery_seq', '=', seq), where('source_id', '=', row.source_id)]))
            .orderBy('id')
            .limit(ATTEMPTS_SHOWN)
            .execute();
        const document = {
            delivery: documentOf(shown, names),
            log: log.map((entry) => logDocumentOf(entry, names)),
            ...(body ? {body: JSON.parse(event) as unknown} : {}),
        };
        present(json, document, () => [
            ...fields([
                ['Delivery', `${seq} (${row.direction})`],
                ['Integration', names.get(row.integration_id) ?? 'removed'],
                ['Event', `${row.source_id} (${row.type})`],
                ['Conversation', row.conversation_id ?? '–'],
                ['State', `${row.state} after ${row.attempts} tries`],
                ['Reason', reasonText(row) || '–'],
                ['Received', moment(row.received_at)],
                ['Settled', row.finished_at === null ? '–' : moment(row.finished_at)],
                ['Result', row.result ?? '–'],
                ['Sequence gap', row.gap ?? '–'],
                ...(body ? [['Event body', JSON.stringify(JSON.parse(event), null, 2).split('\n')] as const] : []),
            ]),
            '',
            ...(log.length > 0
                ? table(
                      columnsOf(false),
                      log.map((entry) => rowOf(entry, names, false)),
                      {width: screenWidth(), paint},
                  )
                : ['Not tried yet.']),
        ]);
    });
}
