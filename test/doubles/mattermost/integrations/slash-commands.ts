import {attachmentsWithTargets} from '../posts/attachments.ts';
import {createPost} from '../posts/create.ts';
import {toUser} from '../posts/events.ts';
import {isObject} from '../posts/present.ts';
import {ApiError} from '../state/api-error.ts';
import {isChannelMember, isTeamMember} from '../state/permissions.ts';
import type {Channel, Command, Json, JsonObject, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {callOut, type OutboundAnswer} from './outbound.ts';
import {fromSlackText} from './slack-text.ts';
import {newTrigger} from './triggers.ts';

export type Execution = {
    readonly user: User;
    readonly channel: Channel;
    readonly teamId: string;
    readonly rootId: string;
    readonly command: string;
    /** how the client addressed the server: `response_url` is built from it */
    readonly siteUrl: string;
};

/** An answer's fields, all present, unknown ones dropped: what the caller gets back. */
export type CommandAnswer = {
    response_type: string;
    text: string;
    username: string;
    channel_id: string;
    icon_url: string;
    type: string;
    props: JsonObject | null;
    goto_location: string;
    trigger_id: string;
    skip_slack_parsing: boolean;
    attachments: Json[] | null;
    extra_responses: CommandAnswer[] | null;
};

const MAX_ANSWER_BYTES = 1024 * 1024;
const REPLY_LIFE_MS = 30 * 60 * 1000;
const REPLY_USES = 5;

/** Runs a slash command for someone who has been found to be allowed to, and returns its answer to him. */
export async function runCommand(world: World, run: Execution): Promise<CommandAnswer> {
    const space = run.command.search(/\s/);
    const trigger = (space === -1 ? run.command : run.command.slice(0, space)).toLowerCase();
    const text = space === -1 ? '' : run.command.slice(space + 1);
    const command = [...world.commands.values()].find((one) => one.team_id === run.teamId && `/${one.trigger}` === trigger);
    if (command === undefined) {
        throw new ApiError(404, 'api.command.execute_command.not_found.app_error', `Command with a trigger of '${trigger}' not found.`);
    }
    if (!world.config.enableCommands) {
        throw new ApiError(501, 'api.command.disabled.app_error');
    }
    const {triggerId, clientTriggerId} = newTrigger(world, run.user.id);
    const form = new URLSearchParams(formOf(world, run, command, trigger, text, triggerId)).toString();
    const answer = await ask(world, command, form);
    const parsed = {...parseAnswer(answer), trigger_id: clientTriggerId};
    for (const one of [parsed, ...(parsed.extra_responses ?? [])]) {
        await postCommandAnswer(world, run, one);
    }
    return parsed;
}

/** Sorted by key, as Go encodes forms. */
function formOf(world: World, run: Execution, command: Command, trigger: string, text: string, triggerId: string): [string, string][] {
    const replyId = world.newId();
    world.commandReplies.set(replyId, {
        userId: run.user.id,
        channelId: run.channel.id,
        rootId: run.rootId,
        expiresAt: world.now() + REPLY_LIFE_MS,
        usesLeft: REPLY_USES,
    });
    const fields: [string, string][] = [
        ['channel_id', run.channel.id],
        ['channel_name', run.channel.name],
        ['command', trigger],
        ['response_url', `${run.siteUrl}/hooks/commands/${replyId}`],
        ...(world.differs.modernCommands ? [['root_id', run.rootId] as [string, string]] : []),
        ['team_domain', world.teams.get(command.team_id)?.name ?? ''],
        ['team_id', command.team_id],
        ['text', text],
        ['token', command.token],
        ['trigger_id', triggerId],
        ['user_id', run.user.id],
        ['user_name', run.user.username],
        ...mentionFields(world, run, text),
    ];
    return fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Team members and public channels named in the text, once per mention. */
function mentionFields(world: World, run: Execution, text: string): [string, string][] {
    const fields: [string, string][] = [];
    for (const [, name] of text.matchAll(/\B@([a-z0-9.\-_]+)/gi)) {
        const user = [...world.users.values()].find((one) => one.username === name?.toLowerCase().replace(/[.\-_]+$/, ''));
        if (user !== undefined && isTeamMember(world, user.id, run.teamId)) {
            fields.push(['user_mentions', user.username], ['user_mentions_ids', user.id]);
        }
    }
    for (const [, name] of text.matchAll(/\B~([a-z0-9\-_]+)/gi)) {
        const channel = [...world.channels.values()].find((one) => one.team_id === run.teamId && one.name === name?.toLowerCase());
        if (channel?.type === 'O') {
            fields.push(['channel_mentions', channel.name], ['channel_mentions_ids', channel.id]);
        }
    }
    return fields;
}

async function ask(world: World, command: Command, form: string): Promise<OutboundAnswer> {
    const get = command.method === 'G';
    const failed = new ApiError(
        500,
        'api.command.execute_command.failed.app_error',
        `Command with a trigger of '${command.trigger}' failed.`,
    );
    const answer = await callOut(world, {
        method: get ? 'GET' : 'POST',
        url: get ? `${command.url}${command.url.includes('?') ? '&' : '?'}${form}` : command.url,
        headers: {
            Accept: 'application/json',
            Authorization: `Token ${command.token}`,
            'Content-Type': 'application/x-www-form-urlencoded',
        },
        body: form,
    }).catch(() => {
        throw failed;
    });
    if (answer.status !== 200) {
        throw new ApiError(500, 'api.command.execute_command.failed_resp.app_error', `Command returned status ${answer.status}.`);
    }
    return answer;
}

/** JSON has to be valid when it calls itself JSON; everything else is plain text. */
export function parseAnswer({contentType, body}: Pick<OutboundAnswer, 'contentType' | 'body'>): CommandAnswer {
    const text = body.subarray(0, MAX_ANSWER_BYTES).toString('utf8');
    if (contentType.split(';')[0]?.trim() !== 'application/json') {
        return wholeAnswer({text});
    }
    try {
        return wholeAnswer(JSON.parse(text) as JsonObject);
    } catch {
        throw new ApiError(500, 'api.command.execute_command.failed.app_error');
    }
}

function wholeAnswer(raw: JsonObject): CommandAnswer {
    const string = (name: string): string => (typeof raw[name] === 'string' ? raw[name] : '');
    return {
        response_type: string('response_type'),
        text: string('text'),
        username: string('username'),
        channel_id: string('channel_id'),
        icon_url: string('icon_url'),
        type: string('type'),
        props: (raw.props as JsonObject | undefined) ?? null,
        goto_location: string('goto_location'),
        trigger_id: '',
        skip_slack_parsing: raw.skip_slack_parsing === true,
        attachments: Array.isArray(raw.attachments) ? attachmentsWithTargets(raw.attachments.map(withTextValues)) : null,
        extra_responses: Array.isArray(raw.extra_responses) ? raw.extra_responses.map((one) => wholeAnswer(one as JsonObject)) : null,
    };
}

/** Field values become texts in command answers. */
function withTextValues(attachment: Json): Json {
    if (!isObject(attachment) || !Array.isArray(attachment.fields)) {
        return attachment;
    }
    return {
        ...attachment,
        fields: attachment.fields.map((field) => (isObject(field) ? {...field, value: String(field.value ?? '')} : field)),
    };
}

/** `in_channel` posts as the invoking person, even an empty text; `ephemeral` shows him the text if there is one. */
export async function postCommandAnswer(world: World, run: Omit<Execution, 'siteUrl' | 'command'>, answer: CommandAnswer): Promise<void> {
    const channelId = answer.channel_id || run.channel.id;
    if (answer.channel_id !== '' && !isChannelMember(world, run.user.id, answer.channel_id)) {
        throw new ApiError(500, 'api.command.execute_command.create_post_failed.app_error');
    }
    if (!answer.skip_slack_parsing) {
        answer.text = fromSlackText(world, answer.text);
    }
    const props: JsonObject = {
        ...(answer.props ?? {}),
        from_webhook: 'true',
        ...(answer.attachments === null ? {} : {attachments: answer.attachments}),
    };
    const post = {channel_id: channelId, root_id: run.rootId, message: answer.text, type: answer.type, props};
    if (answer.response_type === 'in_channel') {
        await createPost(world, run.user, post, {trusted: true}).catch(() => {
            throw new ApiError(500, 'api.command.execute_command.create_post_failed.app_error');
        });
    } else if (answer.text !== '' || answer.attachments !== null) {
        const shown = {...post, id: world.newId(), create_at: world.now(), user_id: run.user.id, type: post.type || 'system_ephemeral'};
        toUser(world, run.user.id, 'ephemeral_message', {post: JSON.stringify(shown)}, channelId);
    }
}
