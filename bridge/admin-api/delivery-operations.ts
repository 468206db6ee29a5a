/** Operations on deliveries: what waits, what was given up, one message's whole trace, and what an admin can do about it. */
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
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
import {adminOperation} from './operation.ts';

export type DeliveryOptions = {door: AdminDoor};

const PATH = '/v1/admin/deliveries/{delivery_id}';

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function deliveryOperations({door}: DeliveryOptions): Operation[] {
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
        }),
    ];
}
