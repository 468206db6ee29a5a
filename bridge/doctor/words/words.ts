/** The doctor in other languages, for admins in the System Console. Names of settings, places, commands and codes stay as they are. */
import type {FindingCode} from '../findings.ts';
import {DE_BRIDGE} from './de-bridge.ts';
import {DE_MATTERMOST} from './de-mattermost.ts';
import {DE_SAID} from './de-said.ts';
import {NL_BRIDGE} from './nl-bridge.ts';
import {NL_MATTERMOST} from './nl-mattermost.ts';
import {NL_SAID} from './nl-said.ts';

/** As in the table of findings. */
export type FindingWords = readonly [means: string, mend: string];

type DoctorWords = {
    findings: Record<FindingCode, FindingWords>;
    /** By their English words. */
    said: Record<string, string>;
};

export const DOCTOR_WORDS: Record<'nl' | 'de', DoctorWords> = {
    nl: {findings: {...NL_MATTERMOST, ...NL_BRIDGE}, said: NL_SAID},
    de: {findings: {...DE_MATTERMOST, ...DE_BRIDGE}, said: DE_SAID},
};
