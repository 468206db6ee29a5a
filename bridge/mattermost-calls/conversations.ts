/** The conversations somebody may see, as lines of a list. */
import {sql} from 'kysely';
import type {ConversationStatus} from '../contract.ts';
import type {Integration} from '../integration.ts';
import {type Conversation, readFacts} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import {phrases} from '../to-mattermost/phrases.ts';
import {agentName, clientOf, type Desk, visitorName} from './desk.ts';
import {type CallWords, callWords} from './words.ts';

export type Listed = {facts: Conversation; channel_id: string; root_id: string};

type Wanted = {
    closed?: boolean;
    /** Whose; null: nobody's. Left out: anybody's. */
    assignee?: string | null;
};

const SYMBOLS: Record<ConversationStatus, string> = {open: '▶', waiting: '⏳', closed: '✔'};

const rows = ({database}: Desk, integration: Integration, channels: readonly string[], {closed = false, assignee}: Wanted) => {
    const found = database.read
        .selectFrom('conversation')
        .innerJoin('thread', (join) =>
            join
                .onRef('thread.integration_id', '=', 'conversation.integration_id')
                .onRef('thread.conversation_id', '=', 'conversation.conversation_id')
                .onRef('thread.number', '=', 'conversation.thread_number'),
        )
        .where('conversation.integration_id', '=', integration.id)
        .where('thread.channel_id', 'in', [...channels])
        .where('conversation.status', closed ? '=' : '!=', 'closed');
    if (assignee === undefined) return found;
    return assignee === null
        ? found.where('conversation.assignee_user', 'is', null)
        : found.where('conversation.assignee_user', '=', assignee);
};

/** Who waits longest first, then what was last active. */
export async function listConversations(
    desk: Desk,
    integration: Integration,
    channels: readonly string[],
    wanted: Wanted,
    most: number,
): Promise<Listed[]> {
    if (channels.length === 0) return [];
    const found = await rows(desk, integration, channels, wanted)
        .select(['conversation.facts', 'thread.channel_id', 'thread.root_id'])
        .orderBy(sql`case when conversation.waiting_since is null then 1 else 0 end`)
        .orderBy('conversation.waiting_since')
        .orderBy('conversation.activity_at', 'desc')
        .limit(most)
        .execute();
    return found.map(({facts, ...place}) => ({...place, facts: readFacts(facts)}));
}

export async function countConversations(
    desk: Desk,
    integration: Integration,
    channels: readonly string[],
    user_id: string,
): Promise<{waiting: number; open: number; mine: number}> {
    if (channels.length === 0) return {waiting: 0, open: 0, mine: 0};
    const found = await rows(desk, integration, channels, {})
        .select([
            sql<number>`count(*)`.as('open'),
            sql<number>`count(conversation.waiting_since)`.as('waiting'),
            sql<number>`count(case when conversation.assignee_user = ${user_id} then 1 end)`.as('mine'),
        ])
        .executeTakeFirstOrThrow();
    return {waiting: Number(found.waiting), open: Number(found.open), mine: Number(found.mine)};
}

/** One line: who, how it stands, since when they wait, who has it, where it is. */
export async function lineOf(desk: Desk, integration: Integration, {facts, channel_id, root_id}: Listed): Promise<string> {
    const {config} = integration;
    const words = callWords(config.language);
    const say = phrases(config.language);
    const session = await desk.session(clientOf(desk, integration));
    const url = await session.permalink(config.server_url, channel_id, root_id);
    const {status, waiting_since} = stateOf(facts);
    const parts = [
        `${SYMBOLS[status]} **${visitorName(integration, facts.visitor.name)}**`,
        say.statuses[status],
        ...(waiting_since === null ? [] : [words.waits(spell(desk.now() - waiting_since, words))]),
        facts.assignee ? agentName(integration, facts.assignee.name) : say.nobody,
        reference(facts.conversation_id),
        `[${words.open}](${url})`,
    ];
    return parts.join(' · ');
}

export const linesOf = async (desk: Desk, integration: Integration, listed: readonly Listed[]): Promise<string> =>
    (await Promise.all(listed.map((one) => lineOf(desk, integration, one)))).map((line) => `- ${line}`).join('\n');

/** As it may be typed after a sub-command; the contract's ids have no other characters. */
const reference = (conversation_id: string): string => `\`#${conversation_id.replace(/[^\w.:@~-]/g, '')}\``;

/** How long, in the two largest units. */
function spell(ms: number, {units}: CallWords): string {
    const minutes = Math.max(0, Math.floor(ms / 60_000));
    if (minutes < 60) return `${minutes} ${units.minute}`;
    const hours = Math.floor(minutes / 60);
    return hours < 24
        ? `${hours} ${units.hour} ${minutes % 60} ${units.minute}`
        : `${Math.floor(hours / 24)} ${units.day} ${hours % 24} ${units.hour}`;
}
