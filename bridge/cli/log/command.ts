/** `log`: the integration log, and with --follow what is added to it. */
import {setTimeout as wait} from 'node:timers/promises';
import {type Command, Option} from 'commander';
import {followLog, type LogFilter, readLog} from '../../admin/log.ts';
import {type Common, count, examples, withJson} from '../command.ts';
import {type Store, withStore} from '../open-store.ts';
import {paint, present, print, screenWidth} from '../output.ts';
import {type Cell, headingOf, rowText, table} from '../table.ts';
import {past} from '../times.ts';
import {columnsOf, documentOf, followingWidths, type Names, rowOf} from './lines.ts';

type LogOptions = Common & {
    follow?: true;
    conversation?: string;
    event?: string;
    level?: 'info' | 'warn' | 'error';
    code?: string;
    direction?: 'to-mattermost' | 'to-ireserve';
    since?: number;
    until?: number;
    search?: string;
    limit: number;
    wide?: true;
};

const POLL_MS = 500;

export function declare(log: Command): void {
    withJson(log)
        .argument('[integration]', 'default: all')
        .option('-f, --follow', 'print what is added, until Ctrl+C')
        .option('--conversation <id>', 'of one conversation')
        .option('--event <id>', 'of one event')
        .addOption(new Option('--level <level>', 'this level and above').choices(['info', 'warn', 'error']))
        .option('--code <code>', 'with this code, e.g. bot_not_in_channel')
        .addOption(new Option('--direction <direction>', 'where to').choices(['to-mattermost', 'to-ireserve']))
        .option('--since <when>', '1h, 30m, 7d, or a date', past)
        .option('--until <when>', 'before then', past)
        .option('--search <words>', 'every word is somewhere in it')
        .option('--limit <count>', 'the newest so many', count, 50)
        .option('--wide', 'cut nothing, however long the lines')
        .action(showLog);
    examples(log, [
        'ireserve-bridge log aurora --follow',
        'ireserve-bridge log --level warn --since 1h',
        'ireserve-bridge log aurora --conversation C-1017 --wide',
        'ireserve-bridge log aurora --follow --json | jq -r .code',
    ]);
    log.addHelpText('after', '\nColumn TO: mm is Mattermost, ir is i-Reserve. TRY is the number of the attempt.');
}

async function showLog(name: string | undefined, options: LogOptions): Promise<void> {
    const {json, limit, wide} = options;
    await withStore(async (store) => {
        const filter: LogFilter = {...options, integration_id: name === undefined ? undefined : (await store.named(name)).id};
        const several = name === undefined;
        if (!options.follow) {
            const entries = await readLog(store.database, filter, limit);
            const names = await namesOf(store);
            present(json, {entries: entries.map((entry) => documentOf(entry, names))}, () => {
                if (entries.length === 0) return ['Nothing is logged that fits.'];
                const rows = entries.map((entry) => rowOf(entry, names, several));
                return table(columnsOf(several), rows, {width: wide ? Number.POSITIVE_INFINITY : screenWidth(), paint});
            });
            return;
        }
        await follow(store, filter, options, several);
    });
}

async function namesOf({known}: Store): Promise<Names> {
    return new Map((await known()).map((one) => [one.id, one.name]));
}

async function follow(store: Store, filter: LogFilter, {json, limit, wide}: LogOptions, several: boolean): Promise<void> {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    const columns = columnsOf(several);
    const widths = followingWidths(columns, screenWidth());
    const line = (row: Cell[]) => rowText(columns, widths, row, paint, wide);
    if (!json) print(line(headingOf(columns)));
    let names = await namesOf(store);
    for await (const entries of followLog(store.database, filter, limit, () => pause(stop.signal))) {
        if (entries.some((entry) => !names.has(entry.integration_id))) names = await namesOf(store);
        for (const entry of entries) {
            print(json ? JSON.stringify(documentOf(entry, names)) : line(rowOf(entry, names, several)));
        }
    }
}

/** @returns false when it is time to stop */
async function pause(signal: AbortSignal): Promise<boolean> {
    await wait(POLL_MS, undefined, {signal}).catch(() => undefined);
    return !signal.aborted;
}
