/** Who is calling the event API: a bearer token, or a Standard Webhooks signature. The credential names the integration. */
import {createHmac, type Hmac, timingSafeEqual} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import {BridgeError, storeFailed} from './errors.ts';
import type {Integration} from './integration.ts';
import type {Integrations} from './integrations.ts';

/** Standard Webhooks: reject what is further off than five minutes. */
export const TOLERANCE_MS = 5 * 60_000;
export const INTEGRATION_HEADER = 'ireserve-integration';

/** What can be told before the body is read; `verify` then needs its raw bytes. */
export type Caller = {integration: Integration; verify(body: Uint8Array): void; verifier(): Verifier};

/** For a body that is read piece by piece. `done` throws as `verify` does. */
export type Verifier = {update(chunk: Uint8Array): void; done(): void};

/** Counts a caller's requests once it is known to be who it says. */
export const counted = (caller: Caller, allow: (integration_id: string) => void): Caller =>
    callerOf(caller.integration, () => {
        const {update, done} = caller.verifier();
        return {
            update,
            done() {
                done();
                allow(caller.integration.id);
            },
        };
    });

const callerOf = (integration: Integration, verifier: () => Verifier): Caller => ({
    integration,
    verifier,
    verify(body) {
        const {update, done} = verifier();
        update(body);
        done();
    },
});

const TRUSTED: Verifier = {update: () => undefined, done: () => undefined};

/**
 * Checks everything that needs no body first, so that strangers can't make us read or hash megabytes.
 *
 * @throws BridgeError unauthenticated, wrong_token, unknown_integration, clock_skew, wrong_signature, storage_unavailable
 */
export async function authenticate(headers: IncomingHttpHeaders, integrations: Integrations, now: () => number): Promise<Caller> {
    const bearer = /^Bearer +([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer) {
        const integration = await integrations.byToken(bearer).catch(storeFailed);
        if (!integration) throw new BridgeError('wrong_token', 'unknown, expired or revoked');
        return callerOf(integration, () => TRUSTED);
    }
    const id = one(headers['webhook-id']);
    const timestamp = one(headers['webhook-timestamp']);
    const signature = one(headers['webhook-signature']);
    if (!id || !timestamp || !signature) {
        throw new BridgeError(
            'unauthenticated',
            'neither a bearer token nor webhook-id, webhook-timestamp and webhook-signature were sent',
        );
    }
    const name = one(headers[INTEGRATION_HEADER]);
    const integration = name ? await integrations.byName(name).catch(storeFailed) : undefined;
    if (!integration)
        throw new BridgeError(
            'unknown_integration',
            name ? `no integration is named ${name.slice(0, 64)}` : `header ${INTEGRATION_HEADER} is missing`,
        );
    const sentAt = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
    if (!(Math.abs(now() - sentAt) <= TOLERANCE_MS)) {
        const serverTime = new Date(now()).toISOString();
        const off = Number.isNaN(sentAt) ? 'not a number of seconds' : `${Math.round((sentAt - now()) / 1000)} s off`;
        throw new BridgeError('clock_skew', `webhook-timestamp is ${off}`, {serverTime});
    }
    return callerOf(integration, () => {
        const {signing_secrets} = integration.secrets;
        const hashes = signing_secrets.flatMap((secret) => hashWith(secret)?.update(`${id}.${timestamp}.`) ?? []);
        return {
            update: (chunk) => {
                for (const hash of hashes) hash.update(chunk);
            },
            done() {
                if (hashes.some((hash) => isAmong(signature, hash.digest()))) return;
                throw new BridgeError(
                    'wrong_signature',
                    signing_secrets.length === 0 ? 'the integration has no signing secret' : 'no current secret gives it',
                );
            },
        };
    });
}

const one = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * node:crypto, not the specification's own package: that one hashes in JavaScript, and a forged 30 MB body would hold the event loop for most
 * of a second. The test compares both over the same vectors.
 */
function hashWith(secret: string): Hmac | null {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    // With an empty key everybody could sign.
    return key.length === 0 ? null : createHmac('sha256', key);
}

function isAmong(header: string, expected: Buffer): boolean {
    return header.split(' ').some((part) => {
        const [version, value] = part.split(',', 2);
        if (version !== 'v1' || !value) return false;
        const given = Buffer.from(value, 'base64');
        return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
