/** An integration as the admin API shows it, and a change as it takes it. */
import {z} from 'zod';
import {type SecretState, secretStates} from '../admin/secret-values.ts';
import {instant, instantOrNull} from '../agent-api/contract.ts';
import {BridgeError} from '../errors.ts';
import type {Integration, IntegrationConfig} from '../integration.ts';
import {fieldErrors} from '../lenient-parse.ts';
import {COMMAND_PATH} from '../mattermost-calls/registration.ts';
import type {SecretBox} from '../secrets.ts';
import type {Tx} from '../store/open.ts';
import {HOOK_PATH} from '../to-ireserve/hook.ts';
import {CREDENTIALS_IN_URL} from '../url-credentials.ts';
import type {IntegrationShown, SecretStatus} from './integration-contract.ts';

export const secretShown = ({values, ...secret}: SecretState): SecretStatus => ({
    ...secret,
    values: values.map(({id, last4, set_at, expires_at}) => ({
        ...{id, last4, set_at: instantOrNull(set_at), expires_at: instantOrNull(expires_at)},
    })),
});

export async function integrationShown(
    tx: Tx,
    integration: Integration,
    {box, publicUrl}: {box: SecretBox; publicUrl: string},
): Promise<z.infer<typeof IntegrationShown>> {
    const {id, name, licence, environment, state, config, created_at, updated_at} = integration;
    return {
        ...{id, name, licence, environment, state, config},
        secrets: (await secretStates(tx, box, integration)).map(secretShown),
        addresses: {
            inbound_webhook_url: publicUrl + HOOK_PATH,
            command_url: publicUrl + COMMAND_PATH,
            events_url: `${publicUrl}/v1/events`,
        },
        created_at: instant(created_at),
        updated_at: instant(updated_at),
    };
}

/** The settings with a change laid over them; null: the default again. Not validated as a whole yet. */
export const withChange = (config: Partial<IntegrationConfig>, change: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries({...config, ...change}).filter(([, value]) => value !== null && value !== undefined));

/** A configuration that does not fit is the caller's mistake. @throws BridgeError invalid_request, credentials_in_url */
export async function refusingConfig<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (!(error instanceof z.ZodError)) throw error;
        const errors = fieldErrors(error).map(({path, message}) => ({path: `config.${path}`, message}));
        const isCredentials = errors.some(({message}) => message === CREDENTIALS_IN_URL);
        throw new BridgeError(isCredentials ? 'credentials_in_url' : 'invalid_request', 'see errors', {errors});
    }
}
