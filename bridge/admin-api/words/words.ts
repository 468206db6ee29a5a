/** What refusals and reasons mean and what to do, for admins who read Dutch or German. Commands, settings and codes stay as they are. */
import {REFUSALS, type RefusalCode} from '../../errors.ts';
import {REASONS} from '../../reasons.ts';
import type {BridgeLanguage} from '../../to-mattermost/phrases.ts';
import {DE_REASONS} from './reasons-de.ts';
import {NL_REASONS} from './reasons-nl.ts';
import {DE_REFUSALS} from './refusals-de.ts';
import {NL_REFUSALS} from './refusals-nl.ts';

type Words = readonly [means: string, next: string];
/** Only what the admin API refuses with; the others stay English. */
export type RefusalWords = Partial<Record<RefusalCode, Words>>;
export type ReasonWords = Record<keyof typeof REASONS, Words>;

export const ADMIN_WORDS: Record<Exclude<BridgeLanguage, 'en'>, {refusals: RefusalWords; reasons: ReasonWords}> = {
    nl: {refusals: NL_REFUSALS, reasons: NL_REASONS},
    de: {refusals: DE_REFUSALS, reasons: DE_REASONS},
};

type Explained = {means: string | null; next: string | null};

/** What a code of the log, of a delivery or of a notice means, where there is more to say than its detail. */
export function explained(code: string, language: BridgeLanguage): Explained {
    if (Object.hasOwn(REASONS, code)) {
        const known = code as keyof typeof REASONS;
        const {means, next} = REASONS[known];
        const words = language === 'en' ? undefined : ADMIN_WORDS[language].reasons[known];
        return words ? {means: words[0], next: words[1]} : {means, next};
    }
    if (!Object.hasOwn(REFUSALS, code)) return {means: null, next: null};
    const {title, next} = refusalIn(code as RefusalCode, language);
    return {means: title, next};
}

export function refusalIn(code: RefusalCode, language: BridgeLanguage): {title: string; next: string} {
    const words = language === 'en' ? undefined : ADMIN_WORDS[language].refusals[code];
    return words ? {title: words[0], next: words[1]} : REFUSALS[code];
}
