/**
 * A visitor's message all the way and an answer back, through the running bridge's own API, on a stand-in of the integration: then all of it is taken
 * away again. It tests what really runs; agents see a thread come and go.
 */
import {randomUUID} from 'node:crypto';
import {readKillSwitch} from '../admin/kill-switch.ts';
import {INSTANCE_HEADER, instanceOf} from '../instance.ts';
import type {Integration} from '../integration.ts';
import {MattermostError} from '../mattermost.ts';
import {REASONS} from '../reasons.ts';
import {standInName, trialProps} from '../stand-in.ts';
import {INTENT_PROP} from '../to-ireserve/first-words.ts';
import {classify} from '../to-mattermost/classify.ts';
import {isAnswer, probe} from './probe.ts';
import {HOP_NAMES, type HopInReport, type RoundTripHop, type RoundTripReport, titleOf} from './round-trip-report.ts';
import {sweep} from './round-trip-sweep.ts';
import {addStandIn} from './stand-in-rows.ts';
import {storeRoundTrip} from './stored.ts';
import type {RoundTripOptions, Trip} from './trip.ts';

const HOP_MS = 20_000;
const LOOK_MS = 100;

/** A hop that does not work, and why. */
class Broken extends Error {
    readonly code: string;

    constructor(code: string, message: string) {
        super(message);
        this.code = code;
    }
}

/**
 * Never throws for a hop that is broken: the report names it.
 *
 * @param channel_id where the thread comes and goes; default: the mirror channel
 */
export async function roundTrip(
    options: RoundTripOptions,
    integration: Integration,
    channel_id: string = integration.config.channel_id,
): Promise<RoundTripReport> {
    const started = options.now();
    const hops: HopInReport[] = [];
    let broken: RoundTripHop | null = null;
    let trip: Trip | undefined;
    let last = performance.now();

    /** Runs a hop unless an earlier one is broken. @returns what it found out */
    async function pass<T>(hop: RoundTripHop, work: () => Promise<{text: string; found: T}>): Promise<T | undefined> {
        if (broken) return undefined;
        const note = (state: HopInReport['state'], text: string, code?: string) => {
            const ms = Math.round(performance.now() - last);
            last = performance.now();
            hops.push({hop, title: titleOf(hop), state, ms, text, ...(code ? {code} : {})});
        };
        try {
            const {text, found} = await work();
            note('ok', text);
            return found;
        } catch (error) {
            const {code, message} = brokenBy(error, integration);
            note('broken', message, code);
            broken = hop;
            return undefined;
        }
    }

    trip = await pass('bridge', () => begin(options, integration, channel_id));
    if (trip) {
        const under = trip;
        const root_id = await pass('mattermost', () => seeInMattermost(under));
        const post_id = await pass('reply', () => answer(under, root_id ?? ''));
        if (integration.config.callback_url === '' && !broken) {
            for (const hop of ['heard', 'callback', 'acknowledged'] as const)
                hops.push({hop, title: titleOf(hop), state: 'not_set', ms: 0, text: 'there is no Callback URL'});
        } else {
            await pass('heard', () => hear(under, post_id ?? ''));
            await pass('callback', () => callBack(under, post_id ?? ''));
            await pass('acknowledged', () => acknowledge(under, post_id ?? ''));
        }
        // Whatever happened before; it is a hop of its own only when nothing else is broken.
        const left = await sweep(under, started).catch((error: unknown) => (error as Error).message);
        const ms = Math.round(performance.now() - last);
        const removed = {hop: 'removed' as const, title: titleOf('removed'), ms};
        if (left) hops.push({...removed, state: 'broken', code: 'left_behind', text: left});
        else hops.push({...removed, state: 'ok', text: 'posts and rows are gone'});
        if (left && !broken) broken = 'removed';
    }
    for (const hop of HOP_NAMES) {
        if (!hops.some((one) => one.hop === hop)) hops.push({hop, title: titleOf(hop), state: 'not_reached', ms: 0, text: 'not reached'});
    }
    hops.sort((a, b) => HOP_NAMES.indexOf(a.hop) - HOP_NAMES.indexOf(b.hop));
    const report: RoundTripReport = {
        at: new Date(started).toISOString(),
        integration: integration.name,
        channel_id,
        ok: broken === null,
        broken,
        ms: hops.reduce((sum, {ms}) => sum + ms, 0),
        hops,
    };
    await storeRoundTrip(options.database, integration.id, report, options.now());
    return report;
}

