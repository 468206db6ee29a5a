/** The living values of an integration's secrets: how new ones are made and checked, and since when and until when each lives. */
import {randomBytes} from 'node:crypto';
import {BridgeError} from '../errors.ts';
import {type Integration, type IntegrationSecrets, SECRET_KINDS, SECRET_NAMES, type SecretKind, valuesOf} from '../integration.ts';
import type {SecretBox} from '../secrets.ts';
import type {Tx} from '../store/open.ts';
import {type Actor, writeAudit} from './audit.ts';

/** Shortest key that Standard Webhooks allows, and the longest; in bytes. */
const [SHORTEST_KEY, LONGEST_KEY] = [24, 64];
const GENERATED_KEY = 32;
/** Mattermost's own tokens have 26 characters. */
const SHORTEST_TOKEN = 16;

/** Kinds the bridge may make by itself; the others come from Mattermost or i-Reserve. */
export const canGenerate = (kind: SecretKind): boolean =>
    ['signing_secrets', 'callback_secrets', 'callback_tokens', 'native_hook_tokens'].includes(kind);

/** @param random bytes of a new key */
export function generate(kind: SecretKind, random: (bytes: number) => Buffer = randomBytes): string {
    const key = random(GENERATED_KEY);
    return kind === 'signing_secrets' || kind === 'callback_secrets'
        ? `whsec_${key.toString('base64')}`
        : forShells(key.toString('base64url'));
}

/** base64url may begin with `-`, which commands take for an option. */
const forShells = (text: string): string => text.replace(/^-/, 'x');

/** What is wrong with a value somebody gave; null: nothing. Never holds the value. */
export function problemWith(kind: SecretKind, value: string): string | null {
    if (kind === 'signing_secrets' || kind === 'callback_secrets') {
        const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
        const bytes = key === undefined ? 0 : Buffer.from(key, 'base64').length;
        const fits = bytes >= SHORTEST_KEY && bytes <= LONGEST_KEY;
        return fits ? null : `A signing secret is whsec_ and ${SHORTEST_KEY} to ${LONGEST_KEY} bytes in base64.`;
    }
    if (kind === 'ireserve_passwords') return value.length <= 500 ? null : 'A password has at most 500 characters.';
    // Anything else than visible ASCII can't be sent in a header.
    if (!/^[\x21-\x7e]+$/.test(value)) return 'A token holds no spaces, line breaks or other characters than visible ASCII.';
    if (kind === 'native_hook_tokens' && value.length < 32) return 'It has at least 32 characters.';
    const short = (kind === 'webhook_tokens' || kind === 'command_tokens') && value.length < SHORTEST_TOKEN;
    return short ? `It has at least ${SHORTEST_TOKEN} characters.` : null;
}

/** By this a value is named: the same each time, and only with our key. Of before, ids may begin with `-`; `sameId` knows those too. */
export const valueId = (box: Pick<SecretBox, 'fingerprint'>, kind: SecretKind, value: string): string =>
    forShells(box.fingerprint('secret', kind, value));

const sameId = (id: string, given: string): boolean => id === forShells(given);

/** The ids of all values, by kind: what may be told of secrets. */
export const idsOf = (box: SecretBox, secrets: IntegrationSecrets): Record<string, string[]> =>
    Object.fromEntries(SECRET_NAMES.map((kind) => [kind, valuesOf(secrets, kind).map((value) => valueId(box, kind, value))]));

/**
 * The secrets with another value, which is the newest.
 *
 * @throws BridgeError no_room_for_secret
 */
export function withValue(
    secrets: IntegrationSecrets,
    kind: SecretKind,
    value: string,
    {dropOldest}: {dropOldest: boolean},
): IntegrationSecrets {
    if (kind === 'bot_token') return {...secrets, bot_token: value};
    // Until now the signing secret signed callbacks too: it goes on doing so until it is dropped here.
    const live = kind === 'callback_secrets' && secrets.callback_secrets.length === 0 ? secrets.signing_secrets.slice(0, 1) : secrets[kind];
    const others = live.filter((one) => one !== value);
    const {most} = SECRET_KINDS[kind];
    if (others.length >= most && !dropOldest) throw new BridgeError('no_room_for_secret', `${others.length} are live, and ${most} may be`);
    return {...secrets, [kind]: [value, ...others].slice(0, most)};
}

