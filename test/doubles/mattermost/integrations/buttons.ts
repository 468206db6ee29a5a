import {findAction} from '../posts/attachments.ts';
import {applyPatch} from '../posts/change.ts';
import {toUser} from '../posts/events.ts';
import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {isSystemAdmin, isTeamMember, readableChannel} from '../state/permissions.ts';
import type {Channel, JsonObject, Post, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {callOut} from './outbound.ts';
import {fromSlackText} from './slack-text.ts';
import {newTrigger, redeemTrigger} from './triggers.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;
/** Props that an `update` cannot change. */
const RETAINED = ['from_webhook', 'override_username', 'override_icon_url'];

/**
 * Presses a button or picks from a menu, and returns the client's trigger id.
 *
 * `selected` is taken as it comes: the server does not compare it with the options on offer.
 */
export async function pressAction(world: World, user: User, post: Post, actionId: string, selected: string): Promise<string> {
    const action = findAction(post.props, actionId);
    if (action === undefined || action.url === '') {
        throw new ApiError(404, 'api.post.do_action.action_id.app_error', 'Invalid action id.');
    }
    const channel = world.channels.get(post.channel_id) as Channel;
    const {triggerId, clientTriggerId} = newTrigger(world, user.id);
    const picked = action.type === 'select' && selected !== '';
    const request = {
        user_id: user.id,
        user_name: user.username,
        channel_id: channel.id,
        channel_name: channel.name,
        team_id: channel.team_id,
        team_domain: world.teams.get(channel.team_id)?.name ?? '',
        post_id: post.id,
        trigger_id: triggerId,
        type: action.type,
        data_source: picked ? action.data_source : '',
        context: picked ? {...action.context, selected_option: selected} : action.context,
    };
    const body = await callIntegration(world, action.url, request);
    if (body === '' && !world.differs.emptyActionAnswer) {
        throw failed();
    }
    await applyAnswer(world, user, post, parse(body));
    return clientTriggerId;
}

function parse(body: string): JsonObject {
    try {
        return body === '' ? {} : (JSON.parse(body) as JsonObject);
    } catch {
        throw failed();
    }
}

async function applyAnswer(world: World, user: User, post: Post, answer: JsonObject): Promise<void> {
    const update = answer.update;
    if (typeof update === 'object' && update !== null && !Array.isArray(update)) {
        const message = update.message;
        const props = update.props;
        applyPatch(world, post, {
            message: typeof message === 'string' ? message : '',
            props: typeof props === 'object' && props !== null && !Array.isArray(props) ? retaining(post, props) : post.props,
        });
    }
    const text = answer.ephemeral_text;
    if (typeof text === 'string' && text !== '') {
        const shown = {
            id: world.newId(),
            create_at: world.now(),
            user_id: user.id,
            channel_id: post.channel_id,
            root_id: post.root_id || post.id,
            message: answer.skip_slack_parsing === true ? text : fromSlackText(world, text),
            type: 'system_ephemeral',
            props: {},
        };
        toUser(world, user.id, 'ephemeral_message', {post: JSON.stringify(shown)}, post.channel_id);
    }
}

/** New props replace all old ones, except those the server keeps as they were: present or absent. */
function retaining(post: Post, props: JsonObject): JsonObject {
    const kept: JsonObject = {...props};
    for (const name of RETAINED) {
        delete kept[name];
        const old = post.props[name];
        if (old !== undefined) {
            kept[name] = old;
        }
    }
    return kept;
}

/** Opening needs no log-in: the trigger is the credential. */
export function openDialog(world: World, request: {trigger_id?: string; url?: string; dialog?: JsonObject}): void {
    if (request.url === undefined || request.url === '') {
        throw badBody('url');
    }
    const {userId, clientTriggerId} = redeemTrigger(world, request.trigger_id ?? '');
    const dialog = JSON.stringify({trigger_id: clientTriggerId, url: request.url, dialog: request.dialog ?? {}});
    toUser(world, userId, 'open_dialog', {dialog});
}

export type Submission = {
    readonly url?: string;
    readonly callback_id?: string;
    readonly state?: string;
    readonly channel_id?: string;
    readonly team_id?: string;
    readonly submission?: JsonObject;
    readonly cancelled?: boolean;
};

/** Forwarded as it comes, also when no such dialog was ever opened: only `user_id` and `type` are the server's. */
export async function submitDialog(world: World, user: User, given: Submission): Promise<JsonObject> {
    if (given.url === undefined || given.url === '') {
        throw badBody('url');
    }
    if (world.version === '5.37' && !world.channels.has(given.channel_id ?? '')) {
        throw forbidden();
    }
    readableChannel(world, user, given.channel_id ?? '');
    if (!isTeamMember(world, user.id, given.team_id ?? '') && !isSystemAdmin(user)) {
        throw forbidden();
    }
    const body = await callIntegration(world, given.url, {
        type: 'dialog_submission',
        callback_id: given.callback_id ?? '',
        state: given.state ?? '',
        user_id: user.id,
        channel_id: given.channel_id ?? '',
        team_id: given.team_id ?? '',
        submission: given.submission ?? null,
        cancelled: given.cancelled ?? false,
    });
    try {
        const {error, errors} = body === '' ? {} : (JSON.parse(body) as JsonObject);
        return {...(error ? {error} : {}), ...(errors ? {errors} : {})};
    } catch {
        throw new ApiError(500, 'app.submit_interactive_dialog.decode_json_error');
    }
}

async function callIntegration(world: World, url: string, request: unknown): Promise<string> {
    const answer = await callOut(world, {
        method: 'POST',
        url,
        headers: {Accept: 'application/json', 'Content-Type': 'application/json'},
        body: JSON.stringify(request),
    }).catch(() => {
        throw failed();
    });
    if (answer.status !== 200) {
        throw failed();
    }
    return answer.body.subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

function failed(): ApiError {
    return new ApiError(400, 'api.post.do_action.action_integration.app_error', 'Action integration error.');
}
