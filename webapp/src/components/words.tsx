/** Every word that is shown, by its id in i18n/. */
import React, {type ReactNode} from 'react';
import {FormattedMessage, useIntl} from 'react-intl';
import en from '../../i18n/en.json';

export type WordId = keyof typeof en;
type Values = Record<string, string | number>;

/** For one catalogue: the panel's own below, or that of a part which is loaded later and brings it along (more_words.tsx). */
export function wordsFrom<Id extends string>(english: Record<Id, string>) {
    return {
        Words: ({id, values}: {id: Id; values?: Record<string, ReactNode>}) => (
            <FormattedMessage id={id} defaultMessage={english[id]} {...(values ? {values} : {})} />
        ),
        /** For attributes, which take text only. */
        useWords(): (id: Id, values?: Values) => string {
            const {formatMessage} = useIntl();
            return (id, values) => formatMessage({id, defaultMessage: english[id]}, values);
        },
    };
}

export const {Words, useWords} = wordsFrom<WordId>(en);
