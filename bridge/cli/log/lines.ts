/** An entry of the integration log as a row and as a document. */
import type {LogRow} from '../../store/schema.ts';
import type {Tone} from '../output.ts';
import type {Cell, Column} from '../table.ts';
import {clock, iso} from '../times.ts';

/** Integration id → name. */
export type Names = ReadonlyMap<string, string>;

const TONES: Record<LogRow['level'], Tone> = {info: 'quiet', warn: 'warning', error: 'bad'};

/** `typical`: the width while following, when what is to come can't be measured. */
export function columnsOf(several: boolean): (Column & {typical: number})[] {
    return [
        {title: 'TIME', keep: true, typical: 14},
        {title: 'LEVEL', keep: true, typical: 5},
        ...(several ? [{title: 'INTEGRATION', typical: 12}] : []),
        {title: 'TO', keep: true, typical: 2},
        {title: 'CODE', typical: 24},
        {title: 'CONVERSATION', typical: 14},
        {title: 'TRY', right: true, keep: true, typical: 3},
        {title: 'DETAIL', typical: 40},
    ];
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
