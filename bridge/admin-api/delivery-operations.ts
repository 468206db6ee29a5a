/** Operations on deliveries: what waits, what was given up, one message's whole trace, and what an admin can do about it. */
import type {IncomingHttpHeaders} from 'node:http';
import type {z} from 'zod';
import {lookAt} from '../admin/channels.ts';
import {
    countDeliveries,
    type DeliveryFilter,
    discardDelivery,
    findDeliveries,
    findDelivery,
    type KnownDelivery,
    type Retried,
    rerouteDelivery,
    retryDelivery,
} from '../admin/deliveries.ts';
import {traceOf} from '../admin/trace.ts';
import {bodyOf} from '../agent-api/operation.ts';
import type {DeliveryState} from '../contract.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {MattermostClient} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import type {Database} from '../store/open.ts';
import type {DeliveryRow} from '../store/schema.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import {pageOf, readCursor} from './cursor.ts';
import {
    BulkReplay,
    BulkReplayed,
    DeliveryId,
    DeliveryList,
    DeliveryQuery,
    DeliveryShown,
    DeliveryTrace,
    Discard,
    Reroute,
    TraceQuery,
} from './delivery-contract.ts';
import {deliveryShown, traceShown} from './delivery-shown.ts';
import {languageOf} from './language.ts';
import {adminOperation, reached, reachedIds} from './operation.ts';
import {momentOf} from './times.ts';

export type DeliveryOptions = {
    door: AdminDoor;
    database: Database;
    client: (integration: Integration) => MattermostClient;
    /** What i-Reserve knows the tries of a delivery by. */
    attemptId: (delivery: DeliveryRow) => string | null;
    /** Something of this integration is queued again. */
    kick: (integration_id: string) => void;
    now: () => number;
};

/** One transaction holds the database for so many only: the service wants to write too. */
const AT_ONCE = 200;

const PATH = '/v1/admin/deliveries/{delivery_id}';

