/** A bot token is tried before it is kept: a typing error would stop everything, and another bot would not know the first one's posts. */
import {BridgeError} from '../errors.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';

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

/**
 * Tries a new token beside the one in use. Where the old one no longer works, nobody can tell any more whose it was: then the new one is taken.
 *
 * @throws BridgeError bot_token_refused, other_bot
 */
export async function mustBeSameBot(current: MattermostClient, next: MattermostClient): Promise<void> {
    const account = await accountOf(next);
    const before = await accountOf(current).catch((error: unknown) => {
        if (error instanceof BridgeError) return null;
        throw error;
    });
    if (before !== null && before !== account) throw new BridgeError('other_bot', 'the new token is another account’s than the one in use');
}
