/** The service: settings → store → outbox → app; stopped in the reverse order. serve.ts runs it. */
import {randomUUID} from 'node:crypto';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import manifest from '../package.json' with {type: 'json'};
import {AUDIT_JOB, retainAudit} from './admin/audit-retention.ts';
import {createCare} from './admin/care.ts';
import {createAdminApi} from './admin-api/admin-api.ts';
import {createAgentApi} from './agent-api/agent-api.ts';
import {allOrNothing} from './all-or-nothing.ts';
import {createOperations} from './api.ts';
import {createApp} from './app.ts';
import {tellAttempts} from './attempts-told.ts';
import {authenticate, counted} from './auth.ts';
import {startSchedule} from './doctor/schedule.ts';
import {firstIntegration} from './first-integration.ts';
import {followChanges} from './follow-changes.ts';
import {createAllowance} from './http/allowance.ts';
import {listen} from './http-server.ts';
import {instanceOf, noteService} from './instance.ts';
import {createIntegrations, queueOf} from './integrations.ts';
import {createBookingOf} from './ireserve/booking-of.ts';
import {createNativeRoute} from './ireserve/native-route.ts';
import {createLog, type Log} from './log.ts';
import {createServers} from './mattermost.ts';
import {createNightly} from './nightly.ts';
import {createNotices} from './notices.ts';
import {createMetrics} from './operations.ts';
import {createOutbox} from './outbox.ts';
import type {Erasing} from './privacy/erase.ts';
import {retain} from './privacy/retention.ts';
import {type Reconciling, reconcile} from './reconcile/reconcile.ts';
import {createSecretBox, loadKey} from './secrets.ts';
import {databaseOf, type Settings} from './settings.ts';
import {isStoreAway} from './store/away.ts';
import {openDatabase, ownSqlite} from './store/open.ts';
import {tightenAtStart} from './store/private-files.ts';
import {presence, watchReplicas} from './store/replicas.ts';
import type {Direction} from './store/schema.ts';
import {noSignals, openSignals} from './store/signals.ts';
import {watchStorage} from './store/storage.ts';
import {createTrouble} from './store/trouble.ts';
import {createRelay} from './to-ireserve/relay.ts';
import {createDeliver} from './to-mattermost/deliver.ts';
import {tellGivenUp} from './to-mattermost/late-files.ts';
import {createReceive} from './to-mattermost/receive.ts';
import {createTyping} from './to-mattermost/typing.ts';

export type Bridge = {
    url: string;
    /** Follows at once what was changed in the store, for who changed it and can't wait a second. */
    readChanges(): Promise<void>;
    /**
     * Ends what is under way, and then all of it. Called again without a drain, it waits for none.
     *
     * @param drainMs how long it goes on serving first, while /ready says 503: for a balancer to notice
     */
    stop(options?: {drainMs?: number}): Promise<void>;
};
export type Overrides = {
    log?: Log;
    now?: () => number;
    /** Default: as `now`, where that is given. */
    steady?: () => number;
    random?: () => number;
    pollMs?: number;
    leaseMs?: number;
    look?: {down: number; up: number};
    election?: {everyMs: number; termMs: number};
    open?: typeof openDatabase;
};

/** Requests being stored at once; more are told to come back. */
const MOST_ACCEPTS = 1000;
/** Lanes run at once per integration: the server's creates, and as many uploading, looking or patching. */
const SLOTS_PER_CREATE = 2;
/** Of so many slots one may be held by a file that comes after its message: its host may take long to answer. */
const FILES_OF_SLOTS = 4;

/**
 * Starts all of it, or nothing.
 *
 * @throws Error with a plain explanation when it can't start
 */
export const startBridge = (settings: Settings, overrides: Overrides = {}): Promise<Bridge> =>
    allOrNothing((undo) => start(settings, overrides, undo));

