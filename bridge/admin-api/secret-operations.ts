/** Operations on an integration's secrets: set, rotated with overlap, dropped; and i-Reserve's bearer tokens. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
import {
    MadeToken,
    NewSecret,
    NewToken,
    OfIntegration,
    SecretExpiry,
    SecretKind,
    SecretList,
    SecretMade,
    SecretStatus,
    TokenList,
} from './integration-contract.ts';
import {adminOperation} from './operation.ts';

export type SecretOptions = {door: AdminDoor};

const PATH = '/v1/admin/integrations/{integration}';
const OfSecret = OfIntegration.extend({secret: SecretKind});
const OfValue = OfSecret.extend({value_id: z.string().min(1).max(64).meta({description: 'id of one of its values.'})});

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function secretOperations({door}: SecretOptions): Operation[] {
    return [
        adminOperation(door, {
            method: 'get',
            path: `${PATH}/secrets`,
            operationId: 'listSecrets',
            summary: 'Which secrets are set, since when, and until when',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            answers: {200: {description: 'Every kind, also those that are not set.', schema: SecretList}},
            refusals: [],
            handle: later,
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/secrets/{secret}`,
            operationId: 'addSecret',
            summary: 'Set a secret, or the next one beside it',
            description:
                'What was live before stays so until it is dropped, so that nothing is lost while the other side changes over. Only the bot token ' +
                'takes the old one’s place, after Mattermost said that it is the same bot’s; the old token is not revoked by it.',
            needs: 'write',
            about: 'integration',
            params: OfSecret,
            body: NewSecret,
            answers: {201: {description: 'Live from now on.', schema: SecretMade}},
            refusals: ['no_room_for_secret', 'bot_token_refused', 'other_bot', 'needs_unbound'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'patch',
            path: `${PATH}/secrets/{secret}/{value_id}`,
            operationId: 'setSecretExpiry',
            summary: 'Note when a secret expires',
            needs: 'write',
            about: 'integration',
            params: OfValue,
            body: SecretExpiry,
            answers: {200: {description: 'As it is now.', schema: SecretStatus}},
            refusals: ['unknown_secret'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'delete',
            path: `${PATH}/secrets/{secret}/{value_id}`,
            operationId: 'dropSecret',
            summary: 'Drop a secret: it is not accepted, or sent, any more',
            needs: 'write',
            about: 'integration',
            params: OfValue,
            answers: {200: {description: 'What is left.', schema: SecretStatus}},
            refusals: ['unknown_secret', 'needs_a_secret', 'needs_unbound'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'get',
            path: `${PATH}/tokens`,
            operationId: 'listEventTokens',
            summary: 'i-Reserve’s bearer tokens for the event API, without the tokens themselves',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            answers: {200: {description: 'Oldest first.', schema: TokenList}},
            refusals: [],
            handle: later,
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/tokens`,
            operationId: 'createEventToken',
            summary: 'Make a bearer token for i-Reserve; it is shown once',
            needs: 'write',
            about: 'integration',
            params: OfIntegration,
            body: NewToken,
            answers: {201: {description: 'Live from now on.', schema: MadeToken}},
            refusals: [],
            handle: later,
        }),
        adminOperation(door, {
            method: 'delete',
            path: `${PATH}/tokens/{token_id}`,
            operationId: 'revokeEventToken',
            summary: 'Revoke a bearer token of i-Reserve’s; it is refused within a second',
            needs: 'write',
            about: 'integration',
            params: OfIntegration.extend({token_id: z.string().min(1).max(64)}),
            answers: {204: {description: 'Revoked, now or before.'}},
            refusals: ['unknown_token'],
            handle: later,
        }),
    ];
}
