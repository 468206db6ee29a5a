/** What is old goes by itself, and nothing else; a visitor's data can be had as one document. */
import {afterEach, describe, expect, it} from 'vitest';
import {BRIDGE, readAudit, writeAudit} from '../../bridge/admin/audit.ts';
import {AUDIT_JOB, retainAudit} from '../../bridge/admin/audit-retention.ts';
import {createNightly, lastReport, lastServiceReport} from '../../bridge/nightly.ts';
import {exportVisitor} from '../../bridge/privacy/export.ts';
import {retain} from '../../bridge/privacy/retention.ts';
import {eventOf} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {privacyOf} from './privacy.ts';

const DAY = 24 * 3_600_000;

let scene: Scene;
afterEach(() => scene?.stop());

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
    const start = async (config: object = {}) => {
        scene = await startScene({config, ...(dialect === 'postgres' ? {databaseUrl: await createDatabase()} : {})});
        return scene;
    };
    const count = async (table: 'conversation' | 'delivery' | 'log') =>
        Number(
            (
                await scene.bridge.database.read
                    .selectFrom(table)
                    .select((select) => select.fn.countAll<number>().as('count'))
                    .executeTakeFirstOrThrow()
            ).count,
        );

    it('quiet conversations go, lively ones stay', async () => {
        const {mattermost, bridge} = await start({retention_days_conversations: 30, retention_days_log: 0, retention_days_events: 0});
        const old = await scene.open({name: 'Old'});
        const young = await scene.open({name: 'Young'});
        await bridge.database.write((tx) =>
            tx
                .updateTable('conversation')
                .set({activity_at: Date.now() - 31 * DAY})
                .where('conversation_id', '=', old.conversation_id)
                .execute(),
        );
        const {erasing, integration} = await privacyOf(bridge);
        const report = await retain(erasing, await integration());
        expect(report.erased).toMatchObject({conversations: 1, threads: {deleted: 1}, left: []});
        expect(mattermost.look.post(old.root_id)?.delete_at).toBeGreaterThan(0);
        expect(mattermost.look.post(young.root_id)?.delete_at).toBe(0);
        expect(await count('conversation')).toBe(1);
        // It is not erased for good: who writes again is heard.
        const {body} = await bridge.push(
            eventOf('message.created', {conversation_id: old.conversation_id, message_id: 'M9', author: {type: 'visitor'}, text: 'back'}),
        );
        expect(body).toMatchObject({outcome: 'created', state: 'queued'});
    });

    it('log and settled events go after their days; what waits is never old', async () => {
        const {bridge, mattermost} = await start({retention_days_log: 10, retention_days_events: 20});
        const conversation_id = 'C-kept';
        await bridge.deliver(eventOf('conversation.started', {conversation_id, visitor: {name: 'Sanne'}}));
        mattermost.faults.add({kind: 'bad-gateway', route: 'POST /posts'});
        await bridge.push(eventOf('message.created', {conversation_id, message_id: 'M1', author: {type: 'visitor'}, text: 'waits'}));
        await expect.poll(() => count('log')).toBeGreaterThan(0);
        const inDays = async (days: number) => {
            const {erasing, integration} = await privacyOf(bridge, () => Date.now() + days * DAY);
            return retain(erasing, await integration());
        };
        const before = {log: await count('log'), delivery: await count('delivery')};
        expect(await inDays(9)).toMatchObject({log_rows: 0, event_rows: 0});
        expect((await inDays(11)).log_rows).toBeGreaterThanOrEqual(before.log);
        expect(await inDays(19)).toMatchObject({event_rows: 0});
        expect((await inDays(21)).event_rows).toBe(before.delivery - 1);
        mattermost.faults.clear();
        await expect
            .poll(() => mattermost.look.posts(scene.mirror.id).some(({message}) => message.includes('waits')), {timeout: 20_000})
            .toBe(true);
    });

    it('the audit trail is kept for its days, and says in one line what went', async () => {
        const {database} = (await start()).bridge;
        const at = Date.parse('2026-06-01T00:00:00Z');
        const changed = (days: number, subject: string) =>
            database.write((tx) => writeAudit(tx, {at: at - days * DAY, by: BRIDGE, action: 'test.changed', subject}));
        for (const [days, subject] of [
            [731, 'older'],
            [730.001, 'old'],
            [730, 'just kept'],
            [1, 'young'],
        ] as const)
            await changed(days, subject);
        const trail = async () =>
            (await readAudit(database.read, {until: at + 1}, 100)).map(({action, subject, after}) => [
                action,
                subject,
                JSON.parse(after ?? 'null'),
            ]);
        const before = await trail();
        expect(await retainAudit({database, now: () => at, days: 0})).toMatchObject({deleted: 0});
        expect(await trail()).toEqual(before);

        expect(await retainAudit({database, now: () => at, days: 730})).toMatchObject({days: 730, deleted: 2});
        const left = [
            ['audit.retained', '', {deleted: 2, older_than: new Date(at - 730 * DAY).toISOString(), days: 730}],
            ['test.changed', 'young', null],
            ['test.changed', 'just kept', null],
        ];
        expect(await trail()).toEqual(left);
        // Where nothing went there is nothing to say.
        expect(await retainAudit({database, now: () => at, days: 730})).toMatchObject({deleted: 0});
        expect(await trail()).toEqual(left);
    });

    it('a job of the service runs once a night, without any integration', async () => {
        const {database} = (await start()).bridge;
        let at = Date.parse('2026-06-01T02:59:00Z');
        let runs = 0;
        const failed: unknown[] = [];
        const nights = [1, 2].map(() =>
            createNightly({
                database,
                integrations: () => [],
                jobs: [],
                serviceJobs: () => [{name: AUDIT_JOB, run: async () => ({runs: ++runs})}],
                now: () => at,
                onDone: () => undefined,
                onError: (error) => failed.push(error),
                lookMs: 3_600_000,
            }),
        );
        const look = () => Promise.all(nights.map((night) => night.look()));
        await look();
        expect(runs).toBe(0);
        at += 2 * 60_000;
        await look();
        await look();
        expect(runs).toBe(1);
        at += DAY;
        await look();
        expect(await lastServiceReport(database, AUDIT_JOB)).toEqual({runs: 2});
        expect(failed).toEqual([]);
        await Promise.all(nights.map((night) => night.stop()));
    });

    it('a night’s job runs once a night, on one of two bridges, from three in the morning', async () => {
        const {bridge} = await start({time_zone: 'UTC'});
        const {integration} = await privacyOf(bridge);
        const one = await integration();
        let at = Date.parse('2026-03-29T02:59:00Z');
        const runs: string[] = [];
        const nights = ['a', 'b'].map((name) =>
            createNightly({
                database: bridge.database,
                integrations: () => [one],
                jobs: [{name: 'test', run: async () => runs.push(name)}],
                now: () => at,
                onDone: () => undefined,
                onError: (error) => {
                    throw error;
                },
                lookMs: 3_600_000,
            }),
        );
        const look = () => Promise.all(nights.map((night) => night.look()));
        await look();
        expect(runs).toEqual([]);
        at += 2 * 60_000;
        await look();
        await look();
        expect(runs).toHaveLength(1);
        at += DAY;
        await look();
        expect(runs).toHaveLength(2);
        expect(await lastReport(bridge.database, one.id, 'test')).toBe(2);
        await Promise.all(nights.map((night) => night.stop()));
    });
});

