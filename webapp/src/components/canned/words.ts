import de from '../../../i18n/canned/de.json';
import en from '../../../i18n/canned/en.json';
import nl from '../../../i18n/canned/nl.json';
import {languages} from '../../registrations/translations.ts';
import {wordsFrom} from '../words.tsx';

export const wordsIn = languages<Record<keyof typeof en, string>>(en, {nl, de});
export const {Words, useWords} = wordsFrom<keyof typeof en>(en);
