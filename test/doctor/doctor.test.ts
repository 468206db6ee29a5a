/** The doctor on an installation that is in order, and what the report holds. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CHECKLISTS} from '../../bridge/doctor/checklists.ts';
import {FINDINGS, type FindingCode, mendOf} from '../../bridge/doctor/findings.ts';
import {DoctorReport} from '../../bridge/doctor/report.ts';
import {CHECKS} from '../../bridge/doctor/run.ts';
import {lastReport} from '../../bridge/doctor/stored.ts';
import {type Installation, startInstallation} from './installation.ts';

describe.each(['11.1', '5.37'] as const)('an installation in order, Mattermost %s', (version) => {
    let here: Installation;
    beforeAll(async () => {
        here = await startInstallation({server: {version}});
    });
    afterAll(() => here.end());

    it('has every hop green for an admin, and nothing bad without one', async () => {
        const {report, codes, text} = await here.examine();
        expect(codes, text).toEqual(version === '5.37' ? ['server_old_for_plugin'] : []);
        expect(report.hops.filter(({state}) => state === 'failed' || state === 'not_checked')).toEqual([]);
        const without = await here.examine({admin: false});
        expect(without.codes).toEqual(codes);
        expect(JSON.stringify(without.report)).toContain('give --admin-token-file');
        expect(DoctorReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    });

    it('posts nothing, and i-Reserve gets pings only', async () => {
        const posts = () => here.mattermost.look.posts(here.mirror.id, {system: true, deleted: true}).length;
        const before = [posts(), here.ireserve.received.length];
        await here.examine();
        expect([posts(), here.ireserve.received.filter(({type}) => type !== 'ping').length]).toEqual([before[0], 0]);
        expect(here.ireserve.received.length).toBeGreaterThan(before[1] ?? 0);
    });

    it('keeps the report', async () => {
        const {report} = await here.examine();
        expect(await lastReport(here.bridge.database, here.bridge.integration.id)).toEqual(report);
    });

    it('holds no secret', async () => {
        const {report} = await here.examine();
        const said = JSON.stringify(report);
        for (const secret of [
            here.mattermost.seeded.bot.token,
            here.admin.token,
            here.command.token,
            here.bridge.signingSecret,
            here.bridge.token,
        ])
            expect(said).not.toContain(secret);
    });
});

describe('the tables', () => {
    it('every check stands in a checklist, and every item of the lists has checks that exist', () => {
        const items = Object.values(CHECKLISTS).flat();
        const known = new Set(CHECKS.map(({id}) => id));
        expect(known.size).toBe(CHECKS.length);
        for (const {item, checks} of items) {
            expect(checks.length, item).toBeGreaterThan(0);
            for (const check of checks) expect(known, `${item}: ${check}`).toContain(check);
        }
        expect([...known].filter((id) => !items.some(({checks}) => checks.includes(id)))).toEqual([]);
    });

    it('every finding says how to mend it, with each setting in three ways', () => {
        for (const code of Object.keys(FINDINGS) as FindingCode[]) {
            const {text, settings} = mendOf(code, {integration: 'aurora'});
            expect(text, code).toMatch(/\w{3}/);
            expect(text, code).not.toContain('{');
            for (const {name, environment, mmctl} of settings) {
                expect(environment).toMatch(/^MM_[A-Z]+_[A-Z]+=/);
                expect(mmctl).toContain(`config set ${name} `);
            }
        }
    });

    it('a check that hangs is given up, and the others are told all the same', async () => {
        const here = await startInstallation();
        try {
            here.mattermost.faults.add({kind: 'silent', route: 'GET /plugins/webapp'});
            const {report, codes} = await here.examine({limitMs: 1500});
            expect(codes).toEqual(['check_timed_out']);
            expect(report.hops.find(({hop}) => hop === 'bot')?.state).toBe('ok');
        } finally {
            await here.end();
        }
    });
});
