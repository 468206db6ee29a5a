/** What an agent may see and do: what the membership of the conversation's channel in Mattermost allows, asked on every use. */
import {sql} from 'kysely';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {MattermostError, type Servers} from '../mattermost.ts';
import type {Database, Tx} from '../store/open.ts';
import {findConversation, type Known} from '../store/records.ts';
import type {People, Person} from '../to-ireserve/people.ts';

export type Access = ReturnType<typeof createAccess>;

export function createAccess({database, servers, people}: {database: Database; servers: Servers; people: People}) {
    const clientOf = ({config, secrets}: Integration) => servers.client(config.server_url, secrets.bot_token);

    return {
        /** A real person with a living account. @throws BridgeError not_an_agent, mattermost_unavailable */
        async person(integration: Integration, user_id: string): Promise<Person> {
            const person = await people.find(clientOf(integration), user_id).catch(unavailable);
            if (!person?.active || person.isBot) throw new BridgeError('not_an_agent', 'only people with an active account');
            return person;
        },
        /** @throws BridgeError mattermost_unavailable */
        isMember: (integration: Integration, channel_id: string, user_id: string): Promise<boolean> =>
            people.isMember(clientOf(integration), channel_id, user_id).catch(unavailable),
        /**
         * A conversation in a channel the user is a member of now. Others are as unknown as those there are none of.
         *
         * @throws BridgeError unknown_conversation, mattermost_unavailable
         */
        async conversation(integration: Integration, user_id: string, conversation_id: string): Promise<Known> {
            const known = await findConversation(database.read, integration.id, conversation_id);
            const channel = known?.thread?.channel_id ?? integration.config.channel_id;
            if (!known || !(await people.isMember(clientOf(integration), channel, user_id).catch(unavailable))) {
                throw new BridgeError('unknown_conversation', `conversation ${conversation_id.slice(0, 128)} is not known here`);
            }
            return known;
        },
        /** Channels with conversations of the integration that the user is a member of. @throws BridgeError mattermost_unavailable */
        async channels(integration: Integration, user_id: string): Promise<string[]> {
            const all = new Set([integration.config.channel_id, ...(await channelsOf(database.read, integration.id))]);
            const mine: string[] = [];
            for (const channel of all)
                if (await people.isMember(clientOf(integration), channel, user_id).catch(unavailable)) mine.push(channel);
            return mine;
        },
    };
}

/** One look into the index per channel: `distinct` would read every thread there ever was, and streams ask often. */
async function channelsOf(tx: Tx, integration_id: string): Promise<string[]> {
    const {rows} = await sql<{channel_id: string}>`
        with recursive used(channel_id) as (
            select min(channel_id) from thread where integration_id = ${integration_id}
            union all
            select (select min(channel_id) from thread where integration_id = ${integration_id} and channel_id > used.channel_id)
            from used where used.channel_id is not null
        )
        select channel_id from used where channel_id is not null`.execute(tx);
    return rows.map(({channel_id}) => channel_id);
}

function unavailable(error: unknown): never {
    if (!(error instanceof MattermostError)) throw error;
    throw new BridgeError('mattermost_unavailable', 'Mattermost does not answer', {retryAfter: 5, cause: error});
}
