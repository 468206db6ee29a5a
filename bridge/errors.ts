/** One table of every refusal the bridge's HTTP API makes: stable code, status, title, and what to do next. docs/errors.md is made from it. */
import type {Problem} from './contract.ts';

type Refusal = {status: number; title: string; next: string};

export const REFUSALS = {
    malformed_body: {status: 400, title: 'The body is not JSON', next: 'Send one event, or {"events": […]}, as UTF-8 JSON.'},
    invalid_event: {
        status: 422,
        title: 'The event does not fit the contract',
        next: 'Mend the fields listed in errors; try ?validate-only=true.',
    },
    unknown_type: {status: 422, title: 'Unknown event type', next: 'Use one of the types listed in /docs.'},
    invalid_request: {status: 422, title: 'The request does not fit the contract', next: 'Mend the fields listed in errors; see /docs.'},
    unknown_parameter: {
        status: 422,
        title: 'Unknown query parameter',
        next: 'Use the parameters of /docs, spelt as there (validate-only, with a hyphen); nothing was done.',
    },
    unknown_conversation: {
        status: 404,
        title: 'Unknown conversation',
        next: 'Send conversation.started or message.created first, or retry after they were accepted.',
    },
    unknown_event: {status: 404, title: 'Unknown event', next: 'Check the event id; an event is known once it was accepted.'},
    not_found: {status: 404, title: 'No such address', next: 'See /docs for the addresses there are.'},
    method_not_allowed: {status: 405, title: 'Method not allowed', next: 'See the Allow header and /docs.'},
    unauthenticated: {
        status: 401,
        title: 'No credential',
        next: 'Sign the request (Standard Webhooks, with the ireserve-integration header) or send Authorization: Bearer <token>.',
    },
    wrong_token: {status: 401, title: 'The bearer token is not valid', next: 'Make a new one: ireserve-bridge token create <integration>.'},
    wrong_command_token: {
        status: 401,
        title: 'The token is not one of a slash command the bridge knows',
        next: 'An admin gives the bridge the command’s token; it comes in the form and in the header Authorization: Token.',
    },
    unknown_integration: {
        status: 401,
        title: 'No such integration',
        next: 'Put the integration’s name in the ireserve-integration header.',
    },
    wrong_signature: {
        status: 401,
        title: 'The signature does not match',
        next: 'Sign "webhook-id.webhook-timestamp.body" over the raw bytes with a current secret of this integration.',
    },
    clock_skew: {
        status: 401,
        title: 'The timestamp is more than 5 minutes off',
        next: 'Compare your clock with server_time; webhook-timestamp is in seconds.',
    },
    wrong_integration: {
        status: 403,
        title: 'The event names another integration than the credential',
        next: 'Use the credential of that licence and environment.',
    },
    file_link_invalid: {
        status: 403,
        title: 'The address of the file is not one the bridge gave out',
        next: 'Use the address from the event, unchanged and whole.',
    },
    file_link_expired: {
        status: 403,
        title: 'The address of the file has expired',
        next: 'Fetch files soon after the event, and keep your own copy; the file itself is still in Mattermost.',
    },
    file_link_inactive: {
        status: 403,
        title: 'The integration of the file is inactive',
        next: 'An admin can set it to active: ireserve-bridge integration set <name> --state active.',
    },
    file_gone: {
        status: 404,
        title: 'The file is no longer there',
        next: 'Nothing: its post was deleted in Mattermost, or the bot may no longer read the channel.',
    },
    event_conflict: {
        status: 409,
        title: 'This event id was already used for another body',
        next: 'Give each event its own id; a retry must repeat the body unchanged.',
    },
    session_expired: {status: 401, title: 'The session is over', next: 'Run /ireserve again to get a new one.'},
    not_an_agent: {status: 403, title: 'Not for this account', next: 'Use a person’s account that is a member of the channel.'},
    too_many_requests: {status: 429, title: 'Too many requests', next: 'Wait Retry-After seconds.'},
    unknown_post: {status: 404, title: 'That post is not in this conversation', next: 'Load the conversation again.'},
    unknown_canned: {status: 404, title: 'Unknown canned reply', next: 'Load the list again.'},
    shortcut_taken: {status: 409, title: 'Another canned reply has that shortcut', next: 'Choose another shortcut.'},
    not_a_member: {
        status: 422,
        title: 'Not a member of the conversation’s channel',
        next: 'Choose a member, or add the person to the channel.',
    },
    not_held: {status: 409, title: 'The reply is no longer held', next: 'It is on its way or gone; load the conversation again.'},
    unknown_reply: {status: 404, title: 'Unknown reply', next: 'Load the conversation again.'},
    conversation_closed: {status: 409, title: 'The conversation is closed', next: 'Reopen it first.'},
    conversation_open: {status: 409, title: 'The conversation is open', next: 'Nothing.'},
    already_claimed: {status: 409, title: 'The conversation is taken', next: 'Load it again; take it over on purpose if it must be.'},
    not_claimed: {status: 409, title: 'Nobody has the conversation', next: 'Nothing.'},
    nothing_to_retry: {status: 409, title: 'There is nothing to retry', next: 'Load the conversation again.'},
    nothing_to_discard: {status: 409, title: 'There is nothing to give up', next: 'Load the conversation again.'},
    nothing_asked: {status: 409, title: 'Nothing is asked about this reply', next: 'Load the conversation again.'},
    not_sent: {status: 409, title: 'The reply was not sent: its post was deleted, or is a note now', next: 'Load the conversation again.'},
    empty_reply: {status: 422, title: 'There is no text', next: 'Write something.'},
    needs_confirmation: {
        status: 409,
        title: 'It holds something that often is not meant for visitors',
        next: 'Send it again with confirmed: true, or write it in the thread, where the bridge asks.',
    },
    is_a_note: {status: 422, title: 'It begins like a note', next: 'Take the mark away to send it, or save it as a note.'},
    callback_not_set: {
        status: 409,
        title: 'Replies can’t reach i-Reserve yet',
        next: 'An admin sets the address: ireserve-bridge integration set <integration> --callback-url URL.',
    },
    wrong_admin_token: {
        status: 401,
        title: 'Not an admin token, and no admin’s session',
        next: 'Make one: ireserve-bridge admin-token create; i-Reserve’s and agents’ bearers are no use here.',
    },
    not_an_admin: {
        status: 403,
        title: 'Not a system admin of that Mattermost server',
        next: 'Ask a system admin of Mattermost, or use an admin token.',
    },
    read_only: {status: 403, title: 'This bearer may only read', next: 'Use a token with scope write.'},
    bridge_wide: {
        status: 403,
        title: 'This bearer does not reach the bridge as a whole',
        next: 'Use an admin token that is bound to no integration, or the command line.',
    },
    needs_unbound: {
        status: 403,
        title: 'This bearer may not change who is believed',
        next: 'Server URL and slash command tokens decide who is an admin: use a token that is bound to no integration, or the command line.',
    },
    other_server: {
        status: 403,
        title: 'Another Mattermost server than the one whose admin this is',
        next: 'Use an admin token that is bound to no integration, or the command line.',
    },
    sessions_only: {status: 409, title: 'Only for sessions', next: 'Revoke tokens by their id.'},
    no_such_integration: {status: 404, title: 'No such integration', next: 'See GET /v1/admin/integrations.'},
    unknown_delivery: {status: 404, title: 'Unknown delivery', next: 'See GET /v1/admin/deliveries.'},
    unknown_token: {status: 404, title: 'Unknown token', next: 'Load the list again.'},
    unknown_session: {status: 404, title: 'Unknown session', next: 'Load the list again; it may have ended.'},
    unknown_secret: {status: 404, title: 'No such secret is live', next: 'Load the integration again.'},
    name_taken: {status: 409, title: 'An integration of that name exists already', next: 'Choose another name.'},
    changed_meanwhile: {
        status: 409,
        title: 'Somebody changed it meanwhile',
        next: 'Load it again, and make the change on what is there now.',
    },
    not_dead: {status: 409, title: 'Only dead letters can be changed so', next: 'Load it again.'},
    delivery_busy: {
        status: 409,
        title: 'Its conversation is being delivered just now',
        next: 'Repeat in a moment; pause the integration if it stays so.',
    },
    delivery_settled: {status: 409, title: 'The delivery is settled', next: 'Nothing.'},
    no_room_for_secret: {
        status: 409,
        title: 'As many of this secret as may be are live',
        next: 'Drop the oldest first, or send drop_oldest: true.',
    },
    needs_a_secret: {status: 409, title: 'The integration can’t be without it', next: 'Set the new one; it takes the old one’s place.'},
    credentials_in_url: {
        status: 422,
        title: 'An address holds a user name or password',
        next: 'Give it without user:password@; i-Reserve knows the bridge by its signature, or by a callback token.',
    },
    bot_token_refused: {status: 422, title: 'Mattermost refuses the bot token', next: 'Copy it again from Integrations → Bot Accounts.'},
    other_bot: {
        status: 422,
        title: 'The token is another account’s',
        next: 'Make a token for the same bot: with another one, nobody would know its own posts any more.',
    },
    invalid_import: {status: 422, title: 'The document can’t be imported', next: 'Mend the lines listed in errors; nothing was changed.'},
    switched_off: {
        status: 503,
        title: 'The kill switch is on',
        next: 'Nothing goes in or out until an admin turns it off: ireserve-bridge kill-switch off.',
    },
    still_sending: {status: 409, title: 'A message of it is being sent just now', next: 'Ask again in a minute; what is done is done.'},
    not_available: {status: 501, title: 'This bridge can’t do that', next: 'Use a newer version.'},
    too_large: {
        status: 413,
        title: 'The request is too large',
        next: 'See the limit in detail; send files by URL, or fewer events at once.',
    },
    unsupported_media_type: {
        status: 415,
        title: 'Unsupported content type',
        next: 'Send application/json, or multipart/form-data with a part named event.',
    },
    overloaded: {status: 503, title: 'The bridge is busy', next: 'Repeat after Retry-After seconds; nothing was stored.'},
    storage_unavailable: {
        status: 503,
        title: 'The bridge cannot store events',
        next: 'Repeat after Retry-After seconds; an admin should check disk and database.',
    },
    mattermost_unavailable: {
        status: 503,
        title: 'Mattermost can’t be reached just now',
        next: 'Repeat after Retry-After seconds; an admin should look if it stays.',
    },
    stopping: {status: 503, title: 'The bridge is stopping', next: 'Repeat after Retry-After seconds.'},
    internal: {
        status: 500,
        title: 'Something went wrong in the bridge',
        next: 'Repeat with the same event id; report request_id if it stays.',
    },
} as const satisfies Record<string, Refusal>;
export type RefusalCode = keyof typeof REFUSALS;

