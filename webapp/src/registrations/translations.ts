import de from '../../i18n/de.json';
import en from '../../i18n/en.json';
import nl from '../../i18n/nl.json';
import type {WordId} from '../components/words.tsx';
import {currentUserId} from '../state/selectors.ts';
import type {GlobalState} from '../types/mattermost.ts';

/** In the bundle, the other languages are mere lists of what stands in the order of English (webpack.config.ts). */
export const inOrder = <Words extends object>(english: Words, words: object): Words => {
    const values: string[] = Object.values(words);
    return Object.fromEntries(Object.keys(english).map((id, index) => [id, values[index]])) as Words;
};

/** @returns the words for a locale: `de-CH` is close enough to `de`, English is for all the others */
export function languages<Words extends object>(english: Words, others: Record<string, object>): (locale: string) => Words {
    const known = Object.fromEntries(Object.entries(others).map(([language, words]) => [language, inOrder(english, words)]));
    return (locale) => known[locale.toLowerCase().split('-')[0] ?? ''] ?? english;
}

export const wordsIn = languages<Record<WordId, string>>(en, {nl, de});

/** For the few places of the host that take text only. */
export const sayIn =
    (state: () => GlobalState) =>
    (id: WordId): string =>
        wordsIn(state().entities?.users?.profiles?.[currentUserId(state())]?.locale ?? 'en')[id];
