/** How each hop of each integration does: what last went well, what last failed, what waits. Read from the store, so every replica says the same. */
import {sql} from 'kysely';
import type {Integration} from '../integration.ts';
import type {Tx} from '../store/open.ts';
import type {Direction, LogRow, NoticeRow} from '../store/schema.ts';

export type HopName = 'ireserve_to_bridge' | 'bridge_to_mattermost' | 'mattermost_to_bridge' | 'bridge_to_ireserve';
export type HopState = 'good' | 'waiting' | 'bad' | 'off' | 'unused';

export type HopHealth = {
    hop: HopName;
    state: HopState;
    last_success_at: number | null;
    last_failure: {at: number; code: string; detail: string} | null;
    queued: number;
    oldest_queued_at: number | null;
    dead: number;
    detail: string;
};

type Ear = {up: boolean; downSince: number | null};

/** Which notices are about which hop; any other is about posting. */
const ABOUT_CALLBACKS = /^(?:callback|guard)_/;
const ABOUT_HEARING = new Set(['not_listening', 'emails_hidden']);

const hopOfNotice = (code: string): HopName =>
    ABOUT_CALLBACKS.test(code) ? 'bridge_to_ireserve' : ABOUT_HEARING.has(code) ? 'mattermost_to_bridge' : 'bridge_to_mattermost';

type Asked = {integration: Integration; ear: Ear | undefined; notices: readonly NoticeRow[]; switchedOff: boolean};

export async function hopsOf(tx: Tx, asked: Asked): Promise<HopHealth[]> {
    const {integration, notices} = asked;
    const toMattermost = await way(tx, integration.id, 'to-mattermost');
    const toIreserve = await way(tx, integration.id, 'to-ireserve');
    const idle = {queued: 0, oldest_queued_at: null, dead: 0, last_failure: null};
    const off = asked.switchedOff || integration.state === 'inactive';
    const paused = off || integration.state === 'paused';
    const because = asked.switchedOff ? 'the kill switch is on' : `the integration is ${integration.state}`;
    const troubled = (hop: HopName) => notices.filter(({code}) => hopOfNotice(code) === hop).map(({code}) => code);
    const noCallback = integration.config.callback_url === '';

    const arrived = await lastArrival(tx, integration.id, 'to-mattermost');
    const heard = await lastArrival(tx, integration.id, 'to-ireserve');
    const posting = {...toMattermost, hop: 'bridge_to_mattermost' as const};
    const calling = {...toIreserve, hop: 'bridge_to_ireserve' as const};
    return [
        {
            ...{...idle, hop: 'ireserve_to_bridge', last_success_at: arrived},
            last_failure: await lastRefusal(tx, integration.id),
            ...(integration.state === 'inactive'
                ? {state: 'off', detail: because}
                : {state: arrived === null ? 'unused' : 'good', detail: ''}),
        },
        {...posting, ...judged(posting, {off: paused ? because : null, codes: troubled('bridge_to_mattermost')})},
        {
            ...{...idle, hop: 'mattermost_to_bridge', last_success_at: heard},
            ...hearing(asked, {off: off ? because : noCallback ? 'no callback URL is set' : null, codes: troubled('mattermost_to_bridge')}),
        },
        {
            ...calling,
            ...judged(calling, {
                off: noCallback ? 'no callback URL is set' : paused ? because : null,
                codes: troubled('bridge_to_ireserve'),
            }),
        },
    ];
}

type Why = {off: string | null; codes: readonly string[]};

function judged({queued, dead, last_success_at}: Pick<HopHealth, 'queued' | 'dead' | 'last_success_at'>, {off, codes}: Why) {
    if (off !== null) return {state: 'off' as const, detail: off};
    if (codes.length > 0) return {state: 'bad' as const, detail: codes.join(', ')};
    if (dead > 0) return {state: 'bad' as const, detail: `${dead} given up`};
    if (queued > 0) return {state: 'waiting' as const, detail: `${queued} waiting`};
    return {state: last_success_at === null ? ('unused' as const) : ('good' as const), detail: ''};
}

function hearing({ear}: Asked, {off, codes}: Why) {
    if (off !== null) return {state: 'off' as const, detail: off};
    if (codes.length > 0) return {state: 'bad' as const, detail: codes.join(', ')};
    return ear?.up ? {state: 'good' as const, detail: ''} : {state: 'waiting' as const, detail: 'not listening just now'};
}

/** Deliveries in one direction. */
async function way(tx: Tx, integration_id: string, direction: Direction) {
    const counts = await tx
        .selectFrom('delivery')
        .select(['state', sql<number>`count(*)`.as('count'), sql<number>`min(received_at)`.as('oldest')])
        .where('integration_id', '=', integration_id)
        .where('direction', '=', direction)
        .where('state', 'in', ['queued', 'dead'])
        .groupBy('state')
        .execute();
    const of = (state: string) => counts.find((one) => one.state === state);
    const last = (level: LogRow['level']) =>
        tx
            .selectFrom('log')
            .select(['at', 'code', 'detail', 'id'])
            .where('integration_id', '=', integration_id)
            .where('direction', '=', direction)
            .where('level', '=', level)
            .where('attempt', 'is not', null)
            .orderBy('id', 'desc')
            .limit(1)
            .executeTakeFirst();
    const success = await last('info');
    const failures = [await last('warn'), await last('error')].filter((one) => one !== undefined).sort((a, b) => b.id - a.id);
    const [failure] = failures;
    return {
        last_success_at: success?.at ?? null,
        last_failure: failure ? {at: failure.at, code: failure.code, detail: failure.detail} : null,
        queued: Number(of('queued')?.count ?? 0),
        oldest_queued_at: of('queued')?.oldest ?? null,
        dead: Number(of('dead')?.count ?? 0),
    };
}

async function lastArrival(tx: Tx, integration_id: string, direction: Direction): Promise<number | null> {
    const row = await tx
        .selectFrom('delivery')
        .select('received_at')
        .where('integration_id', '=', integration_id)
        .where('direction', '=', direction)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
    return row?.received_at ?? null;
}

/** What i-Reserve was last refused with, as far as the integration was known by then. */
async function lastRefusal(tx: Tx, integration_id: string): Promise<HopHealth['last_failure']> {
    const row = await tx
        .selectFrom('log')
        .select(['at', 'code', 'detail'])
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-mattermost')
        .where('level', '=', 'warn')
        .where('delivery_seq', 'is', null)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
    return row ?? null;
}

/** The worst of all: what a light shows. */
export function worstOf(hops: readonly {state: HopState}[], notices: number): 'good' | 'waiting' | 'bad' | 'off' {
    const states = hops.map(({state}) => state);
    if (notices > 0 || states.includes('bad')) return 'bad';
    if (states[0] === 'off' || states[1] === 'off') return 'off';
    return states.includes('waiting') ? 'waiting' : 'good';
}
