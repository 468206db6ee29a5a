/** Installations that are broken in one place: the doctor names the hop, the code and what mends it. */
import {afterEach, describe, expect, it} from 'vitest';
import type {FindingCode} from '../../bridge/doctor/findings.ts';
import type {DoctorOptions} from '../../bridge/doctor/inquiry.ts';
import {type Installation, startInstallation} from './installation.ts';

export const HOOK = '/v1/mattermost/hook';

export type Broken = {
    name: string;
    break?: (here: Installation) => unknown;
    /** Laid over what the doctor is given. */
    given?: (here: Installation) => Partial<DoctorOptions>;
    expected: FindingCode[];
    /** Words of the fix. */
    words: (string | RegExp)[];
    start?: Parameters<typeof startInstallation>[0];
    /** Without an admin's token the same must be found, when it can. */
    alsoWithout?: true;
};

export const hookOn = async ({api, team, mattermost, bridge}: Installation, fields: object = {}) =>
    api<{id: string; token: string}>('POST', '/hooks/outgoing', {
        team_id: team.id,
        channel_id: mattermost.seeded.channels.notifications.id,
        display_name: 'i-Reserve',
        callback_urls: [bridge.url + HOOK],
        content_type: 'application/json',
        ...fields,
    });

/** Declares one test per case: an installation is started, broken, and examined. */
export function examineEachBroken(cases: readonly Broken[]): void {
    describe('broken installations', () => {
        let here: Installation | undefined;
        afterEach(() => here?.end());

        it.each(cases)('$name', async ({break: breakIt, given, expected, words, start, alsoWithout}) => {
            here = await startInstallation(start);
            await breakIt?.(here);
            const change = given?.(here) ?? {};
            // A busy machine's disk is slow, which says nothing of the installation; staged on purpose it is looked for.
            const told = (codes: readonly string[]) =>
                codes.filter((code) => code !== 'database_slow' || expected.includes(code)).toSorted();
            const {codes, text, report} = await here.examine(change);
            expect(told(codes), text).toEqual([...expected].sort());
            for (const word of words)
                expect(text).toMatch(typeof word === 'string' ? new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : word);
            expect(JSON.stringify(report)).not.toContain('"check_failed"');
            if (alsoWithout) expect(told((await here.examine({...change, admin: false})).codes)).toEqual([...expected].sort());
        });
    });
}
