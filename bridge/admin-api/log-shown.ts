/** An entry of the integration log as the admin API shows it: with what its code means, and what to do about it. */
import {instant} from '../agent-api/contract.ts';
import type {LogRow} from '../store/schema.ts';
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';
import type {LogEntryShown} from './contract.ts';
import {explained} from './words/words.ts';

export function logShown(row: LogRow, nameOf: (integration_id: string) => string | null, language: BridgeLanguage): LogEntryShown {
    const {id, at, integration_id, direction, level, code, detail, type, conversation_id, source_id, delivery_seq, attempt, duration_ms} =
        row;
    return {
        ...{id, at: instant(at), integration: nameOf(integration_id), direction, level, code, detail, ...explained(code, language)},
        ...{type, conversation_id, source_id, delivery_id: delivery_seq, attempt, duration_ms},
    };
}
