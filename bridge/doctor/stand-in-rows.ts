/** The rows of a stand-in, beside those that are an admin's: nothing is changed that the audit trail would tell of, and nothing stays. */
import {randomBytes, randomUUID} from 'node:crypto';
import type {Integration} from '../integration.ts';
import {IntegrationConfig, IntegrationSecrets} from '../integration.ts';
import {deleteIntegration} from '../integrations.ts';
import {type SecretBox, sha256} from '../secrets.ts';
import {standInName, standInOf} from '../stand-in.ts';
import type {Database} from '../store/open.ts';

/** A stand-in older than this was left behind by a bridge or command that was killed. */
const ABANDONED_MS = 10 * 60_000;
/** Made a while ago, so that by no clock the answer was said before the bridge began to listen. */
const CLOCK_MARGIN_MS = 5 * 60_000;

/** @returns undefined when another round trip is being made */
export async function addStandIn(
    {database, box, now}: {database: Database; box: SecretBox; now: () => number},
    integration: Integration,
    channel_id: string,
): Promise<{standIn: Integration; token: string; token_id: string} | undefined> {
    const given = standInOf(integration, channel_id);
    const at = now() - CLOCK_MARGIN_MS;
    const standIn: Integration = {
        ...given,
        id: randomUUID(),
        state: 'active',
        config: IntegrationConfig.parse(given.config),
        secrets: IntegrationSecrets.parse(given.secrets),
        created_at: at,
        updated_at: at,
    };
    const token = `irb_${randomBytes(32).toString('base64url')}`;
    const token_id = randomUUID().slice(0, 8);
    const {config, secrets} = standIn;
    const sealed = {config: JSON.stringify(config), secrets: box.seal(JSON.stringify(secrets))};
    const isMade = await database.write(async (tx) => {
        const name = standInName(integration);
        const left = await tx.selectFrom('integration').select(['id', 'created_at']).where('name', '=', name).executeTakeFirst();
        if (left && at - Number(left.created_at) < ABANDONED_MS) return false;
        if (left) await deleteIntegration(tx, left.id);
        const rows = await tx
            .insertInto('integration')
            .values({...standIn, ...sealed})
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returning('id')
            .execute();
        if (rows.length === 0) return false;
        const times = {created_at: at, expires_at: now() + ABANDONED_MS, revoked_at: null};
        await tx
            .insertInto('token')
            .values({id: token_id, integration_id: standIn.id, hash: sha256(token), label: 'round trip', ...times})
            .execute();
        return true;
    });
    return isMade ? {standIn, token, token_id} : undefined;
}

export const removeStandIn = (database: Database, {id}: Pick<Integration, 'id'>): Promise<void> =>
    database.write(async (tx) => {
        await tx.deleteFrom('token').where('integration_id', '=', id).execute();
        await deleteIntegration(tx, id);
    });