function brokenBy(error: unknown, integration: Integration): {code: string; message: string} {
    if (error instanceof Broken) return error;
    if (error instanceof MattermostError) {
        const result = classify(error, integration);
        if ('reason' in result && result.reason) return {code: result.reason.code, message: result.reason.detail};
    }
    return {code: 'internal', message: (error as Error).message};
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks until there is something, or the hop's time is over. */
async function until<T>({closing}: Trip, limitMs: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const end = performance.now() + limitMs;
    for (;;) {
        if (closing?.()) throw new Broken('stopping', 'the bridge is being stopped');
        const found = await look();
        if (found !== undefined || performance.now() > end) return found;
        await pause(LOOK_MS);
    }
}

async function begin(options: RoundTripOptions, integration: Integration, channel_id: string): Promise<{text: string; found: Trip}> {
    const {servers, bridgeUrl, database, hopMs = HOP_MS} = options;
    const reached = await probe(`${bridgeUrl}/live`);
    if (!isAnswer(reached)) throw new Broken('bridge_unreachable', `${bridgeUrl}: ${reached.detail}`);
    const theirs = reached.headers.get(INSTANCE_HEADER);
    if (theirs !== null && theirs !== (await instanceOf(database, options.now(), randomUUID)))
        throw new Broken('bridge_elsewhere', `${bridgeUrl} is answered by a bridge with another store`);
    if ((await readKillSwitch(database.read)).on) throw new Broken('switched_off', 'the kill switch is on: nothing is delivered');
    const made = await addStandIn(options, integration, channel_id);
    if (!made) throw new Broken('under_way', `${standInName(integration)} is there already`);
    const {standIn} = made;
    const client = servers.client(standIn.config.server_url, standIn.secrets.bot_token);
    const conversation_id = `round-trip-${randomUUID()}`;
    const trip: Trip = {
        ...{...options, ...made, client, conversation_id, channel_id},
        hopLimit: hopMs,
        posted: false,
    };
    try {
        await known(trip);
        await listening(trip);
        const text = await push(trip);
        return {text, found: trip};
    } catch (error) {
        // Nothing was begun that the hops behind would need.
        await sweep(trip, options.now()).catch(() => undefined);
        throw error;
    }
}

const call = ({bridgeUrl, token}: Trip, path: string, body?: object) =>
    probe(
        bridgeUrl + path,
        {
            method: body ? 'POST' : 'GET',
            headers: {authorization: `Bearer ${token}`, prefer: 'wait=1', ...(body ? {'content-type': 'application/json'} : {})},
            ...(body ? {body: JSON.stringify(body)} : {}),
        },
        10_000,
    );

/** The running bridge sees new integrations within a second. */
async function known(trip: Trip): Promise<void> {
    const refused = 'the service there does not know the integration';
    const knows = await until(trip, trip.hopLimit, async () => {
        const asked = await call(trip, '/v1/events/none');
        return isAnswer(asked) && asked.status === 404 ? true : undefined;
    });
    if (!knows) throw new Broken('bridge_elsewhere', `${trip.bridgeUrl}: ${refused}`);
}

/** What is said before the bridge listens is found all the same, later: no reason to stop. */
async function listening(trip: Trip): Promise<void> {
    if (!trip.standIn.config.callback_url) return;
    await until(trip, Math.min(5000, trip.hopLimit), async () => {
        const asked = await probe(`${trip.bridgeUrl}/ready`);
        return isAnswer(asked) && asked.text.includes(`${JSON.stringify(trip.standIn.name)}:true`) ? true : undefined;
    });
}

async function push(trip: Trip): Promise<string> {
    const timestamp = new Date(trip.now()).toISOString();
    const {conversation_id} = trip;
    const visitor = {id: conversation_id, name: 'Round trip'};
    const events = [
        {id: eventId(trip, 1), type: 'conversation.started', timestamp, data: {conversation_id, visitor}},
        {
            id: eventId(trip, 2),
            type: 'message.created',
            timestamp,
            data: {
                conversation_id,
                message_id: `${conversation_id}.m`,
                author: {type: 'visitor', name: 'Round trip'},
                text: 'A test of the connection. It goes away by itself.',
                format: 'plain',
            },
        },
    ];
    const answered = await call(trip, '/v1/events', {events});
    if (!isAnswer(answered)) throw new Broken('bridge_unreachable', answered.detail);
    const body = parsed(answered.text) as {results?: {problem?: {code: string; title: string}}[]; code?: string; title?: string};
    const problem = body.results?.find((one) => one.problem)?.problem ?? (answered.status >= 400 ? body : undefined);
    if (problem) throw new Broken(problem.code ?? 'internal', problem.title ?? `answered ${answered.status}`);
    return `taken in ${answered.ms} ms`;
}

const eventId = ({conversation_id}: Trip, number: number): string => `${conversation_id}.${number}`;

function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return {};
    }
}

