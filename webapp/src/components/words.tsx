/** Every word that is shown, by its id in i18n/. */
import React, {type ReactNode} from 'react';
import {FormattedMessage, useIntl} from 'react-intl';
import en from '../../i18n/en.json';

export type WordId = keyof typeof en;
type Values = Record<string, string | number>;

export function Words({id, values}: {id: WordId; values?: Record<string, ReactNode>}) {
    return <FormattedMessage id={id} defaultMessage={en[id]} {...(values ? {values} : {})} />;
}

/** For attributes, which take text only. */
export function useWords(): (id: WordId, values?: Values) => string {
    const {formatMessage} = useIntl();
    return (id, values) => formatMessage({id, defaultMessage: en[id]}, values);
}
