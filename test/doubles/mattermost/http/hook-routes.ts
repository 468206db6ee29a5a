import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {isChannelMember, isTeamAdmin} from '../state/permissions.ts';
import type {OutgoingHook, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {type Call, OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';

const HOOK_FIELDS = {
    id: 'string',
    token: 'string',
    creator_id: 'string',
    channel_id: 'string',
    team_id: 'string',
    trigger_words: 'strings',
    trigger_when: 'number',
    callback_urls: 'strings',
    display_name: 'string',
    description: 'string',
    content_type: 'string',
    username: 'string',
    icon_url: 'string',
} as const;

export function addHookRoutes(route: Router): void {
    route('POST', '/hooks/outgoing', async ({world, user, json}) => {
        const input = pick(world, await json('outgoing_webhook'), 'outgoing_webhook', HOOK_FIELDS);
        if (!isTeamAdmin(world, user, input.team_id ?? '') || !world.teams.has(input.team_id ?? '')) {
            throw world.teams.has(input.team_id ?? '')
                ? forbidden()
                : new ApiError(403, 'api.webhook.create_outgoing.permissions.app_error');
        }
        requireManager(world, user, input.team_id ?? '');
        const now = world.now();
        const hook: OutgoingHook = {
            creator_id: user.id,
            channel_id: '',
            team_id: '',
            trigger_words: [],
            trigger_when: 0,
            callback_urls: [],
            display_name: '',
            description: '',
            content_type: '',
            username: '',
            icon_url: '',
            ...input,
            id: world.newId(),
            token: world.newId(),
            create_at: now,
            update_at: now,
            delete_at: 0,
        };
        checkHook(world, user, hook);
        world.hooks.set(hook.id, hook);
        return {status: 201, json: hook};
    });

    route('GET', '/hooks/outgoing', ({world, user, query, paging}) => {
        const {page, perPage} = paging();
        const channelId = query('channel_id') ?? '';
        const teamId = query('team_id') ?? world.channels.get(channelId)?.team_id ?? '';
        requireManager(world, user, teamId);
        const found = [...world.hooks.values()].filter(
            (hook) => (teamId === '' || hook.team_id === teamId) && (channelId === '' || hook.channel_id === channelId),
        );
        return {json: found.slice(page * perPage, (page + 1) * perPage)};
    });

    route('GET', '/hooks/outgoing/:hook_id', (call) => ({json: managed(call)}));

    /** Without a token in the body the hook's token becomes empty. */
    route('PUT', '/hooks/outgoing/:hook_id', async (call) => {
        const {world, user} = call;
        const hook = managed(call);
        const input = pick(world, await call.json('outgoing_webhook'), 'outgoing_webhook', HOOK_FIELDS);
        if (input.id !== undefined && input.id !== hook.id) {
            throw badBody('hook_id');
        }
        const {creator_id: _creator, team_id: _team, ...changes} = input;
        const changed: OutgoingHook = {
            ...hook,
            trigger_words: [],
            callback_urls: [],
            channel_id: '',
            ...changes,
            token: input.token ?? '',
            update_at: world.now(),
        };
        checkHook(world, user, changed);
        Object.assign(hook, changed);
        return {json: hook};
    });

    route('DELETE', '/hooks/outgoing/:hook_id', (call) => {
        call.world.hooks.delete(managed(call).id);
        return OK;
    });

    route('POST', '/hooks/outgoing/:hook_id/regen_token', (call) => {
        const hook = managed(call);
        hook.token = call.world.newId();
        return {json: hook};
    });
}

function checkHook(world: World, user: User, hook: OutgoingHook): void {
    const channel = world.channels.get(hook.channel_id);
    if (hook.channel_id !== '') {
        // A private channel is refused under an id that speaks of something else.
        if (channel === undefined || channel.type !== 'O') {
            throw new ApiError(403, 'api.outgoing_webhook.disabled.app_error', 'Outgoing webhooks have been disabled by the system admin.');
        }
        if (channel.team_id !== hook.team_id || !(isChannelMember(world, user.id, channel.id) || isTeamAdmin(world, user, hook.team_id))) {
            throw forbidden();
        }
    } else if (hook.trigger_words.length === 0) {
        throw new ApiError(400, 'api.webhook.create_outgoing.triggers.app_error', 'Either trigger_words or channel_id must be set.');
    }
    if (hook.callback_urls.length === 0 || hook.callback_urls.some((url) => !/^https?:\/\//.test(url))) {
        const id =
            hook.callback_urls.length === 0
                ? 'model.outgoing_hook.is_valid.callback.app_error'
                : 'model.outgoing_hook.is_valid.url.app_error';
        throw new ApiError(400, id, 'Invalid callback URLs.');
    }
    for (const other of world.hooks.values()) {
        // Only a shared trigger word is a conflict: two identical hooks without words are both accepted.
        const shares = other.id !== hook.id && other.team_id === hook.team_id && other.channel_id === hook.channel_id;
        if (shares && other.trigger_words.some((word) => hook.trigger_words.includes(word))) {
            throw new ApiError(500, 'api.webhook.create_outgoing.intersect.app_error');
        }
    }
}

function requireManager(world: World, user: User, teamId: string): void {
    if (!isTeamAdmin(world, user, teamId)) {
        throw forbidden();
    }
    if (!world.config.enableOutgoingWebhooks) {
        throw new ApiError(501, 'api.outgoing_webhook.disabled.app_error', 'Outgoing webhooks have been disabled by the system admin.');
    }
}

function managed({world, user, id}: Call): OutgoingHook {
    const hook = world.hooks.get(id('hook_id'));
    if (hook === undefined) {
        throw new ApiError(404, 'app.webhooks.get_outgoing.app_error', 'Unable to get the webhook.');
    }
    requireManager(world, user, hook.team_id);
    return hook;
}
