/** What a soak tried and found, for people: a row for each figure, a column for each store. */
import {COLUMNS} from './judge.ts';
import type {Result} from './run.ts';

/** What must be zero, by name. */
export function faultsOf({
    verdict,
    complaints,
    crashes,
}: Pick<Result, 'verdict' | 'complaints' | 'crashes'>): Record<string, readonly string[]> {
    const columns = Object.fromEntries(COLUMNS.map((column) => [column, verdict.found[column]]));
    const asked = verdict.asked.map(({post_id}) => `${post_id} was sent by its author and is still asked about`);
    return {...columns, 'asked in vain': asked, refused: complaints, 'ended by itself': crashes};
}

/** p50, p95 and the longest, in ms. */
export function spread(times: readonly number[]): string {
    if (times.length === 0) return '–';
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return [at(0.5), at(0.95), at(1)].map(Math.round).join(' / ');
}

/** @param results by the heading of their column */
export function table(results: Readonly<Record<string, Result>>): string {
    const all = Object.values(results);
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
    const row = (name: string, of: (result: Result) => string | number) => [name, ...all.map((result) => String(of(result)))];
    const zero = Object.keys(faultsOf(all[0] as Result)).map((name) => row(name, (result) => faultsOf(result)[name]?.length ?? 0));
    const rows = [
        ['', ...Object.keys(results)],
        row('sent by visitors', ({figures}) => figures.fromVisitors),
        row('sent by agents', ({figures}) => figures.fromAgents),
        ...zero,
        row('edited before they were heard, sent when asked', ({figures}) => figures.sentLater),
        row('kill -9', ({figures}) => figures.kills),
        row('SIGSTOP', ({figures}) => figures.stops),
        row('clock jumps', ({figures}) => figures.jumps),
        row('threads moved', ({figures}) => figures.moves ?? 'the server can’t'),
        row('threads deleted', ({figures}) => figures.deletedThreads),
        row('faults', ({figures}) => sum(figures.faults)),
        row('kill to up, ms: p50 / p95 / max', ({figures}) => spread(figures.up)),
        row('kill to the next arrival, ms', ({figures}) => spread(figures.resume)),
        row('said to arrived, ms', ({verdict}) => spread(verdict.delays)),
        row('all there after the mending, ms', ({figures}) => figures.settledAfter),
    ];
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? [];
    return rows
        .map((cells) => cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  '))
        .join('\n');
}
