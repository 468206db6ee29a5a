/** What an admin has to mend, while it lasts: raised once, told in log and alert channel, and cleared by what shows that it is mended. */
import type {Integration} from './integration.ts';
import type {Log} from './log.ts';
import type {Servers} from './mattermost.ts';
import type {Database} from './store/open.ts';
import {clearNotices, raiseNotice} from './store/records.ts';
import type {NoticeRow} from './store/schema.ts';
import {CALLBACK, CALLBACK_GONE} from './to-ireserve/classify.ts';
import {postAlert} from './to-mattermost/alert.ts';

export type NoticesOptions = {
    database: Database;
    servers: Servers;
    integration: (id: string) => Integration | undefined;
    /** Nothing may be posted now. */
    quiet: () => boolean;
    log: Log;
    onError: (error: unknown) => void;
};

export type Notices = ReturnType<typeof createNotices>;

export function createNotices({database, servers, integration, quiet, log, onError}: NoticesOptions) {
    /** Integrations with something to mend: a success of theirs may be the mending. */
    const standing = new Set<string>();
    /** i-Reserve said 410: nothing is sent there before an admin changed the integration. */
    const unwanted = new Set<string>();

    /** Under way: the store stays open for them. */
    const writing = new Set<Promise<unknown>>();
    function aside(work: Promise<unknown>): void {
        const one = work.catch(onError).finally(() => writing.delete(one));
        writing.add(one);
    }

    function remember({integration_id, code}: Pick<NoticeRow, 'integration_id' | 'code'>): void {
        standing.add(integration_id);
        if (code === CALLBACK_GONE) unwanted.add(integration_id);
    }

    function tell(notice: NoticeRow, stands: boolean): void {
        const about = integration(notice.integration_id);
        log[stands ? 'error' : 'info'](
            {integration: about?.name, code: notice.code, detail: notice.detail},
            stands ? 'needs an admin' : 'mended',
        );
        if (about && !quiet())
            postAlert(servers, about, notice, stands).catch((error: unknown) => log.warn({err: error}, 'alert could not be posted'));
    }

    /** A notice that was stored just now. */
    function raised(notice: NoticeRow): void {
        remember(notice);
        tell(notice, true);
    }

    async function mended(integration_id: string, subjects: string[]): Promise<void> {
        const cleared = await database.write((tx) => clearNotices(tx, integration_id, subjects));
        for (const notice of cleared) tell(notice, false);
        const left = await database.read
            .selectFrom('notice')
            .select('code')
            .where('integration_id', '=', integration_id)
            .executeTakeFirst();
        if (!left) standing.delete(integration_id);
    }

    return {
        raised,
        /** Whether i-Reserve wants nothing any more. */
        isUnwanted: (integration_id: string): boolean => unwanted.has(integration_id),
        /** Reads what stands since before the start. */
        async load(): Promise<void> {
            const rows = await database.read.selectFrom('notice').select(['integration_id', 'code']).execute();
            for (const row of rows) remember(row);
        },
        /** Something was delivered there: whatever stood in its way is mended. */
        delivered(integration_id: string, subjects: string[]): void {
            if (standing.has(integration_id)) aside(mended(integration_id, subjects));
        },
        /** An admin changed the integration: i-Reserve is asked again. */
        async changed(integration_id: string): Promise<void> {
            if (unwanted.delete(integration_id)) await mended(integration_id, [CALLBACK]);
        },
        /** Stores and tells a notice, or that it is over; nothing when that was known. */
        set(notice: NoticeRow, stands: boolean): void {
            const stored = database.write(async (tx) => {
                if (stands) return raiseNotice(tx, notice);
                const gone = await tx
                    .deleteFrom('notice')
                    .where('integration_id', '=', notice.integration_id)
                    .where('code', '=', notice.code)
                    .returning('code')
                    .execute();
                return gone.length > 0;
            });
            aside(
                stored.then((isNews) => {
                    if (!isNews) return;
                    if (stands) raised(notice);
                    else tell(notice, false);
                }),
            );
        },
        /** Resolves when what is being stored just now is stored. */
        async idle(): Promise<void> {
            await Promise.all(writing);
        },
    };
}
