import type {Express} from 'express';
import {parseAnswer, postCommandAnswer, runCommand} from '../integrations/slash-commands.ts';
import {ApiError, forbidden} from '../state/api-error.ts';
import {isValidId} from '../state/ids.ts';
import {isTeamAdmin, isTeamMember, mayPost} from '../state/permissions.ts';
import type {Channel, Command, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {type Call, OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';
import {sendError} from './send.ts';

const COMMAND_FIELDS = {
    team_id: 'string',
    trigger: 'string',
    method: 'string',
    username: 'string',
    icon_url: 'string',
    auto_complete: 'boolean',
    auto_complete_desc: 'string',
    auto_complete_hint: 'string',
    display_name: 'string',
    description: 'string',
    url: 'string',
} as const;

/** What the server itself answers to; a custom command cannot take these. */
const BUILT_IN = ['me', 'shrug', 'join', 'leave', 'msg', 'away', 'online', 'offline', 'dnd', 'help', 'header', 'purpose', 'invite', 'kick'];

export function addCommandRoutes(route: Router, app: Express, world: World): void {
    route('POST', '/commands', async ({world, user, json}) => {
        const input = pick(world, await json('command'), 'command', COMMAND_FIELDS);
        requireManager(world, user, input.team_id ?? '');
        const trigger = (input.trigger ?? '').toLowerCase();
        const taken = [...world.commands.values()].some((one) => one.team_id === input.team_id && one.trigger === trigger);
        if (taken || BUILT_IN.includes(trigger)) {
            throw new ApiError(400, 'api.command.duplicate_trigger.app_error', 'This trigger word is already in use.');
        }
        const now = world.now();
        const command: Command = {...blankCommand(), ...input, method: methodOf(input.method), trigger, creator_id: user.id};
        Object.assign(command, {id: world.newId(), token: world.newId(), create_at: now, update_at: now});
        checkCommand(command);
        world.commands.set(command.id, command);
        return {status: 201, json: command};
    });

    route('GET', '/commands', ({world, user, query}) => {
        const teamId = query('team_id') ?? '';
        // People of the team get what autocomplete shows: built-in ones, of which the double has none.
        if (!isTeamAdmin(world, user, teamId) && isTeamMember(world, user.id, teamId)) {
            return {json: []};
        }
        requireManager(world, user, teamId);
        return {json: [...world.commands.values()].filter(({team_id}) => team_id === teamId)};
    });

    route('POST', '/commands/execute', execute);

    route('GET', '/commands/:command_id', (call) => ({json: managed(call)}));

    /** Unlike a hook, a command keeps its token. */
    route('PUT', '/commands/:command_id', async (call) => {
        const command = managed(call);
        const {team_id, ...input} = pick(call.world, await call.json('command'), 'command', COMMAND_FIELDS);
        if (team_id !== command.team_id) {
            throw new ApiError(400, 'api.command.team_mismatch.app_error', 'Unable to update commands across teams.');
        }
        const changed: Command = {...command, ...input, method: methodOf(input.method), update_at: call.world.now()};
        changed.trigger = changed.trigger.toLowerCase();
        checkCommand(changed);
        Object.assign(command, changed);
        return {json: command};
    });

    route('DELETE', '/commands/:command_id', (call) => {
        call.world.commands.delete(managed(call).id);
        return OK;
    });

    route('PUT', '/commands/:command_id/regen_token', (call) => {
        const command = managed(call);
        command.token = call.world.newId();
        return {json: {token: command.token}};
    });

    route('GET', '/teams/:team_id/commands/autocomplete', ({world, user, id}) => {
        if (!isTeamMember(world, user.id, id('team_id'))) {
            throw forbidden();
        }
        const shown = [...world.commands.values()].filter(({team_id, auto_complete}) => team_id === id('team_id') && auto_complete);
        return {json: shown.map((command) => ({...command, token: '', creator_id: '', url: '', method: ''}))};
    });

    addResponseUrl(app, world);
}

async function execute(call: Call): Promise<{json: unknown}> {
    const {world, user, req} = call;
    const input = pick(world, await call.json('command_args'), 'command_args', {
        channel_id: 'string',
        command: 'string',
        team_id: 'string',
        root_id: 'string',
    });
    const command = input.command ?? '';
    if (command.length <= 1 || !command.startsWith('/')) {
        throw new ApiError(400, 'api.command.execute_command.start.app_error', "Command must start with '/'.");
    }
    const channelId = input.channel_id ?? '';
    if (!isValidId(channelId)) {
        throw new ApiError(400, 'api.command.execute_command.start.app_error', 'Channel id is missing.');
    }
    if (!mayPost(world, user, channelId)) {
        throw forbidden();
    }
    const channel = world.channels.get(channelId) as Channel;
    if (channel.delete_at !== 0 && world.differs.modernCommands) {
        throw new ApiError(400, 'api.command.execute_command.deleted.error', 'Cannot run command in deleted channel.');
    }
    const teamId = channel.team_id || (input.team_id ?? '');
    if (!isTeamMember(world, user.id, teamId)) {
        throw forbidden();
    }
    const rootId = input.root_id ?? '';
    // Only its shape is checked, and that badly: a made-up id passes, a malformed one is a 500.
    if (rootId !== '' && !isValidId(rootId)) {
        throw new ApiError(500, 'api.command.execute_command.failed.app_error');
    }
    const forwarded = req.headers['x-forwarded-proto'];
    const siteUrl = `${typeof forwarded === 'string' ? forwarded : 'http'}://${req.headers.host ?? ''}`;
    return {json: await runCommand(world, {user, channel, teamId, rootId, command, siteUrl})};
}

/** `response_url`: no log-in, five uses within half an hour, posts as the one who ran the command. */
function addResponseUrl(app: Express, world: World): void {
    app.post('/hooks/commands/:hook_id', async (req, res) => {
        const chunks: Buffer[] = [];
        for await (const chunk of req) {
            chunks.push(chunk as Buffer);
        }
        const reply = world.commandReplies.get(req.params.hook_id);
        try {
            if (reply === undefined || world.now() > reply.expiresAt) {
                throw new ApiError(404, 'web.command_webhook.general.app_error');
            }
            if (reply.usesLeft === 0) {
                throw new ApiError(400, 'app.command_webhook.try_use.invalid');
            }
            reply.usesLeft--;
            const answer = parseAnswer({contentType: req.headers['content-type'] ?? '', body: Buffer.concat(chunks)});
            const user = world.users.get(reply.userId) as User;
            const channel = world.channels.get(reply.channelId) as Channel;
            await postCommandAnswer(world, {user, channel, teamId: channel.team_id, rootId: reply.rootId}, answer);
            res.type('text/plain').send('ok');
        } catch (error) {
            sendError(res, error instanceof ApiError ? error : new ApiError(500, 'api.internal.app_error'), world.newId(), false);
        }
    });
}

function checkCommand(command: Command): void {
    if (command.trigger === '' || /^\/|\s/.test(command.trigger)) {
        throw new ApiError(400, 'model.command.is_valid.trigger.app_error', 'Invalid trigger.');
    }
    if (!/^https?:\/\//.test(command.url)) {
        throw new ApiError(
            400,
            'model.command.is_valid.url_http.app_error',
            'Invalid URL. Must be a valid URL and start with http:// or https://.',
        );
    }
}

function methodOf(method: string | undefined): 'P' | 'G' {
    if (method !== 'P' && method !== 'G') {
        throw new ApiError(400, 'model.command.is_valid.method.app_error', 'Invalid Method.');
    }
    return method;
}

function requireManager(world: World, user: User, teamId: string): void {
    if (!isTeamAdmin(world, user, teamId)) {
        throw forbidden();
    }
    if (!world.config.enableCommands) {
        throw new ApiError(501, 'api.command.disabled.app_error');
    }
}

function managed({world, user, id}: Call): Command {
    const command = world.commands.get(id('command_id'));
    if (command === undefined || !isTeamAdmin(world, user, command.team_id)) {
        throw new ApiError(404, 'store.sql_command.save.get.app_error', 'Unable to get the command.');
    }
    return command;
}

function blankCommand(): Command {
    return {
        id: '',
        token: '',
        create_at: 0,
        update_at: 0,
        delete_at: 0,
        creator_id: '',
        team_id: '',
        trigger: '',
        method: 'P',
        username: '',
        icon_url: '',
        auto_complete: false,
        auto_complete_desc: '',
        auto_complete_hint: '',
        display_name: '',
        description: '',
        url: '',
    };
}