type Extras = {errors?: {path: string; message: string}[]; retryAfter?: number; serverTime?: string; allow?: string; cause?: unknown};

/** An expected refusal: shown to the caller as problem+json, logged as one line without a stack. `detail` is public. */
export class BridgeError extends Error {
    readonly code: RefusalCode;
    readonly extras: Extras;

    constructor(code: RefusalCode, detail: string, extras: Extras = {}) {
        super(detail, extras.cause === undefined ? {} : {cause: extras.cause});
        this.code = code;
        this.extras = extras;
    }

    get status(): number {
        return REFUSALS[this.code].status;
    }
}

/** For what the store itself could not do; the caller is told nothing of why. */
export function storeFailed(cause: unknown): never {
    throw new BridgeError('storage_unavailable', 'the store does not answer', {retryAfter: 10, cause});
}

/** The problem document of a refusal, RFC 9457. @param words in another language */
export function problemOf(error: BridgeError, request_id: string, words?: {title: string; next: string}): Problem {
    const {status} = REFUSALS[error.code];
    const {title, next} = words ?? REFUSALS[error.code];
    const {errors, serverTime} = error.extras;
    return {
        type: `urn:ireserve-bridge:problem:${error.code}`,
        title,
        status,
        code: error.code,
        detail: error.message,
        next,
        request_id,
        ...(errors ? {errors} : {}),
        ...(serverTime ? {server_time: serverTime} : {}),
    };
}
