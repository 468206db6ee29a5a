/** For those who run the bridge: /live, /ready, /metrics, and the named metrics. */
import type {Express, Response} from 'express';
import {sql} from 'kysely';
import {Counter, collectDefaultMetrics, Gauge, Histogram, Registry} from 'prom-client';
import manifest from '../package.json' with {type: 'json'};
import {readKillSwitch} from './admin/kill-switch.ts';
import {lastRoundTrip} from './doctor/stored.ts';
import {INSTANCE_HEADER} from './instance.ts';
import type {Integrations} from './integrations.ts';
import {sameSecret} from './secrets.ts';
import {AWAY, type AwayCode} from './store/away.ts';
import type {Database} from './store/open.ts';
import type {Storage} from './store/storage.ts';
import {HOOK_PATH} from './to-ireserve/hook.ts';
import type {Ears} from './to-ireserve/listen.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** All metrics of the bridge; docs/metrics.md is made from this. Labels never hold anything about a visitor. */
export function createMetrics() {
    const registry = new Registry();
    collectDefaultMetrics({register: registry});
    const registers = [registry];
    return {
        registry,
        received: new Counter({
            name: 'ireserve_events_received_total',
            help: 'Events taken in, by type and outcome (created, updated, duplicate, ignored, refused).',
            labelNames: ['type', 'outcome'],
            registers,
        }),
        refusals: new Counter({
            name: 'ireserve_refusals_total',
            help: 'Requests refused, by stable error code.',
            labelNames: ['code'],
            registers,
        }),
        attempts: new Counter({
            name: 'ireserve_delivery_attempts_total',
            help: 'Delivery attempts, by direction and what came of them (a delivery state or reason code).',
            labelNames: ['direction', 'code'],
            registers,
        }),
        attemptSeconds: new Histogram({
            name: 'ireserve_delivery_attempt_seconds',
            help: 'Duration of one delivery attempt.',
            labelNames: ['direction'],
            buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30],
            registers,
        }),
        files: new Counter({
            name: 'ireserve_files_total',
            help: 'Files of delivered messages, by direction and what became of them (attached, linked, or why one is missing: attachment_…).',
            labelNames: ['direction', 'code'],
            registers,
        }),
        delay: new Histogram({
            name: 'ireserve_delivery_delay_seconds',
            help: 'From durable acceptance to seen on the other side.',
            labelNames: ['direction'],
            buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600],
            registers,
        }),
        heard: new Counter({
            name: 'ireserve_posts_heard_total',
            help: 'Posts looked at in Mattermost, by what came of them (queued, asked, edited, deleted, or why they are not for the visitor).',
            labelNames: ['outcome'],
            registers,
        }),
        events: new Counter({
            name: 'ireserve_mattermost_events_total',
            help: 'Events heard from Mattermost’s event stream, by name.',
            labelNames: ['event'],
            registers,
        }),
        hooks: new Counter({
            name: 'ireserve_outgoing_webhooks_total',
            help: 'Calls of Mattermost’s outgoing webhook (taken, wrong_token, malformed, busy, switched_off).',
            labelNames: ['outcome'],
            registers,
        }),
        calls: new Counter({
            name: 'ireserve_mattermost_calls_total',
            help: 'Calls of Mattermost’s slash command, buttons and dialogs, by kind and what came of them (done, told, late, forged, expired, malformed, or an error code).',
            labelNames: ['kind', 'outcome'],
            registers,
        }),
        pending: new Gauge({
            name: 'ireserve_deliveries_pending',
            help: 'Deliveries waiting or under way.',
            labelNames: ['integration'],
            registers,
        }),
        oldest: new Gauge({
            name: 'ireserve_oldest_pending_seconds',
            help: 'Age of the oldest delivery not settled yet.',
            labelNames: ['integration'],
            registers,
        }),
        dead: new Gauge({
            name: 'ireserve_deliveries_dead',
            help: 'Dead letters, waiting for replay or discard.',
            labelNames: ['integration'],
            registers,
        }),
        listening: new Gauge({
            name: 'ireserve_listening',
            help: '1 while the integration’s event stream is up and nothing is left to catch up, on this replica or the one that was elected to listen.',
            labelNames: ['integration'],
            registers,
        }),
        listeningHere: new Gauge({
            name: 'ireserve_listening_here',
            help: '1 on the replica that was elected to listen for the integration, 0 on those that stand by.',
            labelNames: ['integration'],
            registers,
        }),
        storageWritable: new Gauge({
            name: 'ireserve_storage_writable',
            help: '1 while something can be stored, as /ready says.',
            registers,
        }),
        storageFree: new Gauge({
            name: 'ireserve_storage_free_bytes',
            help: 'Free space for the SQLite file; absent with PostgreSQL, whose disk the bridge can’t see.',
            labelNames: ['database'],
            registers,
        }),
        killSwitch: new Gauge({
            name: 'ireserve_kill_switch',
            help: '1 while the kill switch is on: nothing is delivered in either direction.',
            registers,
        }),
        secretExpires: new Gauge({
            name: 'ireserve_secret_expires_seconds',
            help: 'Time left until the date noted for a secret; negative: it has passed. The earliest of a kind. Nothing stops by itself.',
            labelNames: ['integration', 'secret'],
            registers,
        }),
        roundTripOk: new Gauge({
            name: 'ireserve_round_trip_ok',
            help: '1 when the last round trip got through, 0 when it did not; absent when none was made.',
            labelNames: ['integration'],
            registers,
        }),
        roundTripSeconds: new Gauge({
            name: 'ireserve_round_trip_seconds',
            help: 'How long the last round trip took, all hops together.',
            labelNames: ['integration'],
            registers,
        }),
        notices: new Gauge({
            name: 'ireserve_notices',
            help: 'Things an admin has to mend, by code (1 while it lasts).',
            labelNames: ['integration', 'code'],
            registers,
        }),
    };
}