async function start(settings: Settings, overrides: Overrides, undo: (step: () => unknown) => void): Promise<Bridge> {
    const log = overrides.log ?? createLog(settings.LOG_LEVEL);
    const where = databaseOf(settings);
    const release = settings.DATABASE_URL ? () => undefined : ownSqlite(where);
    if (!release) throw new Error(`another bridge already delivers from ${where}; for several replicas use DATABASE_URL=postgres://…`);
    undo(release);
    if (!settings.DATABASE_URL) tightenAtStart(where, log);
    const opened = await (overrides.open ?? openDatabase)(where, {answerWithinMs: settings.DATABASE_TIMEOUT_MS, migrateWithinMs: null});
    undo(() => opened.close());
    const storage = watchStorage({database: opened, folder: settings.DATABASE_URL ? null : dirname(where)});
    const {database} = storage;
    const clock = overrides.now ?? Date.now;
    let {clockOffset} = database;
    const now = () => clock() + clockOffset;
    const steady = overrides.steady ?? overrides.now ?? (() => performance.now());
    const box = createSecretBox(loadKey(settings.IRESERVE_SECRET_KEY, join(settings.DATA_DIR, 'secret.key')));
    const integrations = createIntegrations(database, box, now);
    const instance = {id: await instanceOf(database, now(), randomUUID), publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, '') ?? null};
    const metrics = createMetrics();
    const servers = createServers({
        createsInFlight: settings.MATTERMOST_CREATES_IN_FLIGHT,
        timeoutMs: settings.MATTERMOST_TIMEOUT_MS,
        now: steady,
        replicas: () => livingReplicas(),
    });
    /** Known once they are watched. */
    let livingReplicas = () => 1;
    const onError = (error: unknown) => {
        if (isStoreAway(error)) trouble.failed(error);
        else log.error({err: error}, 'unexpected error');
    };
    const trouble = createTrouble({log, isBack: () => storage.check().then(({ok}) => ok)});
    undo(() => trouble.stop());

    /** This process, among replicas. */
    const owner = randomUUID();
    const random = overrides.random ?? Math.random;
    const signals = settings.DATABASE_URL
        ? openSignals({
              ...{url: settings.DATABASE_URL, owner, random, first: presence(owner)},
              onTrouble: (error) => log.warn({err: error}, 'no words from other replicas for now; what matters is found without them'),
          })
        : noSignals;
    undo(() => signals.close());

    const notices = createNotices({database, servers, integration: integrations.get, quiet: integrations.switchedOff, log, onError});
    const onAttempt = tellAttempts({
        metrics,
        log,
        notices,
        integration: integrations.get,
        // What went to i-Reserve, or did not, shows in the thread.
        onCallback: (id) => outbox.kick(queueOf(id, 'to-mattermost')),
    });
    let publicUrl = settings.PUBLIC_URL?.replace(/\/+$/, '') ?? '';
    const active = (direction: Direction) => () =>
        (integrations.switchedOff() ? [] : integrations.all())
            .filter((one) => one.state === 'active' && !(direction === 'to-ireserve' && notices.isUnwanted(one.id)))
            .map((one) => queueOf(one.id, direction));
    const bookingOf = createBookingOf(now, log, () => livingReplicas());
    const shared = {
        database,
        deadLetterAfterMs: (id: string) => (integrations.get(id)?.config.dead_letter_after_hours ?? 72) * 3_600_000,
        onNotice: notices.raised,
        onAttempt,
        onError,
        owner,
        now,
        // Without our connection, others take us for dead within seconds.
        provenSince: () => (settings.DATABASE_URL ? (signals.connectedAt() ?? Infinity) : -Infinity),
        onClockSet: async () => {
            clockOffset = await database.measureClock();
            log.warn('the clock was set: what waits is tried now');
        },
        steady,
        random,
        ...(overrides.leaseMs ? {leaseMs: overrides.leaseMs} : {}),
        ...(overrides.pollMs ? {pollMs: overrides.pollMs} : {}),
    };
    const slots = settings.MATTERMOST_CREATES_IN_FLIGHT * SLOTS_PER_CREATE;
    const outbox = createOutbox({
        ...shared,
        deliver: createDeliver({
            database,
            servers,
            box,
            integration: integrations.get,
            maxFileBytes: settings.MAX_FILE_BYTES,
            attachmentTimeoutMs: settings.ATTACHMENT_TIMEOUT_MS,
            filesAtOnce: Math.max(1, Math.floor(slots / FILES_OF_SLOTS)),
            allowPrivateAttachments: settings.ALLOW_PRIVATE_ATTACHMENT_HOSTS,
            publicUrl: () => publicUrl,
            bookingOf,
            buttons: settings.PUBLIC_URL !== undefined,
            now,
            sleep,
        }),
        alongside: tellGivenUp(now),
        queues: active('to-mattermost'),
        slots,
    });
    const relay = createRelay({
        settings,
        database,
        integrations,
        servers,
        box,
        log,
        metrics,
        now,
        random,
        publicUrl: () => publicUrl,
        outbox: {...shared, queues: active('to-ireserve')},
        toMattermost: outbox,
        notices,
        signals,
        ...(overrides.look ? {look: overrides.look} : {}),
        ...(overrides.election ? {election: overrides.election} : {}),
    });

    await integrations.refresh();
    await firstIntegration(settings, integrations, log);
    await notices.load();

    let leaving = false;
    let ended = false;
    let stopping = false;
    const showTyping = createTyping(database, servers, now);
    const receive = createReceive({
        database,
        outbox,
        typing: (integration, conversation_id) => {
            if (!integrations.switchedOff()) showTyping(integration, conversation_id);
        },
        box,
        maxFileBytes: settings.MAX_FILE_BYTES,
        mostAccepts: MOST_ACCEPTS,
        get publicUrl() {
            return publicUrl;
        },
        now,
        onReceived: ({outcome}, type) => metrics.received.inc({type: type || 'none', outcome}),
    });
    const erasing: Erasing = {database, servers, box, now, session: relay.session, sleep};
    const reconciling: Reconciling = {database, door: relay.door, take: relay.take, fetchPage: relay.fetch, now};
    const nightly = createNightly({
        database,
        // What runs at night writes to Mattermost.
        integrations: () => (integrations.switchedOff() ? [] : integrations.listed()),
        jobs: [
            {name: 'retention', run: (integration, closed) => retain(erasing, integration, closed)},
            {name: 'reconcile', run: (integration, closed) => reconcile(reconciling, integration, {closed})},
        ],
        serviceJobs: () =>
            integrations.switchedOff()
                ? []
                : [{name: AUDIT_JOB, run: () => retainAudit({database, now, days: settings.AUDIT_RETENTION_DAYS})}],
        now,
        onDone: (integration, job, report) => log.info({integration: integration?.name, job, report}, 'done for the night'),
        onError: (error, integration, job) => log.error({integration: integration?.name, job, err: error}, 'failed; it is tried again'),
    });
    const agentApi = createAgentApi({database, servers, integrations, relay, now, onError, booking: bookingOf});
    let ownUrl = '';
    const travelling = () => ({
        ...{database, servers, box, now},
        // As others reach it, where that is set: a proxy that is down is worth knowing.
        bridgeUrl: settings.PUBLIC_URL?.replace(/\/+$/, '') ?? ownUrl,
        closing: () => ended,
    });
    const care = createCare({
        erasing,
        people: relay.people,
        reconciling,
        doctor: () => ({
            database,
            servers,
            settings,
            integrations: integrations.all(),
            publicUrl: instance.publicUrl,
            instance: instance.id,
            now,
        }),
        roundTrip: travelling,
    });
    const kick = (id: string) => {
        outbox.kick(queueOf(id, 'to-mattermost'));
        relay.outbox.kick(queueOf(id, 'to-ireserve'));
    };
    const adminApi = createAdminApi({
        ...{database, storage, servers, integrations, box, relay, now, onError, care},
        kick,
        version: manifest.version,
        publicUrl: () => publicUrl,
    });
    const mayPush = createAllowance({now, most: settings.EVENT_REQUESTS_PER_10_SECONDS, windowMs: 10_000});
    const events = createOperations({
        authenticate: async (headers) => counted(await authenticate(headers, integrations, now), mayPush),
        receive,
        agentList: relay.saveAgents,
        compare: (integration, listing) => reconcile(reconciling, integration, {listing}),
    });
    const app = createApp({
        operations: [...events, ...agentApi.operations, ...adminApi.operations],
        agentApi,
        adminApi,
        log,
        database,
        storage,
        integrations,
        metrics,
        now,
        relay,
        nativeHook: createNativeRoute({
            integrations: integrations.all,
            accept: (integration, event) => receive.receive(integration, [event], new Map(), {requestId: ''}),
            log,
            now,
        }),
        metricsToken: settings.METRICS_TOKEN,
        instance,
        maxDocumentBytes: settings.MAX_JSON_BYTES,
        maxRequestBytes: settings.MAX_REQUEST_BYTES,
        trustedProxies: settings.TRUSTED_PROXIES,
        stopping: () => stopping,
        replicas: () => livingReplicas(),
        leaving: () => leaving,
        onStoreAway: trouble.failed,
    });
    undo(() => Promise.all([agentApi.stop(), adminApi.stop(), nightly.stop()]));
    const server = await listen(app, settings);
    undo(() => server.close());
    const note = {
        host: settings.HOST,
        port: server.port,
        public_url: instance.publicUrl,
        ireserve_timeout_ms: settings.IRESERVE_TIMEOUT_MS,
    };
    await noteService(database, note, now());
    publicUrl ||= `http://localhost:${server.port}`;
    undo(() => Promise.all([outbox.stop(0), relay.outbox.stop(0)]));
    await outbox.start();
    undo(() => relay.stop());
    await relay.start();
    const replicas = watchReplicas({
        ...{database, owner, now, onError, connectedAt: signals.connectedAt},
        onGone() {
            log.warn('another replica is gone; what it had in hand is taken over');
            relay.ears.elect();
            for (const {id} of integrations.all()) kick(id);
        },
    });
    undo(() => replicas.stop());
    livingReplicas = replicas.living;
    const following = followChanges({integrations, notices, outbox, relay, onError, everyMs: overrides.pollMs ?? 1000});
    ownUrl = `http://127.0.0.1:${server.port}`;
    const schedule = startSchedule({
        integrations: integrations.all,
        travelling,
        ...{database, notices, log, now, onError},
        ...(overrides.pollMs ? {lookMs: overrides.pollMs} : {}),
    });
    log.info({port: server.port, database: database.dialect, integrations: integrations.all().length}, 'bridge is up');

    const {promise: noDrain, resolve: endDrain} = Promise.withResolvers<void>();
    let stopped: Promise<void> | null = null;

    async function drain(ms: number): Promise<void> {
        leaving = true;
        if (ms === 0) return;
        server.retire();
        log.info({ms}, 'leaving: /ready says 503, and requests are still served');
        const over = new AbortController();
        await Promise.race([noDrain, sleep(ms, undefined, {signal: over.signal}).catch(() => undefined)]);
        over.abort();
    }

    async function end(drainMs: number): Promise<void> {
        await drain(drainMs);
        ended = true;
        // It speaks to ourselves, so it ends first.
        await schedule.stop();
        stopping = true;
        server.refuse();
        await following.stop();
        await Promise.all([agentApi.stop(), adminApi.stop(), nightly.stop()]);
        await relay.stop();
        await Promise.all([outbox.stop(settings.SHUTDOWN_GRACE_MS), relay.outbox.stop(settings.SHUTDOWN_GRACE_MS)]);
        await server.close();
        await notices.idle();
        await replicas.stop();
        trouble.stop();
        await signals.close();
        await database.close();
        release?.();
        log.info('bridge is down');
    }

    return {
        url: ownUrl,
        readChanges: following.now,
        stop({drainMs = 0} = {}) {
            if (drainMs === 0) endDrain();
            stopped ??= end(drainMs);
            return stopped;
        },
    };
}