export function deliveryOperations({door, database, client, attemptId, kick, now}: DeliveryOptions): Operation[] {
    const nameOf = (id: string) => door.integrations.get(id)?.name ?? null;
    const shownIn = (headers: IncomingHttpHeaders) => (row: KnownDelivery) => deliveryShown(row, nameOf, languageOf(headers));

    /** @throws BridgeError unknown_delivery, also for one the caller does not reach */
    async function known(caller: AdminCaller, {delivery_id}: Record<string, unknown>): Promise<{integration: Integration; seq: number}> {
        const row = await findDelivery(database.read, Number(delivery_id));
        const integration = row && door.integrations.get(row.integration_id);
        if (!row || !integration || !caller.reaches(integration)) {
            throw new BridgeError('unknown_delivery', `no delivery ${String(delivery_id)} is known here`);
        }
        return {integration, seq: row.seq};
    }
    async function again(seq: number, headers: IncomingHttpHeaders): Promise<DeliveryShown> {
        const row = await findDelivery(database.read, seq);
        if (!row) throw new BridgeError('unknown_delivery', 'it is gone');
        return shownIn(headers)(row);
    }
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/deliveries',
            operationId: 'listDeliveries',
            summary: 'Deliveries; those that wait and the dead letters unless told otherwise',
            needs: 'read',
            about: 'reached',
            query: DeliveryQuery,
            answers: {200: {description: 'What is not settled comes oldest first, everything else newest first.', schema: DeliveryList}},
            refusals: ['no_such_integration'],
            async handle(caller, {query, headers}) {
                const {state, integration, conversation, direction, code, type, since, until, limit, cursor} = query as z.infer<
                    typeof DeliveryQuery
                >;
                const states = state.split(',') as DeliveryState[];
                const integration_ids = reachedIds(door, caller, integration);
                const filter = {
                    states,
                    integration_ids,
                    conversation,
                    direction,
                    code,
                    type,
                    since: momentOf(since),
                    until: momentOf(until),
                };
                const found = await findDeliveries(database.read, {...filter, cursor: readCursor('deliveries', cursor)}, limit + 1);
                const {rows, next_cursor} = pageOf('deliveries', found, limit, ({seq}) => seq);
                const all = reachedIds(door, caller, undefined);
                const count = (one: DeliveryState) => countDeliveries(database.read, {states: [one], integration_ids: all});
                const counts = {queued: await count('queued'), dead: await count('dead')};
                return {status: 200, body: {items: rows.map(shownIn(headers)), next_cursor, counts}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: '/v1/admin/deliveries/replay',
            operationId: 'replayDeliveries',
            summary: 'Queue dead letters that fit again',
            needs: 'write',
            about: 'reached',
            body: BulkReplay,
            answers: {200: {description: 'Which were, and how many are left.', schema: BulkReplayed}},
            refusals: ['no_such_integration'],
            async handle(caller, input) {
                const {integration, until, limit, dry_run, ...asked} = await bodyOf(input, BulkReplay);
                const {id} = reached(door, caller, integration);
                const filter: DeliveryFilter = {...asked, states: ['dead'], integration_id: id, finishedBefore: momentOf(until)};
                const found = await findDeliveries(database.read, filter, limit);
                const ids: number[] = [];
                for (let from = 0; from < found.length && !dry_run; from += AT_ONCE) {
                    const group = found.slice(from, from + AT_ONCE);
                    const done = await database.write(async (tx) => {
                        const retried: Retried[] = [];
                        for (const {seq} of group) retried.push(await retryDelivery(tx, seq, now(), caller.who));
                        return retried;
                    });
                    ids.push(...done.filter(({outcome}) => outcome === 'queued').map(({seq}) => seq));
                }
                kick(id);
                const would = dry_run ? found.map(({seq}) => seq) : ids;
                const remaining = await countDeliveries(database.read, filter);
                return {status: 200, body: {replayed: ids.length, remaining, ids: would}};
            },
        }),
        adminOperation(door, {
            method: 'get',
            path: PATH,
            operationId: 'traceDelivery',
            summary: 'One message’s whole trace: every hop with id, attempt, latency and error',
            needs: 'read',
            about: 'reached',
            params: DeliveryId,
            query: TraceQuery,
            answers: {200: {description: 'In the order it happened.', schema: DeliveryTrace}},
            refusals: ['unknown_delivery'],
            async handle(caller, {params, query, headers}) {
                await known(caller, params);
                const trace = await traceOf(database.read, Number(params.delivery_id), now(), attemptId);
                if (!trace) throw new BridgeError('unknown_delivery', 'it is gone');
                return {
                    status: 200,
                    body: traceShown(trace, {nameOf, language: languageOf(headers), withBody: query.body === true, now: now()}),
                };
            },
        }),
        adminOperation(door, {
            method: 'patch',
            path: PATH,
            operationId: 'rerouteDelivery',
            summary: 'Change where a dead letter goes, before it is replayed',
            description:
                'Only of what goes to Mattermost. A message of a conversation takes its conversation there: a new thread, linked to the old one.',
            needs: 'write',
            about: 'reached',
            params: DeliveryId,
            body: Reroute,
            answers: {200: {description: 'As it is now.', schema: DeliveryShown}},
            refusals: ['unknown_delivery', 'not_dead'],
            async handle(caller, input) {
                const {integration, seq} = await known(caller, input.params);
                const {channel_id} = await bodyOf(input, Reroute);
                if (channel_id !== null) {
                    const {gone} = await lookAt(client(integration), channel_id);
                    if (gone) {
                        const errors = [{path: 'channel_id', message: `the bot can’t use it: ${gone}`}];
                        throw new BridgeError('invalid_request', 'see errors', {errors});
                    }
                }
                const changed = await database.write((tx) => rerouteDelivery(tx, seq, channel_id, now(), caller.who));
                if (!changed) throw new BridgeError('not_dead', 'it is no dead letter on its way to Mattermost');
                return {status: 200, body: await again(seq, input.headers)};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/replay`,
            operationId: 'replayDelivery',
            summary: 'Queue a dead letter again, or try a waiting one now',
            description: 'One whose last try may have got through is looked for before it is sent again: nothing is posted twice.',
            needs: 'write',
            about: 'reached',
            params: DeliveryId,
            answers: {200: {description: 'As it is now.', schema: DeliveryShown}},
            refusals: ['unknown_delivery', 'delivery_settled'],
            async handle(caller, {params, headers}) {
                const {integration, seq} = await known(caller, params);
                const {outcome, state} = await database.write((tx) => retryDelivery(tx, seq, now(), caller.who));
                if (outcome === 'settled') throw new BridgeError('delivery_settled', `it is ${state}`);
                kick(integration.id);
                return {status: 200, body: await again(seq, headers)};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/discard`,
            operationId: 'discardDelivery',
            summary: 'Give a dead or waiting delivery up for good',
            needs: 'write',
            about: 'reached',
            params: DeliveryId,
            body: Discard,
            answers: {200: {description: 'As it is now.', schema: DeliveryShown}},
            refusals: ['unknown_delivery', 'delivery_busy', 'delivery_settled'],
            async handle(caller, input) {
                const {seq} = await known(caller, input.params);
                const {reason} = await bodyOf(input, Discard);
                const {outcome, state} = await database.write((tx) => discardDelivery(tx, seq, reason, now(), caller.who));
                if (outcome === 'busy') throw new BridgeError('delivery_busy', 'it is tried just now');
                if (outcome === 'settled') throw new BridgeError('delivery_settled', `it is ${state}`);
                return {status: 200, body: await again(seq, input.headers)};
            },
        }),
    ];
}
