/**
 * The stand-in of an integration for one round trip: the same server, bot, callback address and secrets under a name of its own, so that agents' lists,
 * i-Reserve's commands and the integration's own rows see nothing of it, and all of it goes with one removal.
 */
import type {Post} from '@mattermost/types/posts';
import type {Integration} from './integration.ts';
import type {NewIntegration} from './integrations.ts';
import type {SecretBox} from './secrets.ts';

/** No integration made by hand can have it in its name. */
const SUFFIX = '~round-trip';

export const isStandIn = ({name}: Pick<Integration, 'name'>): boolean => name.endsWith(SUFFIX);

export const standInName = ({name}: Pick<Integration, 'name'>): string => name + SUFFIX;

export function standInOf(integration: Integration, channel_id: string): NewIntegration {
    const {config, secrets, licence, environment} = integration;
    return {
        name: standInName(integration),
        licence,
        environment,
        state: 'active',
        config: {
            ...config,
            channel_id,
            // Nothing of it may go elsewhere, wait, or ask anybody.
            routing: [],
            notifications: {},
            alert_channel_id: '',
            undo_seconds: 0,
            panel_undo_seconds: 0,
            guard_patterns: [],
            agents_url: '',
            conversations_url: '',
            ireserve_url: '',
            round_trip_minutes: 0,
        },
        secrets: {...secrets, webhook_tokens: [], command_tokens: [], native_hook_tokens: []},
    };
}

/** In the props of the answer that a round trip posts with the bot's own token: only who has our key can make one. */
const TRIAL_PROP = 'ireserve_trial';
const PURPOSE = 'round trip';

const textOf = (integration_id: string, conversation_id: string): string => `${integration_id}/${conversation_id}`;

export const trialProps = (box: SecretBox, integration_id: string, conversation_id: string): Record<string, string> => ({
    [TRIAL_PROP]: box.sign(PURPOSE, textOf(integration_id, conversation_id)),
});

/** Whether the bot's own post stands for an agent's answer in a round trip. */
export function isTrialAnswer(box: SecretBox, integration: Integration, conversation_id: string, post: Post): boolean {
    const signature = (post.props as Record<string, unknown> | undefined)?.[TRIAL_PROP];
    return (
        isStandIn(integration) && typeof signature === 'string' && box.verify(PURPOSE, textOf(integration.id, conversation_id), signature)
    );
}
