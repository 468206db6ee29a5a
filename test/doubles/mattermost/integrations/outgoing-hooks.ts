import {createPost} from '../posts/create.ts';
import {MAX_MESSAGE_RUNES} from '../posts/validate.ts';
import type {Channel, JsonObject, OutgoingHook, Post, User} from '../state/records.ts';
import type {Created, World} from '../state/world.ts';
import {callOut} from './outbound.ts';
import {fromSlackText} from './slack-text.ts';

/** Longest answer that is read. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Calls the outgoing webhooks that match a new post: all at once, in no order, one try each.
 *
 * They fire in public channels only, for bots' posts too, and never for system messages or for what a hook answered.
 * Posting does not wait for them.
 */
export function fireHooks(world: World, {post, channel, author, triggersHooks}: Created): void {
    if (!world.config.enableOutgoingWebhooks || !triggersHooks || channel.type !== 'O' || post.type.startsWith('system_')) {
        return;
    }
    const {hooks, triggerWord} = relevantHooks(world, post);
    for (const hook of hooks) {
        // On 5.37 the URLs of one hook share one body reader: most calls but the first are never made.
        const urls = world.differs.hookUrlsShareBody ? hook.callback_urls.slice(0, 1) : hook.callback_urls;
        for (const url of urls) {
            const call = callHook(world, {hook, url, post, channel, author, triggerWord});
            world.calls.add(call);
            void call.finally(() => world.calls.delete(call));
        }
    }
}

/** If several match, all of them get the trigger word of the last match. */
function relevantHooks(world: World, post: Post): {hooks: OutgoingHook[]; triggerWord: string} {
    const firstWord = post.message.trim().split(/\s+/)[0] ?? '';
    const hooks: OutgoingHook[] = [];
    let triggerWord = '';
    for (const hook of world.hooks.values()) {
        if (
            hook.team_id !== world.channels.get(post.channel_id)?.team_id ||
            (hook.channel_id !== '' && hook.channel_id !== post.channel_id)
        ) {
            continue;
        }
        if (hook.trigger_words.length === 0) {
            if (hook.channel_id !== '') {
                hooks.push(hook);
                triggerWord = '';
            }
            continue;
        }
        const word = hook.trigger_words.find((one) => (hook.trigger_when === 1 ? firstWord.startsWith(one) : firstWord === one));
        if (word !== undefined && firstWord !== '') {
            hooks.push(hook);
            triggerWord = word;
        }
    }
    return {hooks, triggerWord};
}

type HookCall = {hook: OutgoingHook; url: string; post: Post; channel: Channel; author: User; triggerWord: string};

/** Never rejects: whatever goes wrong is one line in the server's log and nothing else. */
async function callHook(world: World, call: HookCall): Promise<void> {
    const {hook, url} = call;
    const json = hook.content_type === 'application/json';
    const payload = payloadOf(world, call, json);
    const body = json ? goJson(payload) : new URLSearchParams(sorted(payload)).toString();
    try {
        const answer = await callOut(world, {
            method: 'POST',
            url,
            headers: {Accept: 'application/json', 'Content-Type': json ? 'application/json' : 'application/x-www-form-urlencoded'},
            body,
        });
        await postAnswer(world, call, JSON.parse(answer.body.subarray(0, MAX_ANSWER_BYTES).toString('utf8')) as JsonObject);
    } catch {
        // Lost, as on the real server.
    }
}

/** `timestamp` is in milliseconds in JSON and in seconds in a form; `file_ids` is one string in both. */
function payloadOf(world: World, {hook, post, channel, author, triggerWord}: HookCall, json: boolean): Record<string, string | number> {
    return {
        token: hook.token,
        team_id: hook.team_id,
        team_domain: world.teams.get(hook.team_id)?.name ?? '',
        channel_id: channel.id,
        channel_name: channel.name,
        timestamp: json ? post.create_at : Math.floor(post.create_at / 1000),
        user_id: author.id,
        user_name: author.username,
        post_id: post.id,
        text: post.message,
        trigger_word: triggerWord,
        file_ids: post.file_ids.join(','),
    };
}

/** Go writes `&`, `<` and `>` as escapes. */
function goJson(value: unknown): string {
    return JSON.stringify(value).replace(
        /[<>&\u2028\u2029]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

function sorted(payload: Record<string, string | number>): [string, string][] {
    return Object.entries(payload)
        .map(([key, value]): [string, string] => [key, String(value)])
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A `text` in the answer, even an empty one, becomes a post by the hook's creator. The status does not matter. */
async function postAnswer(world: World, {hook, post, channel}: HookCall, answer: JsonObject): Promise<void> {
    const creator = world.users.get(hook.creator_id);
    const attachments = Array.isArray(answer.attachments) ? answer.attachments : [];
    if (creator === undefined || (typeof answer.text !== 'string' && attachments.length === 0)) {
        return;
    }
    const {from_webhook: _f, override_username: _u, override_icon_url: _i, ...props} = (answer.props ?? {}) as JsonObject;
    const overrides: JsonObject = {
        ...(world.config.enablePostUsernameOverride ? {override_username: answer.username || hook.username || 'webhook'} : {}),
        ...(world.config.enablePostIconOverride && answer.icon_url ? {override_icon_url: answer.icon_url} : {}),
    };
    const text = fromSlackText(world, typeof answer.text === 'string' ? answer.text : '');
    for (const part of split(text)) {
        await createPost(
            world,
            creator,
            {
                channel_id: channel.id,
                message: part,
                // On a reply the answer is lost: a reply is no root.
                root_id: answer.response_type === 'comment' ? post.id : '',
                ...(typeof answer.type === 'string' ? {type: answer.type} : {}),
                props: {
                    ...props,
                    ...overrides,
                    from_webhook: 'true',
                    webhook_display_name: hook.display_name,
                    ...(attachments.length > 0 ? {attachments} : {}),
                },
            },
            {trusted: true, triggersHooks: false, setOnline: false},
        );
    }
}

function split(text: string): string[] {
    const runes = Array.from(text);
    const parts: string[] = [];
    for (let at = 0; at < Math.max(1, runes.length); at += MAX_MESSAGE_RUNES) {
        parts.push(runes.slice(at, at + MAX_MESSAGE_RUNES).join(''));
    }
    return parts;
}
