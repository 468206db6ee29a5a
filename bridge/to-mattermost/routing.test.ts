import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cpuMs} from '../../test/support/cpu-time.ts';
import {check} from '../../test/support/seeds.ts';
import type {RoutingQuestion} from '../contract.ts';
import type {RoutingRule} from '../integration.ts';
import {routeConversation} from './routing.ts';

const mirror = 'm'.repeat(26);
const other = 'o'.repeat(26);
const route = (question: RoutingQuestion, ...routing: Omit<RoutingRule, 'channel_id'>[]) =>
    routeConversation({channel_id: mirror, routing: routing.map((rule) => ({...rule, channel_id: other}))}, question);

describe('routeConversation', () => {
    it.each<[boolean, Omit<RoutingRule, 'channel_id'>, RoutingQuestion]>([
        [true, {language: 'NL'}, {language: 'nl-BE'}],
        [false, {language: 'nl'}, {language: 'nlx'}],
        [false, {language: 'nl-BE'}, {language: 'nl'}],
        [true, {page: 'www.a.nl/boats*'}, {page: {url: 'https://www.a.nl/Boats/1'}}],
        [true, {page: 'www.a.nl'}, {page: {url: 'https://www.a.nl/'}}],
        [true, {page: '*/checkout?*'}, {page: {url: 'https://www.a.nl/checkout?x=1'}}],
        [false, {page: 'https://a.nl/*'}, {page: {url: 'http://a.nl/x'}}],
        [false, {page: 'www.a.nl/boats'}, {page: {url: 'https://www.a.nl/boats/1'}}],
        [true, {topic: '*bil*l*'}, {topic: 'Billing and all'}],
        [false, {topic: 'ab*ba'}, {topic: 'aba'}],
        [true, {property: {name: 'VIP', value: 'true'}}, {visitor: {properties: {vip: true}}}],
        [false, {property: {name: 'toString', value: '*'}}, {visitor: {properties: {}}}],
        [false, {language: 'nl', topic: 'x'}, {language: 'nl', topic: 'y'}],
        [true, {}, {}],
    ])('%s: %j for %j', (matched, rule, question) => {
        const answer = route(question, rule);
        expect(answer.considered).toMatchObject([{rule: 0, matched}]);
        expect(answer).toMatchObject(matched ? {channel_id: other, rule: 0} : {channel_id: mirror, rule: null});
    });

    it('takes the first rule that matches, and says why the others did not', () => {
        const answer = route({language: 'de', topic: 'x'}, {language: 'nl'}, {topic: 'x'}, {language: 'de'});
        expect(answer.rule).toBe(1);
        expect(answer.considered.map(({why}) => why)).toEqual(['language is “de”, and the rule wants “nl”', 'topic “x” matches “x”']);
    });

    it('agrees with the obvious pattern matcher', async () => {
        const letters = fc.string({unit: fc.constantFrom('a', 'b', '*'), maxLength: 6});
        await check(
            fc.property(letters, fc.string({unit: fc.constantFrom('a', 'b'), maxLength: 8}), (pattern, topic) => {
                const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(topic);
                expect(route({topic}, {topic: pattern}).rule === 0).toBe(expected);
            }),
            {numRuns: 1000},
        );
    });

    it('does not backtrack', () => {
        const pattern = `${'a*'.repeat(5000)}b`;
        expect(cpuMs(() => route({topic: 'a'.repeat(100_000)}, {topic: pattern}))).toBeLessThan(2000);
    });
});
