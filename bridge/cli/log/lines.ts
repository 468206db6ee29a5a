/** An entry of the integration log as a row and as a document. */
import type {LogRow} from '../../store/schema.ts';
import type {Tone} from '../output.ts';
import type {Cell, Column} from '../table.ts';
import {clock, iso} from '../times.ts';

/** Integration id → name. */
export type Names = ReadonlyMap<string, string>;

const TONES: Record<LogRow['level'], Tone> = {info: 'quiet', warn: 'warning', error: 'bad'};

export function columnsOf(several: boolean): Column[] {
    return [
        {title: 'TIME', keep: true},
        {title: 'LEVEL', keep: true},
        ...(several ? [{title: 'INTEGRATION'}] : []),
        {title: 'TO', keep: true},
        {title: 'CODE'},
        {title: 'CONVERSATION'},
        {title: 'TRY', right: true, keep: true},
        {title: 'DETAIL'},
    ];
}

/** While following, what is to come can't be measured: usual widths, and the detail takes the rest. */
const USUAL: Record<string, number> = {TIME: 14, LEVEL: 5, INTEGRATION: 12, TO: 2, CODE: 24, CONVERSATION: 14, TRY: 3};
const SHORTEST_DETAIL = 20;

export function followingWidths(columns: readonly Column[], screen: number): number[] {
    const widths = columns.slice(0, -1).map(({title}) => USUAL[title] ?? title.length);
    const taken = widths.reduce((sum, width) => sum + width + 2, 0);
    return [...widths, Math.max(SHORTEST_DETAIL, screen - taken)];
}

export function rowOf(entry: LogRow, names: Names, several: boolean): Cell[] {
    return [
        clock(entry.at),
        {text: entry.level, tone: TONES[entry.level]},
        ...(several ? [names.get(entry.integration_id) ?? 'removed'] : []),
        entry.direction === 'to-mattermost' ? 'mm' : 'ir',
        entry.code,
        entry.conversation_id ?? '',
        entry.attempt === null ? '' : String(entry.attempt),
        // Without a detail, the type says most.
        entry.detail || (entry.type ?? ''),
    ];
}

export function documentOf({at, integration_id, ...entry}: LogRow, names: Names): object {
    return {...entry, at: iso(at), integration: names.get(integration_id) ?? null};
}
