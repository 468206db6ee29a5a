import de from '../../i18n/de.json';
import en from '../../i18n/en.json';
import nl from '../../i18n/nl.json';
import type {WordId} from '../components/words.tsx';
import {currentUserId} from '../state/selectors.ts';
import type {GlobalState} from '../types/mattermost.ts';

type Words = Record<WordId, string>;

/** In the bundle, the other languages are mere lists of what stands in en.json's order (webpack.config.ts). */
const inOrder = (words: object): Words => {
    const values: string[] = Object.values(words);
    return Object.fromEntries(Object.keys(en).map((id, index) => [id, values[index]])) as Words;
};

const LANGUAGES: Record<string, Words> = {en, nl: inOrder(nl), de: inOrder(de)};

/** `de-CH` is close enough to `de`. */
export const wordsIn = (locale: string): Words => LANGUAGES[locale.toLowerCase().split('-')[0] ?? ''] ?? en;

/** For the few places of the host that take text only. */
export const sayIn =
    (state: () => GlobalState) =>
    (id: WordId): string =>
        wordsIn(state().entities?.users?.profiles?.[currentUserId(state())]?.locale ?? 'en')[id];
