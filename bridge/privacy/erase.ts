/**
 * Erases what the bridge brought to Mattermost of a visitor, and what it keeps itself.
 *
 * Order: no new work is taken (tombstone), work under way ends, Mattermost's posts go, then our rows. Whatever fails on the way can simply be
 * asked for again: every step finds only what is still there.
 */
import {filesLeft} from '../deleted-files.ts';
import type {Integration} from '../integration.ts';
import {lanesOf} from '../integrations.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import {discard} from '../store/by-hand.ts';
import {headOf, writeLog} from '../store/lanes.ts';
import type {Database, Tx} from '../store/open.ts';
import type {LogEntry, ThreadRow} from '../store/schema.ts';
import {isDeleted} from '../to-ireserve/visit.ts';
import {deletesThreadFiles} from '../to-mattermost/server-version.ts';
import type {Session} from '../to-mattermost/session.ts';
import {rememberErased} from './erased.ts';
import {forgetNotification, notificationsNaming, waitingNotificationsNaming} from './notifications.ts';
import {conversationsIn, type Scope} from './scope.ts';

export type Erasing = {
    database: Database;
    servers: Servers;
    session: (client: MattermostClient) => Promise<Session>;
    box: SecretBox;
    now: () => number;
    sleep: (ms: number) => Promise<void>;
};

export type Erased = {
    conversations: number;
    /** Mattermost deletes a thread's replies with its root. */
    threads: {deleted: number; already_gone: number};
    /** Files of these threads that went with them. */
    files: number;
    notifications_deleted: number;
    /** Rows of the bridge's tables, by table. */
    rows: Record<string, number>;
    /** What could not be deleted or looked through in Mattermost, for an admin there to do by hand; without a post: of a whole channel. */
    left: {post_id: string; channel_id: string; file_id?: string; why: string}[];
    /** What no call of ours reaches. */
    stays: {what: string; why: string}[];
};

/** Tables with a row per conversation and column `conversation_id`, besides deliveries and their files. */
const OF_A_CONVERSATION = ['reply', 'message', 'thread', 'conversation', 'log'] as const;
/** A try under way ends with its time-outs. */
const BUSY_TRIES = 300;
const BUSY_MS = 200;

export class EraseBusy extends Error {}

/**
 * @param dryRun counts, and changes nothing
 * @throws MattermostError when the server can't be asked now; EraseBusy when a try would not end
 */
export async function erase(
    erasing: Erasing,
    integration: Integration,
    scope: Scope,
    {dryRun = false}: {dryRun?: boolean} = {},
): Promise<Erased> {
    const {database, servers, session} = erasing;
    const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
    const {botId} = await session(client);
    const {conversation_ids, emails} = await conversationsIn(database, integration.id, scope);
    const report = {...nothingErased(), conversations: conversation_ids.length, stays: staying(database, integration)};
    for (const conversation_id of conversation_ids)
        await eraseConversation(erasing, integration, conversation_id, {dryRun, remember: true}, report);
    for (const email of emails) await eraseNotifications(erasing, integration, client, {botId, email, dryRun}, report);
    if (!dryRun) await logFilesLeft(erasing, integration.id, report);
    if (!dryRun && !(await database.scrub()))
        report.stays.push({what: 'the database’s write-ahead log', why: 'readers held it; it goes with the next erasure or restart'});
    return report;
}

/** The log of an erased conversation is erased, too; that files stayed must be found there all the same. */
export async function logFilesLeft(
    {database, now}: Pick<Erasing, 'database' | 'now'>,
    integration_id: string,
    {left}: Erased,
): Promise<void> {
    const files = left.filter(({file_id}) => file_id !== undefined);
    const entries = files.map(
        ({file_id, post_id, why}): LogEntry => ({
            at: now(),
            integration_id,
            direction: 'to-mattermost',
            level: 'warn',
            code: 'file_left',
            detail: `file ${file_id} of the erased post ${post_id}: ${why}`,
            type: null,
            conversation_id: null,
            source_id: null,
            delivery_seq: null,
            attempt: null,
            duration_ms: null,
        }),
    );
    await database.write((tx) => writeLog(tx, entries));
}

export const nothingErased = (): Erased => ({
    conversations: 0,
    threads: {deleted: 0, already_gone: 0},
    files: 0,
    notifications_deleted: 0,
    rows: {},
    left: [],
    stays: [],
});

/**
 * @param remember later events of this conversation are ignored; without it, it may begin anew
 * @param report what was done is added to it
 * @throws as erase does
 */
