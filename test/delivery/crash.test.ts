/** kill -9, again and again, under load and faults: nothing acknowledged is lost, nothing is doubled, and the order holds. */
import {setTimeout as after} from 'node:timers/promises';
import {expect} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {seededRandom} from '../doubles/mattermost/state/ids.ts';
import {onEitherStore} from '../support/kills.ts';
import {warmUp} from './bridge-child.ts';
import {type Chat, judge, makeChat} from './load.ts';
import {createSender} from './sender.ts';
import {makeSite, type Site} from './site.ts';

const CHATS = 8;
/** A bridge lives until Mattermost has answered so many more requests at most; counted, not timed, because machines differ. */
const LONGEST_LIFE = 40;
const MATTERMOST_TIMEOUT_MS = 400;
const DRAIN_DEADLINE_MS = 60_000;

type Figures = {
    kills: number;
    acknowledged: number;
    delivered: number;
    /** Lanes that a killed bridge had in hand. */
    inFlightAtKills: number;
    unansweredAtKills: number;
    duplicatesAbsorbed: number;
    faults: Readonly<Record<string, number>>;
    /** From the kill to the next bridge being up, and to the first delivery it settled. */
    upMs: number;
    deliveringMs: number;
};

async function crash(seed: number, kills: number, databaseUrl: string | undefined): Promise<Figures> {
    const random = seededRandom(seed);
    const mattermost = await startMattermost({seed, latencyScale: 0.3});
    const site = await makeSite({
        mattermost,
        databaseUrl,
        config: {messages_per_thread: 25},
        environment: {
            MATTERMOST_TIMEOUT_MS: String(MATTERMOST_TIMEOUT_MS),
            LOG_LEVEL: 'info',
            // Leases matter with PostgreSQL only: there another replica might still be alive.
            ...(databaseUrl ? {LEASE_MS: '700', POLL_MS: '100'} : {}),
        },
    });
    const chats = Array.from({length: CHATS}, (_, index) => makeChat(`C-${index}`, random));
    let url: string | null = null;
    const sender = createSender(() => url, site.token);
    let next = warmUp(site.environment);
    const killedAt: number[] = [];
    const upAfter: number[] = [];
    let [inFlightAtKills, unansweredAtKills] = [0, 0];
    try {
        let bridge = next.go();
        url = await bridge.up();
        const sending = Promise.all(chats.map((chat) => sender.sendAll(chat.events(), () => random() * 240)));
        for (let kill = 0; kill < kills; kill++) {
            next = warmUp(site.environment);
            if (kill % 10 === 0) armFaults(mattermost);
            await someLife(mattermost, random);
            unansweredAtKills += sender.unanswered();
            killedAt.push(Date.now());
            await bridge.kill('SIGKILL');
            inFlightAtKills += await lanesInHand(site);
            if (kill % 2 === 1) await restartServer(mattermost);
            bridge = next.go();
            // Now and then it does not even come up.
            if (random() < 0.1) {
                await after(random() * 60);
                await bridge.kill('SIGKILL');
                bridge = warmUp(site.environment).go();
            }
            url = await bridge.up();
            upAfter.push(Date.now() - (killedAt.at(-1) ?? 0));
        }
        const faults = mattermost.faults.struck();
        mattermost.faults.clear();
        sender.stop();
        await sending;
        await drained(site);
        const settledAt = await site.look((database) =>
            database.read.selectFrom('delivery').select('finished_at').orderBy('finished_at').execute(),
        );
        expect(await bridge.kill('SIGTERM')).toEqual({code: 0, signal: null});
        expectAllThere(mattermost, chats);
        const deliveringAfter = killedAt.map((at) => (settledAt.find(({finished_at}) => (finished_at ?? 0) > at)?.finished_at ?? at) - at);
        return {
            kills,
            acknowledged: sender.acknowledged.length,
            delivered: settledAt.length,
            inFlightAtKills,
            unansweredAtKills,
            duplicatesAbsorbed: sender.duplicates(),
            faults,
            upMs: median(upAfter),
            deliveringMs: median(deliveringAfter),
        };
    } finally {
        sender.stop();
        await next.end();
        await mattermost.stop();
        site.remove();
    }
}

/** Until a random moment while it is at work. */
async function someLife(mattermost: MattermostDouble, random: () => number): Promise<void> {
    let left = Math.ceil(random() * LONGEST_LIFE);
    await mattermost.until(() => left-- <= 0, 30_000);
    await after(random() * 10);
}

function armFaults({faults}: MattermostDouble): void {
    const route = 'POST /posts';
    faults.add({kind: 'error-after', route, probability: 0.01});
    faults.add({kind: 'reset-after', route, probability: 0.01});
    faults.add({kind: 'silent-after', route, probability: 0.004});
    faults.add({kind: 'error-after', route: 'PUT /posts/:post_id/patch', probability: 0.02});
    // Stops everything for a second each time.
    faults.add({kind: 'too-many', route, next: 1});
}

/** It forgets the keys of creates: from now on only a look tells what was made. Creates under way end first, as a stop would let them. */
async function restartServer(mattermost: MattermostDouble): Promise<void> {
    await after(60);
    mattermost.act.restart();
}

const lanesInHand = (site: Site): Promise<number> =>
    site.look(async (database) => (await database.read.selectFrom('lane').select('key').where('owner', 'is not', null).execute()).length);

async function drained(site: Site): Promise<void> {
    await expect
        .poll(
            () =>
                site.look(
                    async ({read}) => (await read.selectFrom('delivery').select('seq').where('state', '=', 'queued').execute()).length,
                ),
            {
                timeout: DRAIN_DEADLINE_MS,
                interval: 100,
            },
        )
        .toBe(0);
}

function expectAllThere(mattermost: MattermostDouble, chats: readonly Chat[]): void {
    const {delivered, ...wrong} = judge(mattermost.look, mattermost.seeded.channels.mirror.id, chats);
    expect(wrong).toEqual({lost: [], doubled: [], disordered: [], wrong: []});
    expect(delivered).toBe(chats.reduce((sum, {said}) => sum + said.length, 0));
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

onEitherStore('0 lost, 0 doubled, order kept', {sqlite: 7, postgres: 5}, async (seed, kills, databaseUrl) => {
    const figures = await crash(seed, kills, databaseUrl);
    return {...figures, hits: figures.inFlightAtKills + figures.unansweredAtKills};
});