type Outcome = {state?: string; reason?: {code: string; detail: string}; thread?: {root_id: string}};

/** It won't go before an admin has mended something: no need to wait for it. */
const needsAdmin = (code: string | null | undefined): boolean =>
    code != null && (REASONS as Record<string, {kind: string}>)[code]?.kind === 'admin';

async function seeInMattermost(trip: Trip): Promise<{text: string; found: string}> {
    // The first event opens the thread: while it can't, the message waits behind it and knows no reason of its own.
    let latest: Outcome[] = [];
    const root_id = await until(trip, trip.hopLimit, async () => {
        const asked = await Promise.all([1, 2].map((number) => call(trip, `/v1/events/${eventId(trip, number)}`)));
        latest = asked.map((one) => (isAnswer(one) ? (parsed(one.text) as Outcome) : {}));
        if (latest.some(({state, reason}) => state === 'dead' || needsAdmin(reason?.code))) throw stuck(latest);
        return latest.at(-1)?.state === 'delivered' ? latest.at(-1)?.thread?.root_id : undefined;
    });
    if (!root_id) throw stuck(latest);
    trip.posted = true;
    const post = await trip.client.getPost(root_id);
    return {text: `thread ${root_id} in channel ${post.channel_id}`, found: root_id};
}

function stuck(latest: readonly Outcome[]): Broken {
    const {code = 'not_in_time', detail = `still ${latest.at(-1)?.state ?? 'unknown'}`} = latest.find(({reason}) => reason)?.reason ?? {};
    return new Broken(code, detail);
}

/** With the bot's own token, and a mark only the bridge's key can make: so no person's account is needed. */
async function answer(trip: Trip, root_id: string): Promise<{text: string; found: string}> {
    const {client, box, standIn, conversation_id, channel_id} = trip;
    const props = {...trialProps(box, standIn.id, conversation_id), [INTENT_PROP]: 'reply'};
    const post = await client.createPost({channel_id, root_id, message: 'A test of the way back. It goes away by itself.', props});
    return {text: `post ${post.id}`, found: post.id};
}

const replyOf = ({database, standIn}: Trip, post_id: string) =>
    database.read
        .selectFrom('reply')
        .select(['state', 'reason_code', 'reason_detail'])
        .where('integration_id', '=', standIn.id)
        .where('reply_id', '=', post_id)
        .executeTakeFirst();

async function hear(trip: Trip, post_id: string): Promise<{text: string; found: true}> {
    const reply = await until(trip, trip.hopLimit, () => replyOf(trip, post_id));
    if (!reply) throw new Broken('not_heard', 'the bridge did not hear of the answer');
    return {text: 'heard', found: true};
}

async function callBack(trip: Trip, post_id: string): Promise<{text: string; found: true}> {
    let latest: Awaited<ReturnType<typeof replyOf>>;
    const done = await until(trip, trip.hopLimit, async () => {
        latest = await replyOf(trip, post_id);
        if (needsAdmin(latest?.reason_code)) return 'failed';
        return latest?.state === 'delivered' || latest?.state === 'failed' ? latest.state : undefined;
    });
    if (done !== 'delivered')
        throw new Broken(latest?.reason_code ?? 'not_in_time', latest?.reason_detail ?? `still ${latest?.state ?? 'unknown'}`);
    return {text: 'answered with 2xx', found: true};
}

async function acknowledge(trip: Trip, post_id: string): Promise<{text: string; found: true}> {
    const marked = await until(trip, trip.hopLimit, async () => {
        const reactions = (await trip.client.getReactionsForPost(post_id)) as {emoji_name: string}[] | null;
        return reactions?.some(({emoji_name}) => emoji_name === 'white_check_mark') ? true : undefined;
    });
    if (!marked) throw new Broken('not_marked', 'the mark did not appear');
    return {text: 'marked', found: true};
}
