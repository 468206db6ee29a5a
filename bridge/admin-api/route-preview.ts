/** Where a conversation or notification would go, and why; also by settings that are not saved yet. Pure. */
import type {z} from 'zod';
import type {IntegrationConfig} from '../integration.ts';
import {routeConversation} from '../to-mattermost/routing.ts';
import type {RoutePreview, RoutePreviewBody} from './integration-contract.ts';

export function previewOf(config: IntegrationConfig, asked: z.infer<typeof RoutePreviewBody>): z.infer<typeof RoutePreview> {
    const {language, topic, page, properties, notification_type, routing, channel_id, notifications} = asked;
    if (notification_type !== undefined) {
        const map = notifications ?? config.notifications;
        const channel = Object.hasOwn(map, notification_type) ? (map[notification_type] ?? null) : null;
        const why = channel
            ? `Notifications → channel: ${notification_type} has a channel`
            : `no channel is set for notifications of type ${notification_type}: it is not sent`;
        return {channel_id: channel, rule: null, why, considered: []};
    }
    const answer = routeConversation(
        {channel_id: channel_id ?? config.channel_id, routing: routing ?? config.routing},
        {
            ...(language === undefined ? {} : {language}),
            ...(topic === undefined ? {} : {topic}),
            ...(page === undefined ? {} : {page: {url: page}}),
            visitor: {properties: properties ?? {}},
        },
    );
    const matched = answer.considered.find((one) => one.matched);
    const none = answer.considered.length === 0 ? 'there are no rules' : 'no rule matches';
    return {...answer, why: matched ? `rule ${matched.rule}: ${matched.why}` : `${none}: it goes to the mirror channel`};
}
