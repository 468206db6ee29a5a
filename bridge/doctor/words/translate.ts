/** Reports in the language of who reads them. They are kept in English, with what their blanks were filled in with. */
import type {BridgeLanguage} from '../../to-mattermost/phrases.ts';
import {type About, FINDINGS, type FindingCode, filled} from '../findings.ts';
import type {DoctorReport, FindingInReport} from '../report.ts';
import type {RoundTripReport} from '../round-trip-report.ts';
import {spoken} from '../said.ts';
import {DOCTOR_WORDS} from './words.ts';

const isKnown = (code: string): code is FindingCode => Object.hasOwn(FINDINGS, code);

/** What is unknown here, as in a report of another version, stays English. */
const translator = (said: Record<string, string>) => (words: string) => (Object.hasOwn(said, words) ? said[words] : undefined) ?? words;

export function reportIn(language: BridgeLanguage, report: DoctorReport): DoctorReport {
    if (language === 'en') return report;
    const {findings, said} = DOCTOR_WORDS[language];
    const translate = translator(said);
    const finding = (one: FindingInReport): FindingInReport => {
        const text = one.said ? spoken(one.said, translate) : one.text;
        if (!isKnown(one.code) || !one.about || one.means !== FINDINGS[one.code].means) return {...one, text};
        const [means, mend] = findings[one.code];
        return {...one, text, means, mend: filled(mend, one.about as About)};
    };
    return {
        ...report,
        hops: report.hops.map((hop) => ({
            ...hop,
            title: translate(hop.title),
            checks: hop.checks.map((check) => ({...check, title: translate(check.title), findings: check.findings.map(finding)})),
        })),
        checklist: report.checklist.map((one) => ({...one, item: translate(one.item)})),
    };
}

export function roundTripIn(language: BridgeLanguage, report: RoundTripReport): RoundTripReport {
    if (language === 'en') return report;
    const translate = translator(DOCTOR_WORDS[language].said);
    return {...report, hops: report.hops.map((hop) => ({...hop, title: translate(hop.title)}))};
}