it('a visitor’s data as one document: facts, words of both sides, files', async () => {
    scene = await startScene();
    const {mattermost, ireserve, bridge, anna} = scene;
    const {conversation_id, root_id} = await scene.open({name: 'Sanne', email: 'sanne@visitors.example'});
    await ireserve.say(conversation_id, {
        text: 'where is my boat?',
        files: [{name: 'boat.txt', mime_type: 'text/plain', bytes: Buffer.from('boat')}],
    });
    await mattermost.until(() => mattermost.look.posts(scene.mirror.id).some(({message}) => message.includes('where is my boat?')));
    const answer = await mattermost.act.reply(anna.id, root_id, 'at the quay');
    await scene.marked(answer.id, 'white_check_mark');
    await scene.open({name: 'Other', email: 'other@visitors.example'});
    const {erasing, integration, people} = await privacyOf(bridge);
    const exported = await exportVisitor({...erasing, people}, await integration(), {email: 'Sanne@Visitors.example'});
    expect(exported.conversations).toHaveLength(1);
    const [conversation] = exported.conversations;
    expect(conversation?.facts).toMatchObject({conversation_id, visitor: {name: 'Sanne', email: 'sanne@visitors.example'}});
    const posts = conversation?.threads.flatMap((thread) => thread.posts) ?? [];
    expect(posts.map(({by}) => by.kind)).toEqual(['bridge', 'visitor', 'agent']);
    expect(posts[1]?.text).toContain('where is my boat?');
    expect(posts[1]?.files).toMatchObject([{name: 'boat.txt', size: 4}]);
    expect(posts[2]).toMatchObject({text: 'at the quay', by: {kind: 'agent'}});
    expect(JSON.stringify(exported)).not.toContain('other@visitors.example');
});
