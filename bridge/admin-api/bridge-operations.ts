/** Operations about the bridge as a whole: overview and kill switch. */
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
import {KillSwitch, KillSwitchChange, Overview} from './contract.ts';
import {adminOperation} from './operation.ts';

export type BridgeOptions = {door: AdminDoor};

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function bridgeOperations({door}: BridgeOptions): Operation[] {
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/overview',
            operationId: 'getOverview',
            summary: 'Health at a glance: every integration, every hop',
            needs: 'read',
            about: 'reached',
            answers: {200: {description: 'As it is now.', schema: Overview}},
            refusals: [],
            handle: later,
        }),
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/kill-switch',
            operationId: 'getKillSwitch',
            summary: 'Whether everything is switched off',
            needs: 'read',
            about: 'reached',
            answers: {200: {description: 'As it is now.', schema: KillSwitch}},
            refusals: [],
            handle: later,
        }),
        adminOperation(door, {
            method: 'put',
            path: '/v1/admin/kill-switch',
            operationId: 'setKillSwitch',
            summary: 'Switch everything off, or on again',
            description: 'The bridge obeys within a second. Turned off again, what waited goes out in order.',
            needs: 'write',
            about: 'bridge',
            body: KillSwitchChange,
            answers: {200: {description: 'As it is now.', schema: KillSwitch}},
            refusals: [],
            handle: later,
        }),
    ];
}
