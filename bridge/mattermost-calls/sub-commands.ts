/** What people can do by typing. Each answers with a text for the caller alone; what colleagues should see stands in the thread. */
import {BridgeError} from '../errors.ts';
import type {ActionInput, ActionName} from '../to-ireserve/catalogue.ts';
import type {Person} from '../to-ireserve/people.ts';
import {LONGEST_SAID} from '../to-ireserve/saying.ts';
import type {Conversation} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import {countConversations, lineOf, linesOf, listConversations} from './conversations.ts';
import {agentName, clientOf, type Desk, speakerOf, Told, visitorName} from './desk.ts';
import {type Asked, type Found, whichConversation} from './which-conversation.ts';
import {type CallWords, callWords, SUB_COMMANDS, type SubCommand} from './words.ts';

export type Caller = Omit<Asked, 'sub' | 'rest'> & {
    person: Person;
    /** The first user Mattermost found in the text. */
    mentioned: {username: string; user_id: string} | null;
};

const MOST_LISTED = 10;
const USAGE: Record<SubCommand, string> = {
    queue: 'queue',
    status: 'status [#id]',
    claim: 'claim [#id] [!]',
    release: 'release [#id]',
    transfer: 'transfer [#id] @name',
    close: 'close [#id] […]',
    reopen: 'reopen [#id]',
    reply: 'reply [#id] …',
    note: 'note [#id] …',
    retry: 'retry [#id]',
    help: 'help',
};
/** Other words for the same. */
const ALIASES: Record<string, SubCommand> = {'': 'help', panel: 'queue'};