export async function eraseConversation(
    erasing: Erasing,
    {id, config, secrets}: Integration,
    conversation_id: string,
    {dryRun = false, remember}: {dryRun?: boolean; remember: boolean},
    report: Erased,
): Promise<void> {
    const {database, box, now, session, sleep} = erasing;
    const client = erasing.servers.client(config.server_url, secrets.bot_token);
    if (remember && !dryRun) await database.write((tx) => rememberErased(tx, box, {integration_id: id, conversation_id, at: now()}));
    if (!dryRun) await stopLanes(erasing, id, conversation_id);
    const threads = await database.read
        .selectFrom('thread')
        .selectAll()
        .where('integration_id', '=', id)
        .where('conversation_id', '=', conversation_id)
        .execute();
    const {version} = await session(client);
    for (const thread of threads) await deleteThread({sleep}, client, thread, {version, dryRun}, report);
    // Twice: an agent's post may have been taken while the first pass ran. Nothing new can come once its thread is not known any more.
    for (let pass = 0; pass < (dryRun ? 1 : 2); pass++) {
        const counts = await database.write((tx) => deleteRows(tx, id, conversation_id, dryRun));
        for (const [table, count] of Object.entries(counts)) report.rows[table] = (report.rows[table] ?? 0) + count;
    }
}

/** Drops what waits, and waits for what is being tried just now: its answer would be written into rows that are gone. */
async function stopLanes({database, now, sleep}: Erasing, integration_id: string, conversation_id: string): Promise<void> {
    for (let left = BUSY_TRIES; ; left--) {
        const busy = await database.write(async (tx) => {
            const keys = await allLanesOf(tx, integration_id, conversation_id);
            // The lanes' row locks first: meanwhile nobody claims or settles.
            const lanes = await tx
                .updateTable('lane')
                .set((set) => ({pending: set.ref('pending')}))
                .where('key', 'in', keys)
                .returning(['key', 'owner', 'due'])
                .execute();
            let owned = 0;
            for (const {key, owner, due} of lanes) {
                // A lease that ran out is nobody's.
                const isOwned = owner !== null && due !== null && due > now();
                const head = isOwned ? await headOf(tx, key) : undefined;
                if (head) owned++;
                const waiting = tx.deleteFrom('delivery').where('lane', '=', key).where('state', '=', 'queued');
                const dropped = await (head ? waiting.where('seq', '!=', head.seq) : waiting).returning('seq').execute();
                // What files they brought is found by them alone.
                for (const {seq} of dropped) await tx.deleteFrom('file').where('delivery_seq', '=', seq).execute();
                if (head) await tx.updateTable('lane').set({pending: 1}).where('key', '=', key).execute();
                else await tx.deleteFrom('lane').where('key', '=', key).execute();
            }
            return owned;
        });
        if (busy === 0) return;
        if (left === 0) throw new EraseBusy('a message of this conversation is still being sent');
        await sleep(BUSY_MS);
    }
}

/** Those of the conversation, and of its files that come late: each has one of its own. */
async function allLanesOf(tx: Tx, integration_id: string, conversation_id: string): Promise<string[]> {
    const files = await tx
        .selectFrom('delivery')
        .select('lane')
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('type', '=', 'bridge.file')
        .execute();
    return [...lanesOf(integration_id, conversation_id), ...files.map(({lane}) => lane)];
}

/**
 * Deletes a thread, and asks afterwards whether its files are gone.
 *
 * Before 11 Mattermost deletes a root's replies and leaves their files: there, replies with files are deleted first, each by itself.
 */
async function deleteThread(
    {sleep}: Pick<Erasing, 'sleep'>,
    client: MattermostClient,
    {root_id, channel_id}: ThreadRow,
    {version, dryRun}: {version: string; dryRun: boolean},
    report: Erased,
): Promise<void> {
    const leavesFiles = !deletesThreadFiles(version);
    try {
        if (await isDeleted(client, root_id)) {
            report.threads.already_gone++;
            if (leavesFiles)
                report.left.push({
                    post_id: root_id,
                    channel_id,
                    why: 'deleted before; which files its replies had is not known any more, and they may still be there',
                });
            return;
        }
        const {posts} = await client.getPaginatedPostThread(root_id, {fetchAll: true});
        const withFiles = Object.values(posts).filter(({delete_at, file_ids}) => delete_at === 0 && (file_ids?.length ?? 0) > 0);
        const files = withFiles.flatMap(({id, file_ids}) => (file_ids ?? []).map((file_id) => ({file_id, post_id: id})));
        report.threads.deleted++;
        report.files += files.length;
        if (dryRun) return;
        if (leavesFiles) for (const {id} of withFiles) if (id !== root_id) await deleteIfAllowed(client, id);
        await client.deletePost(root_id);
        const left = await filesLeft(client, files, sleep);
        report.files -= left.length;
        report.left.push(...left.map((file) => ({...file, channel_id})));
    } catch (error) {
        if (!(error instanceof MattermostError) || error.kind !== 'refused' || error.status === 401) throw error;
        report.left.push({post_id: root_id, channel_id, why: error.message});
    }
}

