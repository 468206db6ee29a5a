/**
 * Verifies a bot token before it is kept, on every surface: a typing error would stop everything, and another bot would not know the first one's
 * posts, nor be in its channels.
 */
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {Database} from '../store/open.ts';

type Verifying = {
    servers: Servers;
    database: Database;
    /** Whose token it will be; undefined: of an integration that is still to be made. */
    current?: Pick<Integration, 'id' | 'config' | 'secrets'> | undefined;
    /** As it will be: on another server the bot is another account. */
    server_url: string;
    token: string;
};

/**
 * Where the token in use no longer works, the account is the one it had when it was last seen; an account that is gone, or deactivated, may be followed by another.
 *
 * @returns the account's id. @throws BridgeError bot_token_refused, other_bot; MattermostError when the server can't be asked now
 */
export async function verifyBotToken({servers, database, current, server_url, token}: Verifying): Promise<string> {
    const next = servers.client(server_url, token);
    const account = await accountOf(next);
    if (!current) return account;
    if (current.config.server_url === server_url) {
        const before = await accountBefore(servers, database, current);
        if (before !== null && before !== account && (await isAlive(next, before)))
            throw new BridgeError('other_bot', 'the new token is another account’s than the one in use');
    }
    await rememberBot(database, current.id, account);
    return account;
}

/** @returns the account's id. @throws BridgeError bot_token_refused; MattermostError when the server can't be asked now */
export async function accountOf(client: MattermostClient): Promise<string> {
    try {
        const {id} = await client.getMe();
        if (typeof id === 'string' && id !== '') return id;
    } catch (error) {
        const refused = error instanceof MattermostError && error.kind === 'refused';
        if (!refused) throw error;
        throw new BridgeError('bot_token_refused', `Mattermost answered ${error.status}`);
    }
    throw new BridgeError('bot_token_refused', 'what answers there is not Mattermost');
}

/** Null: nobody knows whose token it was. */
async function accountBefore(servers: Servers, database: Database, {id, config, secrets}: NonNullable<Verifying['current']>) {
    try {
        return await accountOf(servers.client(config.server_url, secrets.bot_token));
    } catch (error) {
        if (!(error instanceof BridgeError)) throw error;
        return knownBot(database, id);
    }
}

/** The bot an integration was last seen to have; null: never seen. */
export async function knownBot(database: Database, integration_id: string): Promise<string | null> {
    const row = await database.read.selectFrom('health').select('bot_id').where('integration_id', '=', integration_id).executeTakeFirst();
    return row?.bot_id ?? null;
}

/** So that later, when its token is refused, it is known which bot it was. */
export async function rememberBot(database: Database, integration_id: string, bot_id: string): Promise<void> {
    await database.write((tx) =>
        tx
            .insertInto('health')
            .values({integration_id, bot_id})
            .onConflict((conflict) => conflict.column('integration_id').doUpdateSet({bot_id}))
            .execute(),
    );
}

/** What can't be told counts as alive. */
async function isAlive(client: MattermostClient, user_id: string): Promise<boolean> {
    try {
        return (await client.getUser(user_id)).delete_at === 0;
    } catch (error) {
        return !(error instanceof MattermostError && error.kind === 'refused' && error.status === 404);
    }
}
