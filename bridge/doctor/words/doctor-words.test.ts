/** The doctor in Dutch and German: everything it can say is translated, with the same blanks, and nothing an admin has to type is. */
import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {parse} from '@swc/core';
import {describe, expect, it} from 'vitest';
import {readFiles} from '../../../test/support/repository-files.ts';
import {languageOf} from '../../admin-api/language.ts';
import {CHECKLISTS} from '../checklists.ts';
import {FINDINGS, type FindingCode} from '../findings.ts';
import {type DoctorReport, HOPS} from '../report.ts';
import {HOP_NAMES, titleOf} from '../round-trip-report.ts';
import {CHECKS} from '../run.ts';
import {listed, said, spoken} from '../said.ts';
import {reportIn} from './translate.ts';
import translatedFrom from './translated-from.json' with {type: 'json'};
import {DOCTOR_WORDS} from './words.ts';

const CODES = Object.keys(FINDINGS) as FindingCode[];
const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
/** Options, variables, commands, addresses, files and places: the same in every language. */
const typed = (text: string) =>
    [
        ...(text.match(/--[\w-]+(?: (?:\{\w+\}|[A-Z]{3,}|generate|""|https:\/\/…))?/g) ?? []),
        ...(text.match(/\b[A-Z]{2,}(?:_[A-Z]+)+(?:=\S+)?/g) ?? []),
        ...(text.match(/ireserve-bridge setup|(?:ireserve-bridge|mmctl|chmod) (?!setup)[a-z0-9]+(?: [a-z]+)?(?: \{\w+\})?/g) ?? []),
        ...(text.match(/(?:docs\/\w+\.md|\/api\/v4\S*|prepackaged_plugins|config\.json|NODE_EXTRA_CA_CERTS=FILE)/g) ?? []),
        ...(text.match(/(?:[A-Z]\w+(?: [A-Z]\w+)*|@\{bot\})(?: → (?:[A-Z][\w-]*(?: [A-Z][\w]*)*|@\{bot\}))+/g) ?? []),
    ]
        .map((one) => one.replace(/[.,;]$/, ''))
        .sort();

/** The English words of every said`…` in the doctor. */
async function phrases(): Promise<Set<string>> {
    const found = new Set<string>();
    const look = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return;
        const {type, tag, template} = node as {type?: string; tag?: {value?: string}; template?: {quasis: {cooked: string}[]}};
        if (type === 'TaggedTemplateExpression' && tag?.value === 'said' && template)
            found.add(template.quasis.map(({cooked}) => cooked).reduce((words, part, index) => `${words}{${index - 1}}${part}`));
        // A list's are its elements.
        for (const one of Object.values(node)) look(one);
    };
    for (const {path, text} of await readFiles(join(import.meta.dirname, '../../..')))
        if (/^bridge\/doctor\/.*(?<!\.test)\.ts$/.test(path)) look(await parse(text, {syntax: 'typescript', target: 'es2022'}));
    return found;
}

/** With letters of its own: `{0}: {1}` needs no translation. */
const isWords = (text: string) => /\p{L}/u.test(text.replace(/\{\w+\}/g, ''));

describe.each(['nl', 'de'] as const)('in %s', (language) => {
    const words = DOCTOR_WORDS[language];

    it.each(CODES)('%s is translated, with the same blanks, and what is typed stays as it is', (code) => {
        const {means, mend} = FINDINGS[code];
        const [translated, mending] = words.findings[code] ?? [];
        expect(translated).toMatch(/\p{L}.*[.]$/u);
        expect(translated).not.toBe(means);
        expect(blanks(translated)).toEqual(blanks(means));
        expect(mending).toMatch(/\S/);
        expect(blanks(mending)).toEqual(blanks(mend));
        expect(typed(mending)).toEqual(typed(mend));
        expect(typed(translated)).toEqual(typed(means));
    });

    it('every hop, check, item and finding has words, and there are no others', async () => {
        const all = await phrases();
        expect(all.size).toBeGreaterThan(60);
        const titles = [...Object.values(HOPS), ...CHECKS.map(({title}) => title), ...HOP_NAMES.map(titleOf)];
        const items = Object.values(CHECKLISTS).flatMap((list) => list.map(({item}) => item));
        const wanted = [...new Set([...all, ...titles, ...items])].filter(isWords);
        expect(Object.keys(words.said).sort()).toEqual(wanted.sort());
        for (const [english, translated] of Object.entries(words.said)) {
            expect(translated, english).toMatch(/\S/);
            expect(blanks(translated), english).toEqual(blanks(english));
        }
    });
});

