/** What waits, what was given up, the log and the overview, from the command line. */
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {followLog, type LogFilter, readLog} from '../../bridge/admin/log.ts';
import type {Integration} from '../../bridge/integration.ts';
import {createIntegrations, queueOf} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {append, type NewDelivery, writeLog} from '../../bridge/store/lanes.ts';
import {type Database, openDatabase, ownSqlite} from '../../bridge/store/open.ts';
import {raiseNotice} from '../../bridge/store/records.ts';
import type {LogEntry} from '../../bridge/store/schema.ts';
import {createDatabase} from '../support/database.ts';
import {
    addIntegration,
    ESCAPE,
    json,
    newFolder,
    OTHER_CHANNEL,
    openStore,
    PATIENCE_MS,
    run,
    type Store,
    start,
    startReady,
    widest,
} from './command-line.ts';

describe('deliveries, log and status', {timeout: PATIENCE_MS}, () => {
    const folder = newFolder();
    let store: Store;
    let aurora: Integration;
    const HOUR = 3_600_000;
    const LONG_DETAIL = `${ESCAPE}[31mMattermost refused: ${'a long story '.repeat(20)}`;

    const delivery = (number: number, more: Partial<NewDelivery> = {}): NewDelivery => ({
        integration_id: aurora.id,
        direction: 'to-mattermost',
        source_id: `evt-${number}`,
        digest: 'digest',
        lane: `${queueOf(aurora.id, 'to-mattermost')}/c:C-${number}`,
        queue: queueOf(aurora.id, 'to-mattermost'),
        priority: 0,
        sequence: null,
        needsLane: false,
        type: 'message.created',
        conversation_id: `C-${number}`,
        body: '{"data":{"text":"what the visitor wrote"}}',
        state: 'queued',
        outcome: 'created',
        reason_code: null,
        reason_detail: null,
        received_at: Date.now() - 2 * HOUR,
        files: [],
        ...more,
    });
    const rowOf = (seq: number) => store.database.read.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow();
    const laneOf = (number: number) =>
        store.database.read.selectFrom('lane').selectAll().where('key', '=', delivery(number).lane).executeTakeFirstOrThrow();

    const entry = (more: Partial<LogEntry>): LogEntry => ({
        at: Date.now(),
        integration_id: aurora.id,
        direction: 'to-mattermost',
        level: 'info',
        code: 'delivered',
        detail: '',
        type: 'message.created',
        conversation_id: 'C-1',
        source_id: 'evt-1',
        delivery_seq: null,
        attempt: 1,
        duration_ms: 5,
        ...more,
    });

    /** Appends as the service does and, where wanted, gives it up as the outbox does. */
    async function insert(database: Database, number: number, dead: boolean, more: Partial<NewDelivery> = {}): Promise<number> {
        return database.write(async (tx) => {
            const appended = await append(tx, delivery(number, more), Date.now() + HOUR, null);
            if (appended.kind !== 'stored') throw new Error(appended.kind);
            const {seq, lane} = appended.row;
            if (dead) {
                const set = {state: 'dead', reason_code: 'post_refused', reason_detail: LONG_DETAIL, finished_at: Date.now()} as const;
                await tx.updateTable('delivery').set(set).where('seq', '=', seq).execute();
                await tx.updateTable('lane').set({pending: 0, due: null}).where('key', '=', lane).execute();
            }
            return seq;
        });
    }

    beforeAll(async () => {
        store = await openStore(folder);
        aurora = await addIntegration(store, 'aurora');
    });
    afterAll(() => store.database.close());

    it('lists what is not settled, in 100 columns and without what was said', async () => {
        const dead = await insert(store.database, 1, true);
        const queued = await insert(store.database, 2, false);
        const ignored = await insert(store.database, 3, false, {state: 'ignored', outcome: 'ignored', reason_code: 'stale'});
        const list = await run(folder, ['deliveries', 'list']);
        expect(list.out).toMatch(/^SEQ +STATE +AGE +TRIES +INTEGRATION +TYPE +CONVERSATION +REASON\n/);
        const [, first = '', second = '', ...rest] = list.out.split('\n');
        expect(first).toMatch(new RegExp(`^ *${dead} +dead +2 h +0 +aurora +message.created +C-1 +post_refused: .*…$`));
        expect(second).toMatch(new RegExp(`^ *${queued} +queued +2 h`));
        expect(rest).toEqual(['']);
        expect(widest(list.out)).toBe(100);
        expect(list.out).not.toContain(ESCAPE);

        const all = json(await run(folder, ['deliveries', 'list', '--state', 'all', '--integration', 'aurora', '--limit', '2', '--json']));
        expect(all).toMatchObject({
            deliveries: [
                {seq: ignored, state: 'ignored'},
                {seq: queued, integration: 'aurora', attempts: 0},
            ],
            more: true,
        });
        const one = json(await run(folder, ['deliveries', 'list', '--conversation', 'C-1', '--state', 'dead', '--json']));
        expect(one.deliveries.map(({seq}: {seq: number}) => seq)).toEqual([dead]);
        expect(JSON.stringify([all, one])).not.toContain('visitor wrote');
    });

    it('shows one delivery, and what was said only when asked', async () => {
        const seq = (
            await store.database.read.selectFrom('delivery').select('seq').where('source_id', '=', 'evt-1').executeTakeFirstOrThrow()
        ).seq;
        await store.database.write((tx) => writeLog(tx, [entry({delivery_seq: seq, level: 'error', code: 'post_refused', attempt: 5})]));
        const shown = await run(folder, ['deliveries', 'show', String(seq)]);
        expect(shown.out).toMatch(/State +dead after 0 tries\n/);
        expect(shown.out).toMatch(/error +mm +post_refused +C-1 +5 +message.created/);
        expect(shown.out).not.toContain('visitor wrote');
        const body = json(await run(folder, ['deliveries', 'show', String(seq), '--body', '--json']));
        expect(body).toMatchObject({
            delivery: {seq, state: 'dead'},
            log: [{code: 'post_refused', attempt: 5}],
            body: {data: {text: 'what the visitor wrote'}},
        });
        const unknown = await run(folder, ['deliveries', 'show', '999']);
        expect(unknown).toMatchObject({code: 3, err: expect.stringContaining('next: See ireserve-bridge deliveries list')});
    });

    it('retries dead deliveries, hurries waiting ones, and refuses settled ones', async () => {
        const [dead, waiting] = [await insert(store.database, 11, true), await insert(store.database, 12, false)];
        const settled = await insert(store.database, 13, false, {state: 'ignored', outcome: 'ignored'});
        const retried = await run(folder, ['deliveries', 'retry', String(dead), String(waiting)]);
        expect(retried).toMatchObject({code: 0, err: ''});
        expect(retried.out).toContain(`${dead}: queued again`);
        expect(await rowOf(dead)).toMatchObject({state: 'queued', reason_code: 'replayed'});
        expect(await laneOf(11)).toMatchObject({pending: 1});
        for (const lane of [await laneOf(11), await laneOf(12)]) expect(lane.due).toBeLessThanOrEqual(Date.now());
        const logged = json(await run(folder, ['log', '--event', 'evt-11', '--json'])).entries;
        expect(logged).toMatchObject([{code: 'replayed', detail: 'queued again by hand', delivery_seq: dead, integration: 'aurora'}]);

        const refused = await run(folder, ['deliveries', 'retry', String(settled), '--json']);
        expect(refused.code).toBe(1);
        expect(json(refused).results).toEqual([{seq: settled, outcome: 'settled', state: 'ignored'}]);
        const unknown = await run(folder, ['deliveries', 'retry', '999']);
        expect(unknown).toMatchObject({code: 3, out: '999: does not exist\n'});
    });

    it('retries a conversation from one of its dead deliveries on', async () => {
        const of = (name: string): Partial<NewDelivery> => ({...delivery(41), source_id: name});
        const [before, first, third] = [
            await insert(store.database, 41, true, of('before')),
            await insert(store.database, 41, true, of('first')),
            await insert(store.database, 41, true, of('third')),
        ];
        const elsewhere = await insert(store.database, 42, true);
        expect((await run(folder, ['deliveries', 'retry', String(first), String(third), '--following'])).code).toBe(2);
        const retried = json(await run(folder, ['deliveries', 'retry', String(first), '--following', '--json']));
        expect(retried.results.map(({seq, outcome}: {seq: number; outcome: string}) => [seq, outcome])).toEqual([
            [first, 'queued'],
            [third, 'queued'],
        ]);
        for (const seq of [before, elsewhere]) expect((await rowOf(seq)).state).toBe('dead');
    });

    it('retries all dead deliveries of one integration, and says when it is paused', async () => {
        const dead = [await insert(store.database, 21, true), await insert(store.database, 22, true)];
        expect((await run(folder, ['deliveries', 'retry', '--all-dead'])).code).toBe(2);
        expect((await rowOf(dead[0] as number)).state).toBe('dead');
        await store.integrations.change(aurora.id, {state: 'paused'});
        const retried = await run(folder, ['deliveries', 'retry', '--all-dead', '--integration', 'aurora', '--json']);
        await store.integrations.change(aurora.id, {state: 'active'});
        expect(retried.err).toContain('aurora is paused: they go out once it is active');
        const {results} = json(retried);
        expect(results).toEqual(expect.arrayContaining(dead.map((seq) => ({seq, outcome: 'queued', state: 'queued'}))));
        for (const seq of dead) expect((await rowOf(seq)).state).toBe('queued');
    });

    it('discards only with a reason, and not what is being tried', async () => {
        const [first, busy] = [await insert(store.database, 31, true), await insert(store.database, 32, false)];
        expect((await run(folder, ['deliveries', 'discard', String(first)])).code).toBe(2);
        expect((await run(folder, ['deliveries', 'discard', String(first), '--reason', ' '])).code).toBe(2);
        expect((await rowOf(first)).state).toBe('dead');
        await store.database.write((tx) => tx.updateTable('lane').set({owner: 'a bridge'}).where('key', '=', delivery(32).lane).execute());
        const discarded = await run(folder, ['deliveries', 'discard', String(first), String(busy), '--reason', 'test data', '--json']);
        expect(discarded.code).toBe(1);
        expect(json(discarded).results).toEqual([
            {seq: first, outcome: 'discarded', state: 'discarded'},
            {seq: busy, outcome: 'busy', state: 'queued'},
        ]);
        expect(await rowOf(first)).toMatchObject({state: 'discarded', reason_detail: 'test data'});
        expect((await rowOf(busy)).state).toBe('queued');
    });

    it('filters the log, in 100 columns, with colours only where they are wanted', async () => {
        const at = Date.now();
        await store.database.write((tx) =>
            writeLog(tx, [
                entry({at: at - 3 * HOUR, code: 'long_ago', conversation_id: 'C-log'}),
                entry({
                    at,
                    level: 'warn',
                    code: 'mattermost_rate_limited',
                    conversation_id: 'C-log',
                    source_id: 'evt-log',
                    detail: LONG_DETAIL,
                }),
                entry({at, level: 'error', code: 'post_refused', conversation_id: 'C-log', direction: 'to-ireserve'}),
            ]),
        );
        const codes = async (filter: LogFilter, most = 50): Promise<string[]> =>
            (await readLog(store.database, {conversation: 'C-log', ...filter}, most)).map(({code}) => code);
        expect(await codes({integration_id: aurora.id})).toEqual(['long_ago', 'mattermost_rate_limited', 'post_refused']);
        expect(await codes({integration_id: 'another'})).toEqual([]);
        expect(await codes({since: at - HOUR})).toEqual(['mattermost_rate_limited', 'post_refused']);
        expect(await codes({event: 'evt-log'})).toEqual(['mattermost_rate_limited']);
        expect(await codes({level: 'error'})).toEqual(['post_refused']);
        expect(await codes({}, 1)).toEqual(['post_refused']);
        const filter = ['--conversation', 'C-log', '--since', '1h', '--level', 'warn', '--direction', 'to-mattermost'];
        const [document, unknown] = await Promise.all([
            run(folder, ['log', 'aurora', ...filter, '--json']),
            run(folder, ['log', 'nobody']),
        ]);
        expect(json(document).entries).toMatchObject([
            {code: 'mattermost_rate_limited', integration: 'aurora', at: new Date(at).toISOString()},
        ]);
        expect(unknown.code).toBe(3);

        const text = await run(folder, ['log', '--conversation', 'C-log']);
        expect(text.out).toMatch(/^TIME +LEVEL +INTEGRATION +TO +CODE +CONVERSATION +TRY +DETAIL\n/);
        expect(text.out).toMatch(/error +aurora +ir +post_refused/);
        expect(widest(text.out)).toBe(100);
        expect(text.out).not.toContain(ESCAPE);
        const wide = await run(folder, ['log', '--conversation', 'C-log', '--wide'], {env: {FORCE_COLOR: '1'}});
        expect(wide.out).toContain(LONG_DETAIL.replace(ESCAPE, ' ').trim());
        expect(wide.out).toContain(`${ESCAPE}[31merror${ESCAPE}[39m`);
    });

    it('follows the log until Ctrl+C, beside the service', async () => {
        const child = start(folder, ['log', 'aurora', '--follow', '--json', '--limit', '1']);
        let out = '';
        const line = (number: number) =>
            new Promise<{code: string}>((resolve) => {
                const look = () => {
                    const found = out.split('\n')[number];
                    if (found && out.split('\n').length > number + 1) resolve(JSON.parse(found) as {code: string});
                };
                child.stdout.on('data', look);
                look();
            });
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
            out += text;
        });
        const ended = new Promise((resolve) => child.once('close', resolve));
        expect(await line(0)).toMatchObject({code: 'post_refused'});
        // The service can become the owner meanwhile: the command line never takes the lock.
        const release = ownSqlite(join(folder, 'bridge.sqlite'));
        expect(release).not.toBeNull();
        await store.database.write((tx) => writeLog(tx, [entry({code: 'came_first'}), entry({code: 'came_second'})]));
        expect([await line(1), await line(2)]).toMatchObject([{code: 'came_first'}, {code: 'came_second'}]);
        const token = await run(folder, ['token', 'create', 'aurora', '--json']);
        expect(token.code).toBe(0);
        release?.();
        child.kill('SIGINT');
        expect(await ended).toBe(0);
        expect(out.trimEnd().split('\n')).toHaveLength(3);
    });

    it('says on one screen what waits and what to do', async () => {
        const other = await addIntegration(store, 'other', {server_url: 'https://other.example.com'});
        await store.database.write((tx) =>
            raiseNotice(tx, {
                integration_id: other.id,
                code: 'bot_not_in_channel',
                subject: OTHER_CHANNEL,
                detail: `the bot may not post in channel ${OTHER_CHANNEL}`,
                since: Date.now() - 5 * HOUR,
            }),
        );
        const counts = await store.database.read.selectFrom('delivery').select('state').where('integration_id', '=', aurora.id).execute();
        const count = (state: string) => counts.filter((one) => one.state === state).length;
        const service = await startReady('degraded');
        const {code, out} = await run(folder, ['status'], {env: {PUBLIC_URL: service.url}});
        await service.stop();
        expect(code).toBe(0);
        expect(out).toContain(join(folder, 'bridge.sqlite'));
        expect(out).toContain(`answers at ${service.url}: degraded`);
        expect(out).toMatch(/^INTEGRATION +LICENCE +ENVIRONMENT +STATE +WAITING +OLDEST +DEAD +NOTICES$/m);
        expect(out).toMatch(new RegExp(`^aurora +aurora +test +active +${count('queued')} +2 h +${count('dead')} +0$`, 'm'));
        expect(out).toMatch(/^other +aurora +test +active +0 +0 +1$/m);
        expect(out).toMatch(
            new RegExp(`NOTICE other, for 5 h: bot_not_in_channel\n.*\n  next: In Mattermost, add the bot .* channel ${OTHER_CHANNEL}`),
        );

        const document = json(await run(folder, ['status', '--json']));
        expect(document).toMatchObject({
            database: {kind: 'sqlite'},
            service: {answers: false, status: 'ECONNREFUSED'},
            integrations: [
                {name: 'aurora', queued: count('queued'), dead: count('dead'), notices: []},
                {name: 'other', queued: 0, oldest_queued_at: null, notices: [{code: 'bot_not_in_channel', subject: OTHER_CHANNEL}]},
            ],
        });
    });

    it('misses no entry of a replica that commits late', async () => {
        const database = await openDatabase(await createDatabase());
        const seen: string[] = [];
        let commit = (): void => undefined;
        const mayCommit = new Promise<void>((resolve) => {
            commit = resolve;
        });
        let late: Promise<void> | undefined;
        const steps = [
            async () => {
                // It has the lower id and is not committed yet.
                await new Promise<void>((inserted) => {
                    late = database.write(async (tx) => {
                        await writeLog(tx, [entry({code: 'late'})]);
                        inserted();
                        await mayCommit;
                    });
                });
                await database.write((tx) => writeLog(tx, [entry({code: 'early'})]));
            },
            async () => {
                commit();
                await late;
            },
        ];
        const pause = async () => {
            const step = steps.shift();
            await step?.();
            return step !== undefined;
        };
        for await (const entries of followLog(database, {}, 10, pause)) seen.push(...entries.map(({code}) => code));
        await database.close();
        expect(seen).toEqual(['early', 'late']);
    });

    it('works on PostgreSQL, and does not show its password', async () => {
        const url = new URL(await createDatabase());
        const database = await openDatabase(url.href);
        await addIntegration(
            {
                ...store,
                integrations: createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now),
            },
            'pg',
        );
        await database.close();
        url.password ||= 'postgres-password';
        const status = await run(folder, ['status'], {env: {DATABASE_URL: url.href}});
        expect(status.code).toBe(0);
        expect(status.out).toContain(`postgres, ${url.host}${url.pathname}`);
        expect(status.out).toMatch(/^pg +aurora/m);
        expect(status.out).not.toContain(url.password);
        const down = await run(folder, ['status'], {env: {DATABASE_URL: 'postgres://bridge:hidden@127.0.0.1:1/none'}});
        expect(down).toMatchObject({code: 1, out: ''});
        expect(down.err).toContain('next: Is PostgreSQL running, and are host and port in DATABASE_URL right?');
        expect(down.err).not.toMatch(/hidden|\n {4}at /);
    });
});