/** Reads the gauges' values from the store; called when /metrics is asked. */
async function measure({metrics, database, integrations, now, relay, storage}: Operated): Promise<void> {
    for (const gauge of [
        metrics.pending,
        metrics.oldest,
        metrics.dead,
        metrics.notices,
        metrics.listening,
        metrics.listeningHere,
        metrics.storageFree,
        metrics.secretExpires,
        metrics.roundTripOk,
        metrics.roundTripSeconds,
    ])
        gauge.reset();
    const name = (id: string) => integrations.get(id)?.name ?? 'removed';
    for (const [id, {up, here}] of relay.ears.state()) {
        metrics.listening.set({integration: name(id)}, up ? 1 : 0);
        metrics.listeningHere.set({integration: name(id)}, here ? 1 : 0);
    }
    metrics.storageWritable.set((await storage.check()).ok ? 1 : 0);
    const free = await storage.freeBytes();
    if (free !== undefined) metrics.storageFree.set({database: database.dialect}, free);
    const counts = await database.read
        .selectFrom('delivery')
        .select(['integration_id', 'state', sql<number>`count(*)`.as('count'), sql<number>`min(received_at)`.as('oldest')])
        .where('state', 'in', ['queued', 'dead'])
        .groupBy(['integration_id', 'state'])
        .execute();
    for (const one of integrations.all()) {
        metrics.pending.set({integration: one.name}, 0);
        metrics.dead.set({integration: one.name}, 0);
        metrics.oldest.set({integration: one.name}, 0);
    }
    for (const {integration_id, state, count, oldest} of counts) {
        const labels = {integration: name(integration_id)};
        if (state === 'dead') metrics.dead.set(labels, Number(count));
        else {
            metrics.pending.set(labels, Number(count));
            metrics.oldest.set(labels, Math.max(0, (now() - oldest) / 1000));
        }
    }
    metrics.killSwitch.set((await readKillSwitch(database.read)).on ? 1 : 0);
    const expiring = await database.read
        .selectFrom('secret')
        .select(['integration_id', 'kind', sql<number>`min(expires_at)`.as('expires_at')])
        .where('expires_at', 'is not', null)
        .groupBy(['integration_id', 'kind'])
        .execute();
    for (const {integration_id, kind, expires_at} of expiring) {
        metrics.secretExpires.set({integration: name(integration_id), secret: kind}, Math.round((expires_at - now()) / 1000));
    }
    for (const notice of await database.read.selectFrom('notice').selectAll().execute()) {
        metrics.notices.set({integration: name(notice.integration_id), code: notice.code}, 1);
    }
    for (const {id, name: integration} of integrations.all()) {
        const last = await lastRoundTrip(database, id);
        if (!last) continue;
        metrics.roundTripOk.set({integration}, last.ok ? 1 : 0);
        metrics.roundTripSeconds.set({integration}, last.ms / 1000);
    }
}

