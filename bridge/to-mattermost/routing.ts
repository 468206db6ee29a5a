/** Which channel a conversation belongs in. Pure. */
import type {RoutingAnswer, RoutingQuestion, Visitor} from '../contract.ts';
import type {IntegrationConfig, RoutingRule} from '../integration.ts';

type Verdict = {readonly matched: boolean; readonly why: string};

/**
 * The channel of the first rule whose conditions all hold, else the mirror channel. `considered` ends with the rule that matched.
 *
 * Text is compared without case, `*` stands for anything, also nothing. A language also matches its regional forms (`nl` covers
 * `nl-BE`); a page pattern may leave out the scheme and a final slash. Takes time linear in the length of the texts for each segment
 * of a pattern: there are no regular expressions that could be made to backtrack.
 */
export function routeConversation(config: Pick<IntegrationConfig, 'channel_id' | 'routing'>, question: RoutingQuestion): RoutingAnswer {
    const considered: RoutingAnswer['considered'] = [];
    for (const [rule, conditions] of config.routing.entries()) {
        const {matched, why} = judge(conditions, question);
        considered.push({rule, matched, why});
        if (matched) return {channel_id: conditions.channel_id, rule, considered};
    }
    return {channel_id: config.channel_id, rule: null, considered};
}

function judge(rule: RoutingRule, {language, topic, page, visitor}: RoutingQuestion): Verdict {
    const verdicts: Verdict[] = [];
    if (rule.language !== undefined) verdicts.push(compare('language', language, rule.language, languageMatches));
    if (rule.page !== undefined) verdicts.push(compare('page', page?.url, rule.page, pageMatches));
    if (rule.topic !== undefined) verdicts.push(compare('topic', topic, rule.topic, matches));
    if (rule.property !== undefined) {
        const {name, value} = rule.property;
        verdicts.push(compare(`property ${quote(name)}`, propertyOf(visitor, name), value, matches));
    }
    const failed = verdicts.find((verdict) => !verdict.matched);
    if (failed) return failed;
    if (verdicts.length === 0) return {matched: true, why: 'the rule has no conditions, so it matches everything'};
    return {matched: true, why: verdicts.map((verdict) => verdict.why).join(', and ')};
}

function compare(what: string, actual: string | undefined, wanted: string, test: (actual: string, wanted: string) => boolean): Verdict {
    if (actual === undefined) return {matched: false, why: `${what} is not known, and the rule wants ${quote(wanted)}`};
    return test(actual, wanted)
        ? {matched: true, why: `${what} ${quote(actual)} matches ${quote(wanted)}`}
        : {matched: false, why: `${what} is ${quote(actual)}, and the rule wants ${quote(wanted)}`};
}

function languageMatches(actual: string, wanted: string): boolean {
    return matches(actual, wanted) || (!wanted.includes('*') && fold(actual).startsWith(`${fold(wanted)}-`));
}

function pageMatches(actual: string, wanted: string): boolean {
    const withoutSlash = (url: string) => (url.endsWith('/') ? url.slice(0, -1) : url);
    const address = wanted.includes('://') ? actual : actual.replace(/^https?:\/\//i, '');
    return matches(address, wanted) || matches(withoutSlash(address), withoutSlash(wanted));
}

/** Property names are compared without case, too: they are typed by hand in the rule. */
function propertyOf(visitor: Visitor | undefined, name: string): string | undefined {
    const entry = Object.entries(visitor?.properties ?? {}).find(([key]) => fold(key) === fold(name));
    return entry && String(entry[1]);
}

/** `*` matches any stretch: the segments between must occur in order, the first at the start, the last at the end. */
function matches(actual: string, wanted: string): boolean {
    const text = fold(actual);
    const [first = '', ...others] = fold(wanted).split('*');
    const last = others.pop();
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const segment of others) {
        // The earliest place leaves most room for the segments to come, so there is nothing to try again.
        const found = text.indexOf(segment, at);
        if (found < 0) return false;
        at = found + segment.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
}

function fold(text: string): string {
    return text.normalize('NFC').toLowerCase();
}

function quote(text: string): string {
    const shown = Array.from(text);
    return `“${shown.length > 100 ? `${shown.slice(0, 99).join('')}…` : text}”`;
}
