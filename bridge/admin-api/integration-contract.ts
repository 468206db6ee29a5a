/** An integration as the admin API shows and takes it. Secrets go in and never come out. */
import {z} from 'zod';
import {Instant} from '../agent-api/contract.ts';
import {RoutingAnswer} from '../contract.ts';
import {IntegrationState, RoutingRule, SECRET_KINDS, SECRET_NAMES, STATE_MEANS} from '../integration.ts';
import {Moment} from './contract.ts';
import {ConfigGiven, ConfigShown} from './field-names.ts';

export const IntegrationName = z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'up to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit');

/** By name or id. */
export const OfIntegration = z.object({integration: z.string().min(1).max(64).meta({description: 'Name or id.'})});

export const SecretKindName = z.enum(SECRET_NAMES).meta({
    id: 'SecretKind',
    description: Object.entries(SECRET_KINDS)
        .map(([kind, {label}]) => `${kind}: ${label}`)
        .join(' · '),
});

export const SecretStatus = z
    .object({
        secret: SecretKindName,
        label: z.string(),
        most: z.int().meta({description: 'So many may be live at once, which is what rotation needs.'}),
        values: z
            .array(
                z.object({
                    id: z.string().meta({description: 'To name it by; tells nothing of the secret.'}),
                    last4: z.string().nullable().meta({description: 'Its end, to know it again; null where that would tell too much.'}),
                    set_at: Instant.nullable().meta({description: 'Null: before this was noted.'}),
                    expires_at: Instant.nullable().meta({description: 'A reminder, shown here and as a metric: nothing stops by itself.'}),
                }),
            )
            .meta({description: 'Newest first. Empty: not set.'}),
    })
    .meta({id: 'SecretStatus'});
export type SecretStatus = z.infer<typeof SecretStatus>;
export const SecretList = z.object({items: z.array(SecretStatus)}).meta({id: 'SecretList'});

export const NewSecret = z
    .strictObject({
        value: z.string().min(1).max(500).optional(),
        generate: z.literal(true).optional().meta({description: 'Instead of a value; shown once in the answer.'}),
        expires_at: Moment.nullable().default(null),
        drop_oldest: z.boolean().default(false).meta({description: 'When as many as may be are live: the oldest goes.'}),
    })
    .refine(({value, generate}) => (value === undefined) !== (generate === undefined), 'either value or generate')
    .meta({id: 'NewSecret'});
export const SecretMade = z
    .object({
        secret: SecretStatus,
        shown_once: z.string().nullable().meta({description: 'What was generated, or the address it makes. Never shown again.'}),
    })
    .meta({id: 'SecretMade'});
export const SecretExpiry = z.strictObject({expires_at: Moment.nullable()}).meta({id: 'SecretExpiry'});

const State = IntegrationState.meta({
    id: 'IntegrationState',
    description: Object.entries(STATE_MEANS)
        .map(([state, means]) => `${state}: ${means}`)
        .join(' · '),
});

export const IntegrationShown = z
    .object({
        id: z.string(),
        name: z.string(),
        licence: z.string(),
        environment: z.enum(['test', 'production']),
        state: State,
        config: ConfigShown,
        secrets: z.array(SecretStatus),
        addresses: z.object({
            inbound_webhook_url: z.string().meta({description: 'Inbound webhook URL: callback of Mattermost’s outgoing webhook.'}),
            command_url: z.string().meta({description: 'Request URL of the slash command.'}),
            events_url: z.string().meta({description: 'Where i-Reserve pushes events.'}),
        }),
        created_at: Instant,
        updated_at: Instant,
    })
    .meta({id: 'AdminIntegration'});
export const IntegrationsShown = z.object({items: z.array(IntegrationShown)}).meta({id: 'AdminIntegrationList'});

export const NewIntegrationBody = z
    .strictObject({
        name: IntegrationName,
        licence: z.string().trim().min(1).max(200),
        environment: z.enum(['test', 'production']),
        state: State.default('active'),
        config: ConfigGiven,
        secrets: z.strictObject({bot_token: z.string().min(1).max(200).meta({description: 'Bot token. Others are added one by one.'})}),
    })
    .meta({id: 'NewAdminIntegration'});
export const IntegrationChange = z
    .strictObject({
        state: State.optional(),
        config: ConfigGiven.optional(),
        expected_updated_at: Moment.optional().meta({description: 'Refused when somebody changed it since.'}),
    })
    .meta({id: 'AdminIntegrationChange'});