type Operated = {
    database: Database;
    storage: Pick<Storage, 'check' | 'freeBytes'>;
    integrations: Integrations;
    metrics: Metrics;
    now: () => number;
    relay: {ears: Pick<Ears, 'state'>};
    metricsToken: string | undefined;
    instance: {id: string; publicUrl: string | null};
    /** A stop has begun: a balancer should send nothing more. */
    leaving: () => boolean;
};

export function mountOperations(app: Express, operated: Operated): void {
    const {database, integrations, metrics, metricsToken} = operated;
    const told = {version: manifest.version, public_url: operated.instance.publicUrl};
    app.use(['/live', '/ready', HOOK_PATH], (_request, response, next) => {
        response.set(INSTANCE_HEADER, operated.instance.id);
        next();
    });
    /** The process answers. */
    app.get('/live', (_request, response) => {
        response.json({status: 'live'});
    });
    app.get('/ready', (_request, response, next) => {
        if (operated.leaving()) response.status(503).json({status: 'not ready', ...told, reason: 'stopping'});
        else next();
    });
    const refuse = (response: Response, code: AwayCode): void => {
        response.status(503).json({status: 'not ready', ...told, reason: 'storage_unavailable', code, next: AWAY[code]});
    };
    /** Events can be stored. What an admin has to mend is told, but does not take the bridge out of rotation: it goes on accepting. */
    app.get('/ready', async (_request, response) => {
        const storage = await operated.storage.check();
        try {
            if (!storage.ok) {
                refuse(response, storage.code);
                return;
            }
            const notices = await database.read
                .selectFrom('notice')
                .select(['integration_id', 'code', 'since'])
                // What the check writes.
                .where('integration_id', '!=', '')
                .execute();
            const {on} = await readKillSwitch(database.read);
            const name = (id: string) => integrations.get(id)?.name ?? 'removed';
            const heard = [...operated.relay.ears.state()];
            const standby = heard.filter(([, {here}]) => !here).map(([id]) => name(id));
            response.json({
                status: notices.length > 0 || on ? 'degraded' : 'ready',
                ...told,
                ...(on ? {kill_switch: 'on'} : {}),
                listening: Object.fromEntries(heard.map(([id, {up}]) => [name(id), up])) as Record<string, boolean>,
                // Another replica listens for these.
                ...(standby.length > 0 ? {standby} : {}),
                notices: notices.map(({integration_id, code, since}) => ({
                    integration: name(integration_id),
                    code,
                    since: new Date(since).toISOString(),
                })),
            });
        } catch {
            refuse(response, 'no_answer');
        }
    });
    app.get('/metrics', async (request, response) => {
        if (metricsToken && !sameSecret(`Bearer ${metricsToken}`, request.headers.authorization ?? '')) {
            response.status(401).set('www-authenticate', 'Bearer').type('text').send('METRICS_TOKEN is set: send it as a bearer token\n');
            return;
        }
        await measure(operated);
        response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
}