/** Of a refusal the report tells by the file that is left: an agent's post, which the bot may not delete. */
async function deleteIfAllowed(client: MattermostClient, post_id: string): Promise<void> {
    try {
        await client.deletePost(post_id);
    } catch (error) {
        if (!(error instanceof MattermostError) || error.kind !== 'refused' || error.status === 401) throw error;
    }
}

/** What waits goes first: it would be posted after the rest was looked for. */
async function eraseNotifications(
    {database, box}: Erasing,
    integration: Integration,
    client: MattermostClient,
    {botId, email, dryRun}: {botId: string; email: string; dryRun: boolean},
    report: Erased,
): Promise<void> {
    if (!dryRun) await dropWaiting(database, integration.id, email);
    const {posts, unread} = await notificationsNaming({database, box, client, botId}, integration, email);
    for (const {id} of posts) {
        if (!dryRun) {
            await client.deletePost(id);
            await database.write((tx) => forgetNotification(tx, integration.id, id));
        }
        report.notifications_deleted++;
    }
    report.left.push(...unread.map(({channel_id, why}) => ({post_id: '', channel_id, why})));
}

async function dropWaiting(database: Database, integration_id: string, email: string): Promise<void> {
    for (const {seq} of await waitingNotificationsNaming(database, integration_id, email)) {
        await database.write(async (tx) => {
            if (await discard(tx, seq, 'erased', 0)) await tx.deleteFrom('delivery').where('seq', '=', seq).execute();
        });
    }
}

async function deleteRows(tx: Tx, integration_id: string, conversation_id: string, dryRun: boolean): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    const deliveries = await tx
        .selectFrom('delivery')
        .select('seq')
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .execute();
    counts.delivery = deliveries.length;
    for (const table of OF_A_CONVERSATION) {
        const {count} = await tx
            .selectFrom(table)
            .select((select) => select.fn.countAll<number>().as('count'))
            .where('integration_id', '=', integration_id)
            .where('conversation_id', '=', conversation_id)
            .executeTakeFirstOrThrow();
        counts[table] = Number(count);
    }
    if (dryRun) return counts;
    const lanes = await allLanesOf(tx, integration_id, conversation_id);
    const ofIt = (table: 'delivery' | (typeof OF_A_CONVERSATION)[number]) =>
        tx.deleteFrom(table).where('integration_id', '=', integration_id).where('conversation_id', '=', conversation_id);
    await tx
        .deleteFrom('file')
        .where('delivery_seq', 'in', (seqs) =>
            seqs
                .selectFrom('delivery')
                .select('seq')
                .where('integration_id', '=', integration_id)
                .where('conversation_id', '=', conversation_id),
        )
        .execute();
    await ofIt('delivery').execute();
    for (const table of OF_A_CONVERSATION) await ofIt(table).execute();
    await tx.deleteFrom('lane').where('key', 'in', lanes).execute();
    return counts;
}

function staying({dialect}: Database, {config}: Integration): Erased['stays'] {
    return [
        {
            what: 'deleted posts and files in Mattermost’s own database and file store',
            why: 'Mattermost hides what is deleted; its data retention removes it, or an admin with DELETE /api/v4/posts/{id}?permanent=true and EnableAPIPostDeletion (11.x)',
        },
        {
            what: 'copies made by people: posts elsewhere, downloads, screenshots, e-mail notifications',
            why: 'the bridge does not know them',
        },
        ...(config.callback_url ? [{what: 'answers i-Reserve has received', why: 'to be erased in i-Reserve itself'}] : []),
        {
            what: 'backups of the bridge’s database',
            why:
                dialect === 'postgres'
                    ? 'and PostgreSQL’s write-ahead log and the free space of its table and index pages, until that is used again; VACUUM FULL on table conversation overwrites the pages'
                    : 'they are files the bridge does not know',
        },
    ];
}
