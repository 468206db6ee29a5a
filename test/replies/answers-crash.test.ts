/** kill -9, again and again, while agents write, edit and delete and i-Reserve answers badly: in the end the visitor sees what stands there. */
import {setTimeout as after} from 'node:timers/promises';
import {expect} from 'vitest';
import {warmUp} from '../delivery/bridge-child.ts';
import {makeSite, type Site} from '../delivery/site.ts';
import {type IreserveDouble, startIreserve} from '../doubles/ireserve/start.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {seededRandom} from '../doubles/mattermost/state/ids.ts';
import {onEitherStore} from '../support/kills.ts';
import {markOf} from '../to-ireserve/scene.ts';
import {violations} from './model/invariants.ts';
import type {Run} from './model/run.ts';
import {newToken, type Said, wordsOf} from './model/said.ts';
import type {Manner} from './model/scenario.ts';

const CHATS = 6;
/** A bridge lives until Mattermost has seen so many more changes at most; counted, not timed, because machines differ. */
const LONGEST_LIFE = 60;
const DEADLINE_MS = 90_000;
const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

type Figures = {
    kills: number;
    replies: number;
    callbacks: number;
    attempts: number;
    /** Callbacks that i-Reserve had taken already. */
    duplicatesAbsorbed: number;
    inFlightAtKills: number;
    /** From the kill to the next bridge being up. */
    upMs: number;
};

async function crash(seed: number, kills: number, databaseUrl: string | undefined): Promise<Figures> {
    const random = seededRandom(seed);
    const mattermost = await startMattermost({seed, latencyScale: 0.3});
    const ireserve = await startIreserve({integration: 'aurora-test', signingSecret: SECRET});
    const site = await makeSite({
        mattermost,
        databaseUrl,
        config: {callback_url: ireserve.callbackUrl},
        secrets: {signing_secrets: [SECRET]},
        environment: {
            MATTERMOST_TIMEOUT_MS: '1500',
            IRESERVE_TIMEOUT_MS: '1000',
            ...(databaseUrl ? {LEASE_MS: '700', POLL_MS: '100'} : {POLL_MS: '100'}),
        },
    });
    const run: Omit<Run, 'scene'> & {said: Said[]} = {
        conversations: [],
        said: [],
        inside: [],
        complaints: [],
        refusals: 0,
        refused: new Set(),
    };
    const upAfter: number[] = [];
    let inFlightAtKills = 0;
    let [writing, next] = [true, warmUp(site.environment)];
    try {
        let bridge = next.go();
        ireserve.connect(await bridge.up());
        for (let n = 0; n < CHATS; n++) run.conversations.push(await openChat(mattermost, ireserve));
        const agents = mattermost.seeded.agents.map((agent) => write(mattermost, run, agent.id, random, () => writing));
        for (let kill = 0; kill < kills; kill++) {
            next = warmUp(site.environment);
            misbehave(mattermost, ireserve, random);
            if (kill % 3 === 1) await untilUnderWay(ireserve);
            else await someLife(mattermost, random);
            const killedAt = Date.now();
            await bridge.kill('SIGKILL');
            inFlightAtKills += await lanesInHand(site);
            if (kill % 3 === 0) mattermost.act.restart();
            bridge = next.go();
            ireserve.connect(await bridge.up());
            upAfter.push(Date.now() - killedAt);
        }
        writing = false;
        await Promise.all(agents);
        mattermost.faults.clear();
        ireserve.healCallbacks();
        await expect
            .poll(
                () =>
                    site.look((database) =>
                        violations({...run, scene: {mattermost, ireserve, bridge: {database}, outbound: () => outbound(ireserve)}}),
                    ),
                {timeout: DEADLINE_MS, interval: 200},
            )
            .toEqual([]);
        expect(await bridge.kill('SIGTERM')).toEqual({code: 0, signal: null});
        return {
            kills,
            replies: run.said.length,
            callbacks: ireserve.received.length,
            attempts: ireserve.callbackAttempts.length,
            duplicatesAbsorbed: ireserve.callbackAttempts.filter(({duplicate}) => duplicate).length,
            inFlightAtKills,
            upMs: upAfter.toSorted((a, b) => a - b)[Math.floor(upAfter.length / 2)] ?? 0,
        };
    } finally {
        writing = false;
        await next.end();
        await ireserve.stop();
        await mattermost.stop();
        site.remove();
    }
}