export const ChannelList = z
    .object({
        items: z.array(
            z.object({
                channel_id: z.string(),
                name: z.string(),
                display_name: z.string(),
                team: z.string(),
                type: z.enum(['public', 'private']).nullable(),
                uses: z
                    .array(z.string())
                    .meta({description: 'What it is set for: Channel, Notification <type>, Routing rule <n>, Alert channel.'}),
                gone: z
                    .enum(['archived', 'not_member', 'unknown'])
                    .nullable()
                    .meta({description: 'Set but not usable: archived, the bot is no member, or there is no such channel. Null: usable.'}),
            }),
        ),
    })
    .meta({id: 'ChannelList', description: 'Channels the bot is a member of, and those that are set.'});

export const TestReport = z
    .object({
        ok: z.boolean(),
        checks: z.array(
            z.object({name: z.string(), ok: z.boolean(), text: z.string(), code: z.string().optional(), next: z.string().optional()}),
        ),
        server_version: z.string().optional(),
        bot: z.string().optional(),
        post_id: z.string().optional(),
    })
    .meta({id: 'TestReport'});
export const TestBody = z
    .strictObject({
        channel_id: z
            .string()
            .regex(/^[a-z0-9]{26}$/)
            .optional(),
    })
    .meta({id: 'TestMessage'});

export const RoutePreviewBody = z
    .strictObject({
        language: z.string().max(35).optional(),
        topic: z.string().max(300).optional(),
        page: z.string().max(2000).optional().meta({description: 'Address of the page.'}),
        properties: z.record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean()])).optional(),
        notification_type: z.string().max(64).optional().meta({description: 'Given: where a notification of this type would go.'}),
        routing: z.array(RoutingRule).max(200).optional().meta({description: 'Rules that are not saved yet, instead of the saved ones.'}),
        channel_id: z
            .string()
            .regex(/^[a-z0-9]{26}$/)
            .optional()
            .meta({description: 'A mirror channel that is not saved yet.'}),
        notifications: z.record(z.string(), z.string()).optional().meta({description: 'Notifications → channel, not saved yet.'}),
    })
    .meta({id: 'RoutePreviewBody'});
export const RoutePreview = z
    .object({
        channel_id: z.string().nullable().meta({description: 'Null: it is not sent.'}),
        rule: z.int().nullable(),
        why: z.string(),
        considered: RoutingAnswer.shape.considered,
    })
    .meta({id: 'RoutePreview'});

export const TokenShown = z
    .object({
        id: z.string(),
        label: z.string(),
        state: z.enum(['live', 'expired', 'revoked']),
        created_at: Instant,
        expires_at: Instant.nullable(),
        revoked_at: Instant.nullable(),
    })
    .meta({id: 'EventToken'});
export const TokenList = z.object({items: z.array(TokenShown)}).meta({id: 'EventTokenList'});
export const NewToken = z
    .strictObject({label: z.string().trim().min(1).max(100).default('i-Reserve'), expires_at: Moment.nullable().default(null)})
    .meta({id: 'NewEventToken'});
export const MadeToken = TokenShown.extend({token: z.string().meta({description: 'Shown only now.'})}).meta({id: 'MadeEventToken'});

export const ImportReport = z
    .object({
        dry_run: z.boolean(),
        changed: z.boolean().meta({description: 'Whether anything was, or with dry_run would be, changed.'}),
        integrations: z.array(
            z.object({
                name: z.string(),
                change: z.enum(['added', 'changed', 'same', 'untouched']).meta({description: 'untouched: not in the document.'}),
                fields: z.array(
                    z.object({
                        field: z.string(),
                        change: z.enum(['added', 'changed', 'removed']),
                        before: z.unknown().optional(),
                        after: z.unknown().optional().meta({description: 'Secrets are masked.'}),
                    }),
                ),
                warnings: z
                    .array(
                        z.object({
                            check: z.string(),
                            text: z.string(),
                            code: z.string().meta({description: 'As in the integration log; see docs/errors.md.'}),
                            next: z.string().meta({description: 'What an admin does about it.'}),
                        }),
                    )
                    .meta({
                        description:
                            'What does not work in Mattermost with it: token, channels, membership. Asked of those that were, or would be, added or ' +
                            'changed, with nothing posted; it refuses nothing.',
                    }),
            }),
        ),
    })
    .meta({id: 'ImportReport'});
