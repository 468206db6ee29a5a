import {describe, expect, it} from 'vitest';
import type {Site} from '../site.ts';
import {endedTokens} from './calls.ts';

/** A server whose teams have these slash commands' tokens; `listed` is what its pages show. */
function siteOf(tokens: Record<string, string>, listed: readonly string[][]) {
    return {
        admin: {
            getTeams: async (page: number) => ({
                teams: (listed[page] ?? []).map((id) => ({id})),
                total_count: Object.keys(tokens).length,
            }),
            getCustomTeamCommands: async (id: string) => [{token: tokens[id] ?? ''}],
        },
        known: {teams: new Map(), integration: {secrets: {command_tokens: ['used', 'ended']}}},
    } as unknown as Pick<Site, 'admin' | 'known'>;
}

describe('tokens no slash command has any more', () => {
    it('are those of no team', async () => {
        expect(await endedTokens(siteOf({a: 'used', b: 'other'}, [['a', 'b']]))).toEqual(['ended']);
    });

    it('are not known while a team stood in no page: teams of one name change places between two pages', async () => {
        const many = Array.from({length: 200}, (_, n) => `t${n}`);
        const tokens = Object.fromEntries([...many, 'a'].map((id) => [id, id === 'a' ? 'used' : '']));
        expect(await endedTokens(siteOf(tokens, [many, ['t199']]))).toEqual([]);
    });
});
