import React, {type ReactNode} from 'react';
import {IntlProvider, useIntl} from 'react-intl';

/** Around a part that is loaded later: adds its words to the host's, which were registered at the start and stay as they are. */
export function MoreWords({wordsIn, children}: {wordsIn: (locale: string) => Record<string, string>; children: ReactNode}) {
    const {locale, timeZone, messages, onError} = useIntl();
    const zone = timeZone === undefined ? {} : {timeZone};
    return (
        <IntlProvider locale={locale} {...zone} onError={onError} messages={{...(messages as Record<string, string>), ...wordsIn(locale)}}>
            {children}
        </IntlProvider>
    );
}