it.each(CODES)('%s is not reworded since it was translated', (code) => {
    const {means, mend} = FINDINGS[code];
    const now = createHash('sha256').update(`${means}\n${mend}`).digest('hex').slice(0, 8);
    expect(now, 'translate it anew in bridge/doctor/words/, then note this in translated-from.json').toBe(
        (translatedFrom as Record<string, string>)[code],
    );
});

const REPORT: DoctorReport = {
    at: '2026-11-22T09:00:00.000Z',
    integration: 'aurora',
    environment: 'test',
    version: '1.0.0',
    state: 'failed',
    hops: [
        {
            hop: 'channels',
            title: HOPS.channels,
            state: 'failed',
            checks: [
                {
                    check: 'mirror',
                    title: 'Mirror channel',
                    state: 'failed',
                    text: '',
                    ms: 1,
                    findings: [
                        {
                            code: 'bot_not_in_channel',
                            severity: 'error',
                            text: 'mirror channel, notification paid: @bot is not in ~support',
                            means: FINDINGS.bot_not_in_channel.means,
                            mend: 'Add @bot there: channel menu → Members → Add, channel ~support.',
                            settings: [],
                            said: said`${listed([said`mirror channel`, said`notification ${'paid'}`])}: @${'bot'} is not in ~${'support'}`,
                            about: {bot: 'bot', channel: '~support', integration: 'aurora'},
                        },
                    ],
                },
            ],
        },
    ],
    checklist: [{item: 'Channel IDs noted and right', state: 'failed', checks: ['mirror']}],
};

describe('a report', () => {
    const finding = (report: DoctorReport) => report.hops[0]?.checks[0]?.findings[0];

    it('is told in the language that was asked for, with what was found here', () => {
        const dutch = reportIn('nl', REPORT);
        expect(dutch.hops[0]?.title).toBe('Kanalen');
        expect(dutch.hops[0]?.checks[0]?.title).toBe('Spiegelkanaal');
        expect(dutch.checklist[0]?.item).toBe('Kanaal-ID’s genoteerd en juist');
        expect(finding(dutch)).toMatchObject({
            code: 'bot_not_in_channel',
            text: 'spiegelkanaal, melding paid: @bot zit niet in ~support',
            means: 'De bot is geen lid van een ingesteld kanaal.',
            mend: 'Voeg @bot daar toe: kanaalmenu → Members → Add, kanaal ~support.',
        });
        expect(finding(reportIn('de', REPORT))?.text).toBe('Spiegelkanal, Benachrichtigung paid: @bot ist nicht in ~support');
        expect(reportIn('en', REPORT)).toBe(REPORT);
    });

    it('of another version stays English where it is not known', () => {
        const [hop] = REPORT.hops;
        const of = (changes: object) => ({
            ...REPORT,
            hops: [{...hop, title: 'A new hop', checks: [{...hop?.checks[0], findings: [{...finding(REPORT), ...changes}]}]}],
        });
        const {text, means, mend} = finding(REPORT) ?? {};
        const told = (changes: object) => finding(reportIn('de', of(changes) as DoctorReport));
        expect(told({code: 'constructor'})).toMatchObject({means, mend});
        expect(told({means: 'Reworded.'})).toMatchObject({means: 'Reworded.', mend});
        expect(told({about: undefined, said: undefined})).toMatchObject({text, means, mend});
        expect(told({said: {words: 'never said {0}', values: ['x']}})?.text).toBe('never said x');
        expect(reportIn('de', of({}) as DoctorReport).hops[0]?.title).toBe('A new hop');
    });

    it('keeps blanks of its own text when values look like some', () => {
        expect(spoken(said`${'{1}'} leads to ${'x'}`)).toBe('{1} leads to x');
    });
});

it.each([
    [undefined, 'en'],
    ['nl', 'nl'],
    ['de-CH', 'de'],
    ['fr, nl;q=0.5, de;q=0.8', 'de'],
    ['nl;q=0, de;q=0', 'en'],
    ['*', 'en'],
    [`${'x,'.repeat(50_000)}nl`, 'en'],
] as const)('Accept-Language %s is %s', (header, language) => {
    expect(languageOf({'accept-language': header})).toBe(language);
});
