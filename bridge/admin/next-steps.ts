/** What an admin does about each thing that can stand in the way: the same words in `status` and in `test-message`. */

/** `option`: what sets the channel it is about. */
export type Subject = {integration: string; channel: string; server: string; option?: string};

const STEPS: Record<string, (subject: Subject) => string> = {
    mattermost_unreachable: ({server}) => `Check the Server URL ${server}, DNS and the firewall from this machine.`,
    mattermost_tls: ({server}) =>
        `Renew or correct the certificate of ${server}; for a private authority set NODE_EXTRA_CA_CERTS=FILE here and for the service; without TLS the Server URL begins with http://.`,
    callback_tls: () =>
        'i-Reserve renews or corrects the certificate of the Callback URL; for a private authority start the bridge with NODE_EXTRA_CA_CERTS=FILE.',
    mattermost_no_answer: ({server}) => `Check that ${server} answers from this machine.`,
    mattermost_error: () => 'Look at the Mattermost server’s own log, then try again.',
    mattermost_rate_limited: () => 'Wait a minute and try again; raise RateLimitSettings on the Mattermost server if it stays.',
    mattermost_url_wrong: ({integration}) =>
        `Correct the Server URL (base URL, with its subpath, without /api/v4): ireserve-bridge integration set ${integration} --server-url https://…`,
    mattermost_token_refused: ({integration}) =>
        'In Mattermost, check that the bot and the account that owns it are enabled; with a new token: ' +
        `ireserve-bridge secret add ${integration} bot_token --file FILE`,
    bot_not_in_channel: ({channel}) =>
        `In Mattermost, add the bot to the team and then to channel ${channel}: channel menu → Members → Add.`,
    channel_unknown: ({integration, option = '--channel ID'}) =>
        `Copy the Channel ID from the channel menu → View Info, and set it: ireserve-bridge integration set ${integration} ${option}`,
    channel_archived: ({channel, integration, option = '--channel ID'}) =>
        `Unarchive channel ${channel}, or set another one: ireserve-bridge integration set ${integration} ${option}`,
    post_refused: () => 'Check in Mattermost whether the channel is read-only for the bot, and the bot’s roles.',
};

/** The next step for a code of the integration log or of a notice. */
export const nextStep = (code: string, subject: Subject): string =>
    STEPS[code]?.(subject) ?? `See what happened: ireserve-bridge log ${subject.integration} --code ${code}`;
