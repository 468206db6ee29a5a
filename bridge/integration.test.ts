import {describe, expect, it} from 'vitest';
import {givenConfig, IntegrationConfig} from './integration.ts';

const SERVER = {server_url: 'https://mm.example', channel_id: 'a'.repeat(26)};
const messages = (schema: ReturnType<typeof givenConfig>, guard_patterns: string[]) =>
    schema.safeParse({...SERVER, guard_patterns}).error?.issues.map(({path, message}) => `${path.join('.')}: ${message.split(':')[0]}`);

describe('patterns of what is not meant for visitors', () => {
    it('are refused where they can’t be matched in time, each by its place', () => {
        expect(messages(givenConfig(), ['(', '(?=a)', 'ok', 'a{1001}'])).toEqual([
            'guard_patterns.0: not_a_pattern',
            'guard_patterns.1: pattern_unsupported',
            'guard_patterns.3: pattern_too_large',
        ]);
        expect(messages(givenConfig(), ['^(a+)+$'])).toBeUndefined();
    });

    it('of an older version are read, and stay while other settings are changed; no new one is taken', () => {
        const stored = IntegrationConfig.parse({...SERVER, guard_patterns: ['(?=a)']});
        expect(messages(givenConfig(stored), ['(?=a)'])).toBeUndefined();
        expect(messages(givenConfig(stored), ['(?=a)', '(?=b)'])).toEqual(['guard_patterns.1: pattern_unsupported']);
    });

    it('there are some by default', () => {
        expect(givenConfig().parse(SERVER).guard_patterns).toHaveLength(3);
    });
});
