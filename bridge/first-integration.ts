import type {Integrations} from './integrations.ts';
import type {Log} from './log.ts';
import type {Settings} from './settings.ts';

/** With three environment variables a first integration exists at once. */
export async function firstIntegration(settings: Settings, integrations: Integrations, log: Log): Promise<void> {
    const {MATTERMOST_URL, MATTERMOST_BOT_TOKEN, MATTERMOST_CHANNEL_ID} = settings;
    if (integrations.all().length > 0) return;
    if (!MATTERMOST_URL || !MATTERMOST_BOT_TOKEN || !MATTERMOST_CHANNEL_ID) {
        log.warn('there is no integration yet; next: ireserve-bridge setup, in another shell with the same DATA_DIR or DATABASE_URL');
        return;
    }
    await integrations.add({
        name: 'default',
        licence: 'default',
        environment: 'test',
        config: {server_url: MATTERMOST_URL, channel_id: MATTERMOST_CHANNEL_ID},
        secrets: {bot_token: MATTERMOST_BOT_TOKEN},
    });
    log.info('made the integration named default; make a token for i-Reserve: ireserve-bridge token create default');
}
