/** What is asked of a Mattermost server once and then remembered: who the bot is, the file limit, the teams' names for links. */
import {type MattermostClient, MattermostError} from '../mattermost.ts';

export type Session = {
    botId: string;
    /** What Mattermost calls itself, e.g. `11.6.0`; '' when it does not say. */
    version: string;
    maxFileBytes: number;
    permalink(server_url: string, channel_id: string, post_id: string): Promise<string>;
};

/** Mattermost's own default, when the server does not say. */
const DEFAULT_MAX_FILE = 100 * 1024 * 1024;

export function createSessions() {
    const sessions = new Map<MattermostClient, Promise<Session>>();
    return {
        /** @throws MattermostError when the server can't be asked; the next call asks again */
        of(client: MattermostClient): Promise<Session> {
            let session = sessions.get(client);
            if (!session) {
                session = begin(client);
                sessions.set(client, session);
                session.catch(() => sessions.delete(client));
            }
            return session;
        },
        forget: (client: MattermostClient) => sessions.delete(client),
    };
}

async function begin(client: MattermostClient): Promise<Session> {
    const [me, config] = await Promise.all([client.getMe(), client.getClientConfig()]);
    const teams = new Map<string, Promise<string>>();
    const teamOf = (channel_id: string): Promise<string> => {
        let name = teams.get(channel_id);
        if (!name) {
            name = teamName(client, channel_id);
            teams.set(channel_id, name);
            name.catch(() => teams.delete(channel_id));
        }
        return name;
    };
    return {
        botId: me.id,
        version: (config as {Version?: string}).Version ?? '',
        maxFileBytes: Number((config as {MaxFileSize?: string}).MaxFileSize) || DEFAULT_MAX_FILE,
        async permalink(server_url, channel_id, post_id) {
            // `_redirect` sends to the team the browser was in last: right for people in one team.
            const team = await teamOf(channel_id).catch(() => '_redirect');
            return `${server_url}/${team}/pl/${post_id}`;
        },
    };
}

async function teamName(client: MattermostClient, channel_id: string): Promise<string> {
    const {team_id} = await client.getChannel(channel_id);
    if (!team_id) throw new MattermostError('refused', 'the channel belongs to no team');
    const {name} = await client.getTeam(team_id);
    return name;
}