/** @throws BridgeError, MattermostError, Told */
export async function runSubCommand(desk: Desk, caller: Caller, text: string): Promise<string> {
    const words = callWords(caller.integration.config.language);
    const [, typed = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
    const sub = ALIASES[typed.toLowerCase()] ?? SUB_COMMANDS.find((one) => one === typed.toLowerCase()) ?? 'help';
    if (sub === 'help') return helpText(words);
    if (sub === 'queue') return queueText(desk, caller, words);
    if (sub === 'status') return statusText(desk, caller, rest.trim(), words);
    return act(desk, caller, {sub, rest: rest.trim()}, words);
}

const helpText = ({help}: CallWords): string =>
    [`#### ${help.title}`, ...SUB_COMMANDS.map((sub) => `- \`/ireserve ${USAGE[sub]}\`: ${help.says[sub]}`), '', help.which].join('\n');

async function queueText(desk: Desk, {integration, channels, user_id}: Caller, words: CallWords): Promise<string> {
    const counts = await countConversations(desk, integration, channels, user_id);
    if (counts.open === 0) return words.queueEmpty;
    const listed = await listConversations(desk, integration, channels, {}, MOST_LISTED);
    const more = counts.open - listed.length;
    const title = `#### ${words.queue} · ${words.counts(counts)}`;
    return [title, await linesOf(desk, integration, listed), ...(more > 0 ? [words.more(more)] : [])].join('\n');
}

async function statusText(desk: Desk, caller: Caller, rest: string, words: CallWords): Promise<string> {
    const {integration, channels, user_id} = caller;
    const found = await whichConversation(desk, {...caller, sub: 'status', rest}).catch((error: unknown) => {
        // Not about one: about all.
        if (error instanceof Told) return null;
        throw error;
    });
    if (found) {
        const {facts, thread} = found.known;
        const failed = await failedReplies(desk, caller, found);
        const line = await lineOf(desk, integration, {facts, channel_id: thread?.channel_id ?? '', root_id: thread?.root_id ?? ''});
        return [line, ...(failed.length > 0 ? [words.failedReplies(failed.length)] : [])].join('\n');
    }
    const counts = await countConversations(desk, integration, channels, user_id);
    const mine = await listConversations(desk, integration, channels, {assignee: user_id}, MOST_LISTED);
    const {licence, environment} = integration;
    return [`#### ${licence} · ${environment} · ${words.counts(counts)}`, await linesOf(desk, integration, mine)].join('\n').trim();
}

const failedReplies = ({database}: Desk, {integration}: Caller, {conversation_id}: Found) =>
    database.read
        .selectFrom('reply')
        .select(['reply_id', 'post_id', 'state'])
        .where('integration_id', '=', integration.id)
        .where('conversation_id', '=', conversation_id)
        .where('state', '=', 'failed')
        .orderBy('created_at')
        .execute();

async function act(
    desk: Desk,
    caller: Caller,
    {sub, rest}: {sub: Exclude<SubCommand, 'help' | 'queue' | 'status'>; rest: string},
    words: CallWords,
): Promise<string> {
    const {integration} = caller;
    const by = speakerOf(caller.person);
    const {args, takeOver} = sub === 'claim' ? withoutForce(rest) : {args: rest, takeOver: false};
    const found = await whichConversation(desk, {...caller, sub, rest: args});
    const {conversation_id: id, known} = found;
    const perform = (name: ActionName, input: ActionInput = {}) => desk.perform(name, {integration, conversation_id: id, by, input});
    const visitor = visitorName(integration, known.facts.visitor.name);
    switch (sub) {
        case 'claim':
            mustBeFree(known.facts, caller, takeOver, words);
            await perform('claim', {takeOver});
            return words.done.claimed(visitor);
        case 'release':
            await perform('release');
            return words.done.released(visitor);
        case 'transfer': {
            const to = await addressee(desk, caller, found, words);
            if (known.facts.assignee?.user_id === to.user_id && stateOf(known.facts).status !== 'closed')
                throw new Told(words.takenBy(agentName(integration, to.name)));
            await perform('transfer', {to: speakerOf(to)});
            return words.done.transferred(visitor, agentName(integration, to.name));
        }
        case 'close':
            await perform('close', {reason: found.rest});
            return words.done.closed(visitor);
        case 'reopen':
            await perform('reopen');
            return words.done.reopened(visitor);
        case 'reply':
            mustBeSayable(found.rest, words);
            if (stateOf(known.facts).status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
            await desk.actions.reply(integration, id, by, found.rest);
            return words.done.replied(visitor);
        case 'note':
            mustBeSayable(found.rest, words);
            await perform('note', {text: found.rest});
            return words.done.noted(visitor);
        case 'retry': {
            const failed = await failedReplies(desk, caller, found);
            if (failed.length === 0) throw new BridgeError('nothing_to_retry', 'nothing failed');
            for (const reply of failed) await perform('retry', {reply});
            return words.done.retried(failed.length);
        }
    }
}

function withoutForce(rest: string): {args: string; takeOver: boolean} {
    const args = rest.split(/\s+/).filter((word) => word !== '!' && word.toLowerCase() !== 'force');
    return {args: args.join(' '), takeOver: args.length < rest.split(/\s+/).length};
}

/** Says who has it, which the refusal itself can't. */
export function mustBeFree(
    facts: Conversation,
    {integration, user_id}: Pick<Caller, 'integration' | 'user_id'>,
    takeOver: boolean,
    words: CallWords,
) {
    const {assignee} = facts;
    if (!assignee || stateOf(facts).status === 'closed') return;
    if (assignee.user_id === user_id) throw new Told(words.yours);
    if (!takeOver) throw new Told(words.takenBy(agentName(integration, assignee.name)));
}

function mustBeSayable(text: string, words: CallWords): void {
    if (text.length > LONGEST_SAID) throw new Told(words.tooLong(LONGEST_SAID));
}

/** A member of the conversation's channel, named by `@name`. */
async function addressee(desk: Desk, {integration, mentioned}: Caller, {rest, known}: Found, words: CallWords): Promise<Person> {
    const name = /^@?([a-z0-9][a-z0-9._-]{0,63})$/i.exec(rest.trim())?.[1]?.toLowerCase();
    if (!name) throw new Told(words.whom);
    const client = clientOf(desk, integration);
    // What Mattermost found itself needs no look-up; it comes without a dot that ends a sentence.
    const isMentioned = mentioned && (mentioned.username === name || mentioned.username === name.replace(/[._-]+$/, ''));
    const to = isMentioned ? await desk.people.find(client, mentioned.user_id) : ((await desk.people.named(client, [name]))[0] ?? null);
    const channel = known.thread?.channel_id ?? integration.config.channel_id;
    if (!to?.active || to.isBot || !(await desk.access.isMember(integration, channel, to.user_id))) throw new Told(words.notAMember);
    return to;
}
