/** What a person can do with an emoji, on any client: 🔁 tries a failed reply again, 📤 sends a post of the thread to the visitor. */
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {MattermostClient, Servers} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {findReplyByPost} from '../store/records.ts';
import type {Session} from '../to-mattermost/session.ts';
import {type Perform, replyActions} from './catalogue.ts';
import type {People} from './people.ts';
import type {Take} from './take.ts';

export const RETRY_EMOJI: readonly string[] = ['repeat', 'arrows_counterclockwise'];
export const SEND_EMOJI = 'outbox_tray';

export type ReactionsOptions = {
    database: Database;
    servers: Servers;
    session: (client: MattermostClient) => Promise<Session>;
    take: Take;
    perform: Perform;
    people: People;
    onError: (error: unknown) => void;
};

export function createReactions({database, servers, session, take, perform, people, onError}: ReactionsOptions) {
    async function act(
        integration: Integration,
        {post_id, user_id, emoji}: {post_id: string; user_id: string; emoji: string},
    ): Promise<void> {
        const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
        const {botId} = await session(client);
        if (user_id === botId) return;
        const person = await people.find(client, user_id);
        if (!person?.active || person.isBot) return;
        const reply = await findReplyByPost(database.read, integration.id, post_id);
        const wanted = emoji === SEND_EMOJI ? 'send' : 'retry';
        if (reply && replyActions(reply).includes(wanted)) {
            const {conversation_id} = reply;
            // The same as by its button; a reaction has nobody to be told a refusal.
            await perform(wanted, {integration, conversation_id, by: person, input: {reply}}).catch((error: unknown) => {
                if (!(error instanceof BridgeError)) throw error;
            });
        } else if (wanted === 'send') await take.take(integration, post_id, {choice: 'explicit'});
    }

    return (integration: Integration, reaction: {post_id: string; user_id: string; emoji: string}): void => {
        if (reaction.emoji === SEND_EMOJI || RETRY_EMOJI.includes(reaction.emoji)) act(integration, reaction).catch(onError);
    };
}
