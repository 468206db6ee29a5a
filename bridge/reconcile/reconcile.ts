/**
 * Compares what i-Reserve lists, what the bridge remembers and what stands in Mattermost, and reports what is missing or doubled. Repairs only
 * when asked to; each finding says what its repair is, see report.ts.
 */
import type {Integration} from '../integration.ts';
import type {Database} from '../store/open.ts';
import {createFirstWords} from '../to-ireserve/first-words.ts';
import type {Take} from '../to-ireserve/take.ts';
import type {Door, Visit} from '../to-ireserve/visit.ts';
import {findDoubledThreads} from './doubled-threads.ts';
import {type ConversationListing, fetchListing} from './listing.ts';
import {repair} from './repair.ts';
import {type Finding, type ReconcileReport, reportOf} from './report.ts';
import {compareWithIreserve} from './with-ireserve.ts';
import {compareWithMattermost, type InMattermost} from './with-mattermost.ts';

const DAY = 24 * 3_600_000;
/** How far back a night's comparison looks. */
export const RECONCILE_DAYS = 7;
const MOST_CONVERSATIONS = 5000;
/** Threads read at once: a server that people work on is not to notice. */
const AT_ONCE = 4;

/** Then another root of the conversation is where its thread was moved, or can't be told from it. */
const NO_THREAD: ReadonlySet<Finding['kind']> = new Set(['thread_missing', 'unreadable']);

export type Reconciling = {
    database: Database;
    door: Door;
    take: Pick<Take, 'threads'>;
    /** One signed GET of i-Reserve. @throws when it can't be had */
    fetchPage: (integration: Integration, url: string) => Promise<unknown>;
    now: () => number;
};

export type Reconcile = {
    days?: number;
    /** What i-Reserve pushed; without it the list is fetched, when there is an address for it. */
    listing?: ConversationListing;
    repairing?: boolean;
    closed?: () => boolean;
};

/** @throws MattermostError when the server can't be asked now */
export async function reconcile(
    reconciling: Reconciling,
    integration: Integration,
    {days = RECONCILE_DAYS, listing: pushed, repairing = false, closed = () => false}: Reconcile = {},
): Promise<ReconcileReport> {
    const {database, door, now} = reconciling;
    const at = now();
    const since = at - days * DAY;
    const client = door.servers.client(integration.config.server_url, integration.secrets.bot_token);
    const {botId} = await door.session(client);
    const visit: Visit = {...door, integration, client, botId, firstWords: createFirstWords()};
    const {listing, problem} = await listed(reconciling, integration, pushed, since);
    const found: InMattermost[] = listing ? await compareWithIreserve(database, integration.id, listing, at) : [];
    const ids = await lively(database, integration.id, since);
    const comparing = {database, client, botId, integration_id: integration.id};
    const waiting = [...ids];
    await Promise.all(
        Array.from({length: AT_ONCE}, async () => {
            for (let id = waiting.shift(); id !== undefined && !closed(); id = waiting.shift())
                found.push(...(await compareWithMattermost(comparing, id)));
        }),
    );
    const broken = new Set(found.flatMap(({kind, conversation_id}) => (NO_THREAD.has(kind) ? [conversation_id] : [])));
    const doubled = await findDoubledThreads(comparing, {
        config: integration.config,
        conversations: ids.filter((id) => !broken.has(id)),
        since,
        closed,
    });
    found.push(...doubled.found);
    if (repairing) {
        for (const finding of found) {
            if (closed()) break;
            finding.repaired = await repair({...reconciling}, visit, finding);
        }
    }
    return reportOf(found.map(plain), {
        at: new Date(at).toISOString(),
        since: new Date(since).toISOString(),
        conversations: ids.length,
        with_ireserve: listing !== null,
        problem: [problem, doubled.problem].filter(Boolean).join('; ') || null,
    });
}

const plain = ({kind, conversation_id, id, detail, repaired}: InMattermost): Finding => ({kind, conversation_id, id, detail, repaired});

/** A list that can't be had is no reason not to compare the rest. */
async function listed(
    {fetchPage}: Reconciling,
    integration: Integration,
    pushed: ConversationListing | undefined,
    since: number,
): Promise<{listing: ConversationListing | null; problem: string | null}> {
    if (pushed) return {listing: pushed, problem: null};
    const {conversations_url} = integration.config;
    if (!conversations_url) return {listing: null, problem: null};
    try {
        return {listing: await fetchListing((url) => fetchPage(integration, url), conversations_url, since), problem: null};
    } catch (error) {
        return {listing: null, problem: (error as Error).message};
    }
}

async function lively(database: Database, integration_id: string, since: number): Promise<string[]> {
    const rows = await database.read
        .selectFrom('conversation')
        .select('conversation_id')
        .where('integration_id', '=', integration_id)
        .where('activity_at', '>', since)
        .orderBy('activity_at', 'desc')
        .limit(MOST_CONVERSATIONS)
        .execute();
    return rows.map(({conversation_id}) => conversation_id);
}
