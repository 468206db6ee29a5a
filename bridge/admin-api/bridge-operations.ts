/** Operations about the bridge as a whole: overview and kill switch. */
import {readKillSwitch, setKillSwitch} from '../admin/kill-switch.ts';
import {bodyOf} from '../agent-api/operation.ts';
import type {Operation} from '../route.ts';
import type {Database} from '../store/open.ts';
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import {KillSwitch, KillSwitchChange, Overview} from './contract.ts';
import {languageOf} from './language.ts';
import {adminOperation} from './operation.ts';
import {switchShown} from './overview.ts';

export type BridgeOptions = {
    door: AdminDoor;
    database: Database;
    overview: (reaches: AdminCaller['reaches'], language: BridgeLanguage) => Promise<Overview>;
    now: () => number;
};

export function bridgeOperations({door, database, overview, now}: BridgeOptions): Operation[] {
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
            handle: async ({reaches}, {headers}) => ({status: 200, body: await overview(reaches, languageOf(headers))}),
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
            handle: async () => ({status: 200, body: switchShown(await readKillSwitch(database.read))}),
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
            async handle({who}, input) {
                const {on, reason} = await bodyOf(input, KillSwitchChange);
                const state = await database.write((tx) => setKillSwitch(tx, on, {reason, by: who, at: now()}));
                return {status: 200, body: switchShown(state)};
            },
        }),
    ];
}
