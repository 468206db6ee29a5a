/** The command line's way to verify a bot token before it is kept. */
import {verifyBotToken} from '../admin/verify-bot-token.ts';
import {createServers} from '../mattermost.ts';
import type {Store} from './open-store.ts';

type Given = Omit<Parameters<typeof verifyBotToken>[0], 'servers' | 'database'>;

/** @throws BridgeError bot_token_refused, other_bot; MattermostError when the server can't be asked now */
export function verified({settings, database}: Pick<Store, 'settings' | 'database'>, given: Given): Promise<string> {
    const servers = createServers({createsInFlight: 1, timeoutMs: settings.MATTERMOST_TIMEOUT_MS, now: Date.now});
    return verifyBotToken({servers, database, ...given});
}
