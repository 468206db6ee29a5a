/** What all operations of the admin API have in common: who asks, whether they may, what it is about, and that nothing is kept by a cache. */
import {withRefusals} from '../agent-api/operation.ts';
import {BridgeError, type RefusalCode} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Answer, Input, Operation} from '../route.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import type {AdminScope} from './contract.ts';

/** Of what is about one integration. */
export const PATH = '/v1/admin/integrations/{integration}';

/** What was given does not fit, and where. */
export const invalid = (path: string, message: string): BridgeError =>
    new BridgeError('invalid_request', 'see errors', {errors: [{path, message}]});

const ALWAYS: RefusalCode[] = [
    'unauthenticated',
    'wrong_admin_token',
    'session_expired',
    'not_an_admin',
    'invalid_request',
    'too_many_requests',
    'mattermost_unavailable',
    'storage_unavailable',
    'stopping',
    'internal',
];
const WITH_BODY: RefusalCode[] = ['malformed_body', 'too_large', 'unsupported_media_type'];

type Described = Omit<Operation, 'api' | 'admin' | 'handle'> & {needs: AdminScope};
/**
 * - integration: the path names one, which the caller must reach
 * - bridge: concerns the bridge as a whole
 * - reached: of everything, what the caller reaches
 */
export type AdminOperation = Described &
    (
        | {about: 'integration'; handle(caller: AdminCaller, input: Input, integration: Integration): Promise<Answer>}
        | {about: 'bridge' | 'reached'; handle(caller: AdminCaller, input: Input): Promise<Answer>}
    );

export function adminOperation(door: AdminDoor, operation: AdminOperation): Operation {
    const {needs, about, refusals, handle: _, description, ...described} = operation;
    const codes: RefusalCode[] = [
        ...ALWAYS,
        ...(operation.body ? WITH_BODY : []),
        ...(needs === 'write' ? (['read_only'] as const) : []),
        ...(about === 'integration' ? (['no_such_integration'] as const) : []),
        ...(about === 'bridge' ? (['bridge_wide'] as const) : []),
    ];
    const who = `Needs scope ${needs}${about === 'bridge' ? ', and the bridge as a whole' : ''}.`;
    return {
        ...described,
        description: description ? `${description} ${who}` : who,
        api: 'admin',
        admin: {needs, about},
        refusals: [...codes, ...refusals.filter((code) => !codes.includes(code))],
        handle: (input) =>
            withRefusals(async () => {
                const caller = await door.authenticate(input.headers);
                // What is there, before what may be done with it: a reader learns nothing more from a write.
                const integration = about === 'integration' ? reached(door, caller, String(input.params.integration)) : undefined;
                if (about === 'bridge' && !caller.bridgeWide) throw new BridgeError('bridge_wide', 'it concerns the bridge as a whole');
                if (needs === 'write' && caller.scope !== 'write') throw new BridgeError('read_only', 'it changes something');
                const answer =
                    operation.about === 'integration'
                        ? await operation.handle(caller, input, integration as Integration)
                        : await operation.handle(caller, input);
                return {...answer, headers: {'cache-control': 'no-store', ...answer.headers}};
            }),
    };
}

/** Ids of all that is reached, or of the one that is named. @throws BridgeError no_such_integration */
export function reachedIds(door: AdminDoor, caller: AdminCaller, given: string | undefined): string[] {
    if (given !== undefined) return [reached(door, caller, given).id];
    return door.integrations
        .listed()
        .filter(caller.reaches)
        .map(({id}) => id);
}

/** By id or name. What is not reached is as unknown as what there is not. @throws BridgeError no_such_integration */
export function reached({integrations}: AdminDoor, caller: AdminCaller, given: string): Integration {
    const found = integrations.get(given) ?? integrations.named(given);
    if (!found || !caller.reaches(found))
        throw new BridgeError('no_such_integration', `no integration ${given.slice(0, 64)} is known here`);
    return found;
}
