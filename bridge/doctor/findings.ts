/** All that the doctor can find, one table: stable code, severity, what it means, how to mend it. docs/doctor.md is made from it. */

import type {FindingEntry} from './finding-entry.ts';
import {BRIDGE_FINDINGS} from './findings-of-bridge.ts';
import {MATTERMOST_FINDINGS} from './findings-of-mattermost.ts';
import {type HowToSet, howToSet, type Values} from './server-settings.ts';

export const FINDINGS = {...MATTERMOST_FINDINGS, ...BRIDGE_FINDINGS} as const;
export type FindingCode = keyof typeof FINDINGS;

/** What fills the blanks of `mend`. */
export type About = Partial<
    Record<'integration' | 'channel' | 'team' | 'url' | 'location' | 'bot' | 'file' | 'folder' | 'option' | 'host' | 'kind', string>
>;

export type Mend = {text: string; settings: HowToSet[]};

/** What is not known stays a blank, `<channel>`. */
export const filled = (mend: string, about: About): string =>
    mend.replace(/\{(\w+)\}/g, (_blank, word: string) => about[word as keyof About] ?? `<${word}>`);

/** How to mend it, with exact names. @param values of server settings, where they depend on the installation */
export function mendOf(code: FindingCode, about: About, values: Values = {}): Mend {
    const {mend, settings = []}: FindingEntry = FINDINGS[code];
    return {text: filled(mend, about), settings: settings.map((name) => howToSet(name, values[name]))};
}
