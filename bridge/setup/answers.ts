/** What setup must know: from flags, environment, an answers file or prompts, all as one document. */
import {z} from 'zod';
import {CREDENTIALS_IN_URL, mayBeAddress} from '../url-credentials.ts';

const Address = z
    .url({protocol: /^https?$/, error: 'an address that begins with https:// or http://'})
    .transform((url) => url.replace(/\/+$/, ''));
/** A Channel ID, a name in the first team, or `team/name`. */
const ChannelName = z
    .string()
    .regex(/^(?:[a-z0-9-]+\/)?[a-z0-9][a-z0-9_-]{0,63}$/, 'a Channel ID, or a name as in its address, e.g. web-chats');

export const SetupAnswers = z
    .object({
        name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'up to 64 of A-Z a-z 0-9 . _ -'),
        licence: z.string().min(1).max(100),
        environment: z.enum(['test', 'production'], 'test or production'),
        server_url: Address,
        /** Where Mattermost, browsers and i-Reserve reach the bridge. */
        public_url: Address,
        /** URL names of the teams whose members are agents; channels given by name are in the first. */
        teams: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'as in its address: a-z 0-9 -, e.g. support')).min(1),
        channel: ChannelName,
        notifications: z.record(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/), ChannelName).default({}),
        alert_channel: ChannelName.optional(),
        /** Default: ireserve for production, ireserve-test for test. */
        bot: z
            .string()
            .regex(/^[a-z][a-z0-9._-]{0,63}$/, 'up to 64 of a-z 0-9 . _ -, beginning with a letter')
            .optional(),
        /** Who answers: user names, e-mail addresses, or `team:NAME` for everybody in a team. They are added to all channels above. */
        agents: z.array(z.string().min(1).max(200)).max(500).default([]),
        callback_url: Address.refine(mayBeAddress, CREDENTIALS_IN_URL).optional(),
        language: z.enum(['en', 'nl', 'de']).optional(),
        time_zone: z.string().optional(),
        /** An outgoing webhook for public channels; the event stream needs none. */
        webhook: z.boolean().default(false),
        /** The archive to upload; false: leave plugins alone. Default: the one in dist/, when there is one. */
        plugin: z.union([z.string().min(1), z.literal(false)]).optional(),
        /** Whether setup may change settings of the Mattermost server. */
        change_settings: z.boolean().default(false),
    })
    .strict();
export type SetupAnswers = z.infer<typeof SetupAnswers>;

export const botNameOf = ({bot, environment}: Pick<SetupAnswers, 'bot' | 'environment'>): string =>
    bot ?? (environment === 'production' ? 'ireserve' : 'ireserve-test');
