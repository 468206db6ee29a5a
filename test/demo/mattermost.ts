/** Which Mattermost the demo talks to: the double, or the real server of MATTERMOST_URL. */
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {freePort} from './ports.ts';
import {createReader} from './read-back.ts';

export type Target = {
    name: string;
    real: boolean;
    url: string;
    botToken: string;
    channel_id: string;
    notification_channel_id: string;
    /** Someone in the mirror channel who could be pinged; null: not known (a real server without MATTERMOST_AGENT_TOKEN). */
    agentToken: string | null;
    /** Null: a real server, which has plugins and slash commands only if its admin put them there. */
    double: MattermostDouble | null;
    stop: () => Promise<void>;
};

export async function chooseMattermost(environment: NodeJS.ProcessEnv, port: number): Promise<Target> {
    return environment.MATTERMOST_URL ? realServer(environment, environment.MATTERMOST_URL) : theDouble(port);
}

async function theDouble(port: number): Promise<Target> {
    const mattermost = await startMattermost({port: await freePort(port)});
    const {bot, agents, channels} = mattermost.seeded;
    return {
        name: 'Mattermost double',
        real: false,
        url: mattermost.url,
        botToken: bot.token,
        channel_id: channels.mirror.id,
        notification_channel_id: channels.notifications.id,
        agentToken: agents[0].token,
        double: mattermost,
        stop: mattermost.stop,
    };
}

/** @throws Error that says what is missing or refused */
async function realServer(environment: NodeJS.ProcessEnv, address: string): Promise<Target> {
    const {MATTERMOST_BOT_TOKEN, MATTERMOST_CHANNEL_ID} = environment;
    if (!MATTERMOST_BOT_TOKEN || !MATTERMOST_CHANNEL_ID) {
        throw new Error('With MATTERMOST_URL the demo also needs MATTERMOST_BOT_TOKEN and MATTERMOST_CHANNEL_ID.');
    }
    const url = address.replace(/\/+$/, '');
    const notification_channel_id = environment.MATTERMOST_NOTIFICATION_CHANNEL_ID || MATTERMOST_CHANNEL_ID;
    const reader = createReader(url, MATTERMOST_BOT_TOKEN);
    const username = await reader.username();
    const channel = await reader.channelName(MATTERMOST_CHANNEL_ID);
    await reader.channelName(notification_channel_id);
    return {
        name: `${url}, bot @${username}, channel “${channel}”`,
        real: true,
        url,
        botToken: MATTERMOST_BOT_TOKEN,
        channel_id: MATTERMOST_CHANNEL_ID,
        notification_channel_id,
        agentToken: environment.MATTERMOST_AGENT_TOKEN || null,
        double: null,
        stop: async () => undefined,
    };
}