/** @throws BridgeError unknown_secret, needs_a_secret */
export function withoutValue(box: SecretBox, secrets: IntegrationSecrets, kind: SecretKind, id: string): IntegrationSecrets {
    const values = valuesOf(secrets, kind);
    const left = values.filter((value) => !sameId(valueId(box, kind, value), id));
    if (left.length === values.length) throw new BridgeError('unknown_secret', `no ${kind} of that id is live`);
    if (kind === 'bot_token') throw new BridgeError('needs_a_secret', 'without its bot token it can’t reach Mattermost');
    return {...secrets, [kind]: left};
}

type Noted = {integration_id: string; box: SecretBox; before: IntegrationSecrets | null; after: IntegrationSecrets; at: number};

/** Notes since when new values live, and forgets those that are gone. @param expires_at of the new ones */
export async function noteValues(tx: Tx, {integration_id, box, before, after, at}: Noted, expires_at: number | null): Promise<void> {
    const old = before ? idsOf(box, before) : {};
    for (const [kind, ids] of Object.entries(idsOf(box, after))) {
        const was = old[kind] ?? [];
        for (const value_id of ids.filter((id) => !was.includes(id))) {
            await tx
                .insertInto('secret')
                .values({integration_id, kind, value_id, set_at: at, expires_at})
                .onConflict((conflict) => conflict.columns(['integration_id', 'kind', 'value_id']).doUpdateSet({set_at: at, expires_at}))
                .execute();
        }
        const gone = was.filter((id) => !ids.includes(id));
        if (gone.length > 0) {
            await tx
                .deleteFrom('secret')
                .where('integration_id', '=', integration_id)
                .where('kind', '=', kind)
                .where('value_id', 'in', gone)
                .execute();
        }
    }
}

type Expiry = {integration: Integration; kind: SecretKind; value_id: string; expires_at: number | null; at: number; by: Actor};

/** A reminder: nothing stops by it. @throws BridgeError unknown_secret */
export async function setExpiry(tx: Tx, box: SecretBox, {integration, kind, value_id: given, expires_at, at, by}: Expiry): Promise<void> {
    const value_id = idsOf(box, integration.secrets)[kind]?.find((id) => sameId(id, given));
    if (value_id === undefined) throw new BridgeError('unknown_secret', `no ${kind} of that id is live`);
    const key = ['integration_id', 'kind', 'value_id'] as const;
    await tx
        .insertInto('secret')
        .values({integration_id: integration.id, kind, value_id, set_at: null, expires_at})
        .onConflict((conflict) => conflict.columns([...key]).doUpdateSet({expires_at}))
        .execute();
    await writeAudit(tx, {at, by, action: 'secret.expiry', integration, subject: kind, after: {id: value_id, expires_at}});
}

export type SecretState = {
    secret: SecretKind;
    label: string;
    most: number;
    values: {id: string; last4: string | null; set_at: number | null; expires_at: number | null}[];
};

/** What may be told of an integration's secrets: every kind, also those that are not set. */
export async function secretStates(
    tx: Tx,
    box: SecretBox,
    {id, secrets}: {id: string; secrets: IntegrationSecrets},
): Promise<SecretState[]> {
    const noted = await tx.selectFrom('secret').selectAll().where('integration_id', '=', id).execute();
    return SECRET_NAMES.map((kind) => {
        const {label, most, tellsEnd} = SECRET_KINDS[kind];
        const values = valuesOf(secrets, kind).map((value) => {
            const value_id = valueId(box, kind, value);
            const row = noted.find((one) => one.kind === kind && one.value_id === value_id);
            // Of a short one, four characters would be much.
            const last4 = tellsEnd && value.length >= 20 ? value.replace(/=+$/, '').slice(-4) : null;
            return {id: value_id, last4, set_at: row?.set_at ?? null, expires_at: row?.expires_at ?? null};
        });
        return {secret: kind, label, most, values};
    });
}
