/**
 * Every code with which the bridge says why a delivery is not delivered, or not whole: in answers, status, integration log, notices and metrics.
 * Data only; docs/errors.md is made from it, and a test holds it against the source.
 */

/**
 * - ignored: there is nothing to send, for good
 * - waiting: will be tried again by itself
 * - admin: will be tried again, and won't work before an admin has mended something
 * - dead: given up; `ireserve-bridge deliveries retry` tries again
 * - file: the message arrives without this file, or before it, and says so
 * - log: stands in the integration log beside what it is about
 */
type Reason = {kind: 'ignored' | 'waiting' | 'admin' | 'dead' | 'file' | 'log'; means: string; next: string};

const NOTHING = 'Nothing.';
const BY_ITSELF = 'Nothing; it is tried again by itself.';

export const REASONS = {
    integration_inactive: {
        kind: 'ignored',
        means: 'The integration is inactive: events are taken and not sent.',
        next: 'Turn it on: `ireserve-bridge integration set <integration> --state active`. What was ignored is not sent later.',
    },
    integration_paused: {kind: 'ignored', means: 'The integration is paused, and typing is not kept for later.', next: NOTHING},
    notification_unmapped: {
        kind: 'ignored',
        means: 'No channel is set for notifications of this type.',
        next: 'If it is wanted: `ireserve-bridge integration set <integration> --notification <type>=<channel id>`.',
    },
    conversation_erased: {
        kind: 'ignored',
        means: 'The conversation was erased here for privacy; nothing of it is kept, and nothing more is taken.',
        next: 'Nothing. If the visitor writes again, open a conversation with a new id.',
    },
    transient: {kind: 'ignored', means: 'Typing is passed on at once or not at all.', next: NOTHING},
    notification_known: {
        kind: 'ignored',
        means: 'This notification id was delivered before, under another event id.',
        next: 'Give each notification its own notification_id.',
    },
    message_known: {
        kind: 'ignored',
        means: 'This message id was delivered before, under another event id.',
        next: 'Give each message its own id; repeat an event with the same event id.',
    },
    held_for_message: {
        kind: 'ignored',
        means: 'The edit or withdrawal came before its message. It is kept and applied when the message arrives.',
        next: 'Send message.created; if it never comes, nothing is shown.',
    },
    held_for_answer: {
        kind: 'ignored',
        means: 'message.state names an answer by an id that the bridge does not know yet. It is kept and applied when i-Reserve answers the callback with it.',
        next: 'Answer the callback with this message_id; if it never comes, nothing is shown.',
    },
    stale: {
        kind: 'ignored',
        means: 'Something newer is known already: a later edit or fact, or what an agent did here since it was stamped.',
        next: NOTHING,
    },
    attachment_known: {kind: 'ignored', means: 'The file is at its message already.', next: NOTHING},
    message_withdrawn: {kind: 'ignored', means: 'The message was withdrawn before.', next: NOTHING},
    post_gone: {kind: 'ignored', means: 'The post was deleted in Mattermost.', next: NOTHING},
    root_gone: {
        kind: 'ignored',
        means: 'The thread’s root was deleted. A change of the card is then not shown; the next message starts a new thread.',
        next: 'Nothing. Where it stays queued with this code, somebody deletes roots as fast as they come.',
    },
    echo: {
        kind: 'ignored',
        means: 'i-Reserve pushed back what it had got from a callback: it stands in the thread already.',
        next: 'Nothing; better not to push what came by callback.',
    },
    no_thread: {kind: 'ignored', means: 'The conversation has no thread yet.', next: NOTHING},
    asked: {
        kind: 'ignored',
        means: 'The reply is held: its author, or a colleague, is asked in the thread whether it is for the visitor.',
        next: 'Press Send to visitor or Keep internal under the question.',
    },
    kept: {kind: 'ignored', means: 'Kept internal after it was asked about.', next: NOTHING},
    never_sent: {
        kind: 'ignored',
        means: 'The message itself did not go to i-Reserve, so there is nothing to edit or take back.',
        next: NOTHING,
    },
    superseded: {kind: 'ignored', means: 'i-Reserve has this version of the reply, or a newer one.', next: NOTHING},
    deleted_before_relay: {kind: 'ignored', means: 'The reply was taken back before it left.', next: NOTHING},
    taken_back: {
        kind: 'ignored',
        means: 'The reply was taken back after a try that i-Reserve may have taken: its words are not sent again, its deletion is.',
        next: NOTHING,
    },
    reply_unknown: {kind: 'ignored', means: 'The reply is not known any more.', next: NOTHING},
    message_unknown: {
        kind: 'ignored',
        means: 'message.state names no reply of this conversation.',
        next: 'Send the message_id of the callback, or the one that was answered to it.',
    },

    mattermost_rate_limited: {
        kind: 'waiting',
        means: 'Mattermost answered 429: too many requests.',
        next: 'Nothing; it is tried again when Mattermost allows it. If it stays, raise RateLimitSettings on the server.',
    },
    mattermost_unreachable: {
        kind: 'waiting',
        means: 'No connection to the Mattermost server: name, network or firewall.',
        next: 'Check the server URL, DNS and firewall from the bridge.',
    },
    mattermost_no_answer: {
        kind: 'waiting',
        means: 'Mattermost did not answer in time, or broke the connection. Before the next try the bridge looks whether the post was made.',
        next: BY_ITSELF,
    },
    mattermost_error: {
        kind: 'waiting',
        means: 'Mattermost failed (5xx), or answered with something that is no answer of Mattermost’s.',
        next: 'If it stays, look at the Mattermost server’s own log.',
    },
    callback_rate_limited: {
        kind: 'waiting',
        means: 'i-Reserve answered a callback with 429: too many requests. All callbacks of the integration slow down.',
        next: BY_ITSELF,
    },
    callback_unavailable: {kind: 'waiting', means: 'i-Reserve answered a callback with 503: not just now.', next: BY_ITSELF},
    callback_error: {
        kind: 'waiting',
        means: 'i-Reserve failed on a callback (5xx). It is sent again under the same webhook-id.',
        next: 'If it stays, look at i-Reserve’s own log.',
    },
    callback_no_answer: {
        kind: 'waiting',
        means: 'i-Reserve did not answer a callback in time, or broke the connection. It is sent again under the same webhook-id.',
        next: BY_ITSELF,
    },
    callback_unreachable: {
        kind: 'waiting',
        means: 'No connection to the callback URL: name, network or firewall.',
        next: 'Check the callback URL, DNS and firewall from the bridge.',
    },
    attachment_not_ready: {
        kind: 'waiting',
        means: 'Mattermost did not take a file just now. Its message goes first and says that the file follows.',
        next: BY_ITSELF,
    },
    internal: {
        kind: 'waiting',
        means: 'The bridge itself failed while delivering.',
        next: 'It is tried again; if it stays, report it with the bridge’s own log.',
    },

    mattermost_token_refused: {
        kind: 'admin',
        means: 'Mattermost refuses the bot’s token: revoked, or the bot or its owner was disabled.',
        next: 'Enable the bot, or set a new token: `ireserve-bridge secret add <integration> bot_token --file FILE`.',
    },
    mattermost_tls: {
        kind: 'admin',
        means: 'No secure connection to the Mattermost server: its certificate is expired, for another name or of an authority the bridge does not know; or no TLS, or too old a TLS, is spoken there. Nothing was sent.',
        next: 'Renew or correct the certificate; for a private authority start the bridge with NODE_EXTRA_CA_CERTS=FILE. `ireserve-bridge doctor <integration>` says which it is.',
    },
    mattermost_url_wrong: {
        kind: 'admin',
        means: 'What answers at the server URL is not Mattermost.',
        next: 'Set the base URL, with its subpath, without /api/v4: `ireserve-bridge integration set <integration> --server-url https://…`.',
    },
    bot_not_in_channel: {
        kind: 'admin',
        means: 'The bot may not post in the channel.',
        next: 'Add the bot to the team, then to the channel: channel menu → Members → Add.',
    },
    channel_archived: {
        kind: 'admin',
        means: 'The channel is archived. An edit of a post in it is dead at once: posts there can’t be changed.',
        next: 'Unarchive the channel, or set another: `ireserve-bridge integration set <integration> --channel <channel id>`.',
    },
    channel_unknown: {
        kind: 'admin',
        means: 'Mattermost knows no channel of this id.',
        next: 'Copy the Channel ID from the channel menu → View Info, and set it.',
    },
    callback_missing: {
        kind: 'admin',
        means: 'The callback URL was taken away while replies were on their way.',
        next: 'Set it: `ireserve-bridge integration set <integration> --callback-url URL`.',
    },
    callback_unsigned: {
        kind: 'admin',
        means: 'There is no secret to sign callbacks with.',
        next: 'Make one and give it to i-Reserve: `ireserve-bridge secret add <integration> callback_secrets --generate`.',
    },
    callback_gone: {
        kind: 'admin',
        means: 'i-Reserve answered 410: it wants no more callbacks at this address. Nothing is sent there any more; replies wait.',
        next: 'When it does want them, set the address again: `ireserve-bridge integration set <integration> --callback-url URL`.',
    },
    callback_refused: {
        kind: 'admin',
        means: 'i-Reserve answered 401 or 403: it does not take the signature or the bearer token.',
        next: 'Compare the callback secret and token on both sides, and the clocks.',
    },
    callback_tls: {
        kind: 'admin',
        means: 'No secure connection to the callback URL: its certificate is expired, for another name or of an authority the bridge does not know; or no TLS, or too old a TLS, is spoken there. Nothing was sent.',
        next: 'i-Reserve renews or corrects the certificate; for a private authority start the bridge with NODE_EXTRA_CA_CERTS=FILE. Answers wait meanwhile.',
    },
    callback_url_wrong: {
        kind: 'admin',
        means: 'What answers at the callback URL does not take callbacks (404, 405 or a redirect).',
        next: 'Correct it: `ireserve-bridge integration set <integration> --callback-url URL`. Redirects are not followed.',
    },
    round_trip_failed: {
        kind: 'admin',
        means: 'A scheduled round trip did not get through: a test message to Mattermost and an answer back. The detail names the hop.',
        next: '`ireserve-bridge doctor <integration> --round-trip`, and `ireserve-bridge doctor <integration>` for the hop that is named.',
    },
    not_listening: {
        kind: 'admin',
        means: 'The event stream of Mattermost is down for a minute or more. Replies are then found by looking every four seconds.',
        next: 'See that the bridge reaches the server, and that a proxy in between lets WebSockets through to /api/v4/websocket.',
    },
    guard_pattern_unusable: {
        kind: 'admin',
        means: 'A pattern of what is not meant for visitors can’t be matched: it uses a lookahead, a lookbehind or a backreference, or repeats too much. Every reply that no other pattern matches is held and asked about.',
        next: 'Write it without them, as two patterns if need be: `ireserve-bridge integration set <integration> --guard-pattern PATTERN`. The detail says which it is.',
    },
    emails_hidden: {
        kind: 'admin',
        means: 'Mattermost hides e-mail addresses from the bot, so nobody can be matched to an agent of i-Reserve; all answer under their own names.',
        next: 'Set PrivacySettings.ShowEmailAddress, or match by hand: `ireserve-bridge agent pin <integration> <user id> <agent id>`.',
    },

    callback_rejected: {
        kind: 'dead',
        means: 'i-Reserve refuses this very callback (4xx); repeating it would not help.',
        next: 'See detail; mend it there, then press Retry under the reply, or `ireserve-bridge deliveries retry`.',
    },
    post_refused: {
        kind: 'dead',
        means: 'Mattermost refuses this very post; repeating it would not help.',
        next: 'See detail. Check whether the channel is read-only for the bot, then `ireserve-bridge deliveries retry`.',
    },
    integration_gone: {kind: 'dead', means: 'The integration was removed.', next: NOTHING},
    discarded: {kind: 'dead', means: 'An admin gave this delivery up.', next: NOTHING},
    replayed: {kind: 'waiting', means: 'A dead letter, queued again by an admin.', next: BY_ITSELF},

    attachment_too_large: {
        kind: 'file',
        means: 'Larger than MAX_FILE_BYTES or than the Mattermost server takes.',
        next: 'Send a smaller file, or a link.',
    },
    attachment_type_refused: {kind: 'file', means: 'A type that runs when opened.', next: 'Send another type, or a link.'},
    attachment_refused: {kind: 'file', means: 'Mattermost refused the file.', next: 'Check the server’s file settings.'},
    attachment_given_up: {
        kind: 'file',
        means: 'It could not be brought to Mattermost within `dead_letter_after_hours`, or was given up by hand.',
        next: '`ireserve-bridge deliveries retry` tries again: the file still comes to its message.',
    },
    attachment_withdrawn: {
        kind: 'file',
        means: 'Its message was withdrawn, or deleted in Mattermost, before the file came.',
        next: NOTHING,
    },
    attachment_lost: {kind: 'file', means: 'Its bytes are no longer stored.', next: 'Send it again as a new message.'},
    attachment_unreadable: {
        kind: 'file',
        means: 'Its bytes did not come: content_base64 is not base64, or the request has no part of that name.',
        next: 'Send it again as a new message; try ?strict=true&validate-only=true.',
    },
    attachment_not_attached: {
        kind: 'file',
        means: 'Mattermost took the file and did not attach it to the post.',
        next: 'Check the Mattermost server’s own log.',
    },
    attachment_gone: {
        kind: 'file',
        means: 'The agent’s file was deleted in Mattermost, or hidden from the bot, before it could be sent.',
        next: 'Send it again as a new reply.',
    },
    attachment_url_invalid: {kind: 'file', means: 'Not an http(s) address, or one with credentials in it.', next: 'Send an https address.'},
    attachment_host_not_allowed: {
        kind: 'file',
        means: 'The host is not on the integration’s list.',
        next: 'Set the list with it: `ireserve-bridge integration set <integration> --attachment-host <host> --attachment-host <another>`.',
    },
    attachment_address_not_allowed: {
        kind: 'file',
        means: 'The host’s address is not on the public internet.',
        next: 'On an intranet: ALLOW_PRIVATE_ATTACHMENT_HOSTS.',
    },
    attachment_too_many_redirects: {kind: 'file', means: 'More than three redirects.', next: 'Send the final address.'},
    attachment_not_found: {kind: 'file', means: 'The address answers 404 or 410.', next: 'Keep the file at least until it was delivered.'},
    attachment_denied: {
        kind: 'file',
        means: 'The address refuses (4xx).',
        next: 'Send an address that needs no log-in, e.g. a signed one.',
    },
    attachment_unavailable: {
        kind: 'file',
        means: 'The address fails (5xx), or asks to come later. The file follows as soon as it can be had; missing, once it was given up.',
        next: 'Mend the file server.',
    },
    attachment_encoded: {kind: 'file', means: 'Sent with a content-encoding, though none was asked for.', next: 'Send it as it is.'},
    attachment_timeout: {
        kind: 'file',
        means: 'Not complete in ATTACHMENT_TIMEOUT_MS. The file follows as soon as it can be had; missing, once it was given up.',
        next: 'Mend the file server.',
    },
    attachment_unreachable: {kind: 'file', means: 'No connection to the host.', next: 'Check name, network and certificate.'},

    not_relayed: {
        kind: 'log',
        means: 'A post in a mirrored thread that does not go to the visitor; the detail says why (another bot, a plugin in somebody’s name, no mark for the visitor, deactivated user …).',
        next: 'If it should have gone: react with 📤, or use Reply to visitor in the message menu.',
    },
    answer_unusable: {
        kind: 'log',
        means: 'i-Reserve took a callback, and something in its answer could not be understood; the detail names the key. The rest was used.',
        next: 'Answer as docs/callbacks.md describes: message_id as text of at most 128 characters, state delivered or seen.',
    },
    details_changed: {
        kind: 'log',
        means: 'An event was accepted although some of its details did not fit: they were shortened, normalised or left out, as its answer says in warnings.',
        next: 'Mend the fields that are named on i-Reserve’s side; try ?strict=true&validate-only=true.',
    },
    file_left: {
        kind: 'log',
        means: 'What a file was attached to is withdrawn or erased, and the file can still be downloaded from Mattermost by its id; or that could not be asked.',
        next: 'See detail: on 11.6 Purge All Caches in the System Console ends it at once, else half an hour does; on older servers remove the file from the file store.',
    },
    sequence_gap: {
        kind: 'log',
        means: 'A sequence number was left out in a conversation. The event itself was taken.',
        next: 'Look on i-Reserve’s side for the event with the number that was expected.',
    },
} as const satisfies Record<string, Reason>;
