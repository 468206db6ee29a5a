/** The page's own words: they come with it, for only admins need them; and of the other languages only the one that is spoken. */
import React, {type ReactNode, useEffect, useState} from 'react';
import {useIntl} from 'react-intl';
import en from '../../i18n/console/en.json';
import {MoreWords} from '../components/more_words.tsx';
import {Words, wordsFrom} from '../components/words.tsx';
import {inOrder} from '../registrations/translations.ts';

export type ConsoleWord = keyof typeof en;

export const {Words: Say, useWords: useSay} = wordsFrom<ConsoleWord>(en);

const OTHERS: Record<string, () => Promise<{default: object}>> = {
    nl: () => import(/* webpackChunkName: "console-nl" */ '../../i18n/console/nl.json'),
    de: () => import(/* webpackChunkName: "console-de" */ '../../i18n/console/de.json'),
};

/** Beside those of the host. */
export function ConsoleWords({children}: {children: ReactNode}) {
    const {locale} = useIntl();
    const load = OTHERS[locale.toLowerCase().split('-')[0] ?? ''];
    const [words, setWords] = useState<Record<string, string> | null>(load ? null : en);
    useEffect(() => {
        let isShown = true;
        const known = load ? load().then((part) => inOrder<Record<string, string>>(en, part.default)) : Promise.resolve(en);
        // A page in English is better than none.
        void known
            .catch(() => en)
            .then((given) => {
                if (isShown) setWords(given);
            });
        return () => {
            isShown = false;
        };
    }, [load]);
    if (!words) {
        return (
            <p role="status">
                <Words id="ireserve.loading" />
            </p>
        );
    }
    return <MoreWords wordsIn={() => words}>{children}</MoreWords>;
}
