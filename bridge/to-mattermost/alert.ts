/** Tells admins, in Mattermost, that something waits for them. Best effort: the log, the metric and the command line say it too. */
import type {Integration} from '../integration.ts';
import type {Servers} from '../mattermost.ts';
import type {NoticeRow} from '../store/schema.ts';

export async function postAlert(
    servers: Servers,
    integration: Integration,
    notice: Pick<NoticeRow, 'code' | 'detail'>,
    standing: boolean,
): Promise<void> {
    const {alert_channel_id, server_url} = integration.config;
    if (!alert_channel_id) return;
    const client = servers.client(server_url, integration.secrets.bot_token);
    const head = standing ? '⚠️ i-Reserve bridge needs an admin' : '✅ i-Reserve bridge: mended';
    const message = `**${head}** · ${integration.name} (${integration.environment})\n\`${notice.code}\`: ${notice.detail}`;
    await client.gate.create(() => client.createPost({channel_id: alert_channel_id, message}));
}