const outbound = (ireserve: IreserveDouble) => JSON.stringify(ireserve.callbackAttempts.map(({body, headers}) => [body, headers]));

async function openChat(mattermost: MattermostDouble, ireserve: IreserveDouble) {
    const {conversation_id} = await ireserve.openConversation({name: 'Kim'});
    const isRoot = (post: Parameters<typeof markOf>[0]) => markOf(post)?.conversation === conversation_id;
    const root = await mattermost.until(() => mattermost.look.roots(mattermost.seeded.channels.mirror.id).find(isRoot), 20_000);
    return {conversation_id, root_id: root.id, thread: root.id};
}

/** One agent at work in all chats. */
async function write(
    mattermost: MattermostDouble,
    run: Pick<Run, 'conversations' | 'said'>,
    author: string,
    random: () => number,
    goesOn: () => boolean,
): Promise<void> {
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const colleague = mattermost.seeded.agents.find(({id}) => id !== author)?.username ?? '';
    while (goesOn()) {
        await after(60 + random() * 300);
        const own = run.said.filter((said) => said.author === author && !said.deleted);
        const what = random();
        if (what < 0.65 || own.length === 0) {
            const place = pick(run.conversations);
            const manner = pick<Manner>(['plain', 'plain', 'plain', 'plain', 'plain', 'marked', 'slashes', 'word', 'mention']);
            const token = newToken();
            const post = await mattermost.act.reply(author, place.root_id, wordsOf(manner, token, colleague));
            run.said.push({
                conversation_id: place.conversation_id,
                author,
                created: post.create_at,
                thread: place.thread,
                versions: [{manner, token, sent: false}],
                post_id: post.id,
                deleted: false,
                orphaned: false,
                kept: false,
                moved: false,
            });
            continue;
        }
        const said = pick(own.slice(-6));
        if (what < 0.9) {
            const manner = pick<Manner>(['plain', 'plain', 'plain', 'slashes', 'mention']);
            const token = newToken();
            said.versions.push({manner, token, sent: false});
            mattermost.act.edit(author, said.post_id, {message: wordsOf(manner, token, colleague)});
        } else {
            said.deleted = true;
            mattermost.act.remove(author, said.post_id);
        }
    }
}

function misbehave(mattermost: MattermostDouble, ireserve: IreserveDouble, random: () => number): void {
    ireserve.healCallbacks();
    const faults = [
        {status: 500},
        {status: 503},
        {reset: 'before' as const},
        {reset: 'after' as const},
        {reset: 'after' as const},
        {delayMs: 1100},
    ];
    for (let n = 0; n < 3; n++) ireserve.failCallbacks(faults[Math.floor(random() * faults.length)] ?? {});
    mattermost.faults.clear();
    mattermost.faults.add({kind: random() < 0.5 ? 'error' : 'reset', route: 'GET*', probability: 0.02});
}

/** Until a random moment while it is at work. */
async function someLife(mattermost: MattermostDouble, random: () => number): Promise<void> {
    let left = Math.ceil(random() * LONGEST_LIFE);
    await mattermost.until(() => left-- <= 0, 30_000);
    await after(random() * 10);
}

/** Until a callback is under way: a random moment often finds nothing in hand. */
async function untilUnderWay(ireserve: IreserveDouble): Promise<void> {
    ireserve.healCallbacks();
    ireserve.failCallbacks({delayMs: 1100});
    await ireserve.waitForHeldBack(30_000);
}

const lanesInHand = (site: Site): Promise<number> =>
    site.look(async ({read}) => (await read.selectFrom('lane').select('key').where('owner', 'is not', null).execute()).length);

onEitherStore('every answer once, in its last words, and no note', {sqlite: 7, postgres: 4}, async (seed, kills, databaseUrl) => {
    const figures = await crash(seed, kills, databaseUrl);
    return {...figures, hits: figures.inFlightAtKills};
});
