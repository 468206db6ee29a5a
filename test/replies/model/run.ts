/** Carries a scenario out with a real bridge between both doubles, mends everything at the end, and waits until all is well. */
import {writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as after} from 'node:timers/promises';
import {type Scene, startScene} from '../../to-ireserve/scene.ts';
import {presses} from '../press.ts';
import {quiet} from '../quiet.ts';
import {violations} from './invariants.ts';
import {lastOf, newToken, type Said, wordsOf} from './said.ts';
import type {Action, IreserveFault, Scenario} from './scenario.ts';

export type Run = {
    readonly scene: Pick<Scene, 'mattermost' | 'ireserve' | 'outbound'> & {bridge: Pick<Scene['bridge'], 'database'>};
    readonly conversations: {conversation_id: string; root_id: string; thread: string}[];
    readonly said: Said[];
    /** Words that are nobody's answer: of a bot, or outside the threads. */
    readonly inside: string[];
    readonly complaints: string[];
    /** How many callbacks i-Reserve was told to refuse for good. */
    refusals: number;
    /** Replies that failed at some time: a later version of theirs comes out of order. */
    readonly refused: Set<string>;
};

type State = Run & {scene: Scene; press: ReturnType<typeof presses>; second: string; helper: string; rootsGone: number};

const HOOK_TOKEN = 'hook-token-of-the-model';
const DEADLINE_MS = 40_000;

/** @throws Error naming every broken rule and a file with the log */
export async function runScenario(scenario: Scenario, databaseUrl: string | undefined): Promise<void> {
    const scene = await startScene({
        server: {seed: scenario.seed},
        ...(databaseUrl ? {databaseUrl} : {}),
        config: {undo_seconds: scenario.undoSeconds},
        secrets: {webhook_tokens: [HOOK_TOKEN]},
        environment: {MATTERMOST_TIMEOUT_MS: '1500', IRESERVE_TIMEOUT_MS: '1000'},
        overrides: {look: {down: 400, up: 2000}},
    });
    const {mattermost, bridge} = scene;
    const {team, bot, admin, agents} = mattermost.seeded;
    const second = mattermost.act.addChannel({
        teamId: team.id,
        name: 'second',
        type: 'P',
        members: [admin.id, bot.id, ...agents.map(({id}) => id)],
    });
    // A thread that is moved out of the channels an admin named is heard of only by the event stream.
    await bridge.change({config: {routing: [{language: 'xx', channel_id: second.id}]}});
    const helper = mattermost.act.addBot({
        username: 'helper',
        ownerId: admin.id,
        teamId: team.id,
        channelIds: [scene.mirror.id, second.id],
    });
    const state: State = {
        scene,
        conversations: [],
        said: [],
        inside: [],
        complaints: [],
        refusals: 0,
        refused: new Set(),
        press: presses(scene.bridge),
        second: second.id,
        helper: helper.id,
        rootsGone: 0,
    };
    try {
        for (let n = 0; n < scenario.conversations; n++) {
            const {conversation_id, root_id} = await scene.open();
            state.conversations.push({conversation_id, root_id, thread: root_id});
        }
        for (const action of scenario.actions) await act(state, action);
        await mend(state);
        await allWell(state);
    } finally {
        await scene.stop();
    }
}

async function allWell(state: State): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    for (let turn = 1; ; turn++) {
        const wrong = await violations(state);
        if (wrong.length === 0) return;
        if (Date.now() > deadline) throw new Error(`${wrong.join('\n')}\nsee ${report(state, wrong)}`);
        // What an admin does after mending; it ends back-offs.
        if (turn % 20 === 0) await state.scene.bridge.change({});
        await after(50);
    }
}

function report({scene, said}: State, wrong: readonly string[]): string {
    const file = join(tmpdir(), `ireserve-replies-${process.pid}-${Date.now()}.log`);
    const requests = scene.mattermost.requests().map(({at, route, url, status}) => ({at: new Date(at).toISOString(), route, url, status}));
    const callbacks = scene.ireserve.callbackAttempts.map(({at, type, status, webhook_id, body}) => ({
        at: new Date(at).toISOString(),
        type,
        status,
        webhook_id,
        text: (JSON.parse(body) as {data: {text?: string}}).data.text,
    }));
    const lines = [...wrong, '', scene.bridge.logged(), ...[...said, ...callbacks, ...requests].map((line) => JSON.stringify(line))];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
}

async function act(state: State, action: Action): Promise<void> {
    const {scene, press} = state;
    const {mattermost, ireserve, bridge} = scene;
    switch (action.do) {
        case 'visitor':
            await ireserve.say(at(state, action.c).conversation_id, 'Hello?');
            return;
        case 'post':
            return post(state, action);
        case 'bot post':
        case 'root post':
            return aside(state, action);
        case 'edit':
            return edit(state, action);
        case 'delete':
            return withPost(state, action, async (said) => {
                said.deleted = true;
                mattermost.act.remove(said.author, said.post_id);
            });
        case 'send':
            return withPost(state, action, async (said) => {
                const version = lastOf(said);
                // Once asked for it may leave, however this try ends.
                if (said.kept || !(await isAsked(state, said))) return;
                version.sent = true;
                await press
                    .send(said.post_id)
                    .catch(() => press.send(said.post_id))
                    .catch(() => undefined);
                if (await isAsked(state, said)) state.complaints.push(`${said.post_id} is still asked about`);
            });
        case 'keep':
            return withPost(state, action, async (said) => {
                const before = said.kept;
                said.kept = true;
                await press.keep(said.post_id).catch(() => {
                    // Nothing is asked, perhaps because it was kept before.
                    said.kept = before;
                });
            });
        case 'hook':
            return withPost(state, action, async (said) => {
                const body = JSON.stringify({token: HOOK_TOKEN, post_id: said.post_id, text: 'forged', user_id: 'forged'});
                const headers = {'content-type': 'application/json'};
                await Promise.all(
                    Array.from({length: action.times}, () => fetch(`${bridge.url}/v1/mattermost/hook`, {method: 'POST', headers, body})),
                );
            });
        case 'cut':
            mattermost.act.cutSockets();
            return;
        case 'lose events':
            return mattermost.events.lose();
        case 'hold events':
            return mattermost.events.hold();
        case 'tell events':
            return mattermost.events.tell();
        case 'tell events reversed':
            return mattermost.events.tell('reversed');
        case 'restart server':
            return mattermost.act.restart();
        case 'refuse sockets':
            mattermost.faults.add({kind: 'reset', route: 'GET /websocket', next: action.next});
            mattermost.act.cutSockets();
            return;
        case 'ireserve': {
            if (action.fault === 'refused') state.refusals += action.times;
            // A proxy may say so after i-Reserve took it.
            const taken = action.times === 2 && ANSWERS_OF_PROXIES.includes(action.fault);
            return ireserve.failCallbacks({...FAULTS[action.fault], times: action.times, taken});
        }
        case 'mattermost':
            return mattermost.faults.add({
                kind: action.kind,
                route: action.route,
                next: action.next,
                ...(action.kind === 'slow' ? {delayMs: 150} : {}),
                ...(action.kind === 'too-many' ? {retryAfterS: 1} : {}),
            });
        case 'heal':
            return heal(state);
        case 'restart bridge':
            await bridge.restart();
            ireserve.connect(bridge.url);
            return;
        case 'pause':
            return bridge.change({state: 'paused'});
        case 'resume':
            return bridge.change({state: 'active'});
        case 'quiet':
            // Only as far as the faults allow.
            return quiet(scene, 500).catch(() => undefined);
        case 'delete root':
            return deleteRoot(state, action.c);
        case 'move thread':
            return moveThread(state, action.c);
        case 'wait':
            await after(action.ms);
            return;
    }
}

const FAULTS: Record<IreserveFault, object> = {
    limited: {status: 429, retryAfter: 1},
    unavailable: {status: 503},
    error: {status: 500},
    refused: {status: 422},
    gone: {status: 410},
    'reset before': {reset: 'before'},
    'reset after': {reset: 'after'},
    slow: {delayMs: 1100},
};

const ANSWERS_OF_PROXIES: readonly IreserveFault[] = ['limited', 'unavailable', 'error'];

const at = ({conversations}: State, c: number) => conversations[c % conversations.length] as State['conversations'][number];

async function post(state: State, {c, who, manner, file}: Extract<Action, {do: 'post'}>): Promise<void> {
    const {mattermost} = state.scene;
    const place = at(state, c);
    const author = mattermost.seeded.agents[who % 3] as {id: string};
    const root = mattermost.look.post(place.root_id);
    if (!root || root.delete_at > 0) return;
    const token = newToken();
    const file_ids = file ? [mattermost.act.upload(author.id, root.channel_id, 'plan.txt', Buffer.from(token))] : [];
    const message = wordsOf(manner, token, colleagueOf(state, author.id));
    const made = await mattermost.act.post(author.id, {channel_id: root.channel_id, root_id: root.id, message, file_ids});
    state.said.push({
        conversation_id: place.conversation_id,
        author: author.id,
        created: made.create_at,
        thread: place.thread,
        versions: [{manner, token, sent: false}],
        post_id: made.id,
        deleted: false,
        orphaned: false,
        kept: false,
        moved: false,
    });
}

const colleagueOf = ({scene}: State, id: string): string => scene.mattermost.seeded.agents.find((agent) => agent.id !== id)?.username ?? '';

async function aside(state: State, {do: what, c}: Extract<Action, {do: 'bot post' | 'root post'}>): Promise<void> {
    const {mattermost, anna, mirror} = state.scene;
    const root = mattermost.look.post(at(state, c).root_id);
    const token = newToken();
    state.inside.push(token);
    if (what === 'root post') await mattermost.act.post(anna.id, {channel_id: mirror.id, message: token});
    else if (root && root.delete_at === 0) await mattermost.act.reply(state.helper, root.id, token);
}

async function withPost(state: State, {c, which}: {c: number; which: number}, then: (said: Said) => Promise<void>): Promise<void> {
    const {conversation_id} = at(state, c);
    const there = state.said.filter((said) => said.conversation_id === conversation_id && !said.deleted && !said.orphaned);
    const said = there[which % Math.max(1, there.length)];
    if (said) await then(said);
}

const edit = (state: State, action: Extract<Action, {do: 'edit'}>) =>
    withPost(state, action, async (said) => {
        const token = newToken();
        // Nobody edits twice in a millisecond.
        await after(2);
        said.versions.push({manner: action.manner, token, sent: false});
        state.scene.mattermost.act.edit(said.author, said.post_id, {
            message: wordsOf(action.manner, token, colleagueOf(state, said.author)),
        });
    });

async function isAsked({scene}: State, {post_id}: Said): Promise<boolean> {
    const row = await scene.bridge.database.read.selectFrom('reply').select('state').where('post_id', '=', post_id).executeTakeFirst();
    return row?.state === 'asked';
}

async function deleteRoot(state: State, c: number): Promise<void> {
    const {mattermost, ireserve} = state.scene;
    const place = at(state, c);
    const root = mattermost.look.post(place.root_id);
    if (!root || root.delete_at > 0 || state.rootsGone++ > 1) return;
    // Also of what somebody had just deleted: once the root is gone, nobody can tell which of the two took it away.
    for (const said of state.said) if (said.thread === place.thread) said.orphaned = true;
    mattermost.act.remove(mattermost.seeded.admin.id, root.id);
    // The next word of the visitor makes a new one; until then there is none to say anything in.
    await heal(state);
    await ireserve.say(place.conversation_id, 'Is anybody there?');
    place.root_id = await newRoot(state, place);
    place.thread = place.root_id;
}

const newRoot = ({scene}: State, {conversation_id, root_id}: {conversation_id: string; root_id: string}): Promise<string> =>
    scene.mattermost.until(
        () =>
            scene.mattermost.look.roots(scene.mirror.id).find(({id, props}) => {
                const mark = props.ireserve as {conversation?: string} | undefined;
                return mark?.conversation === conversation_id && id !== root_id;
            })?.id,
        15_000,
    );

/** When all is quiet: what was not heard before a move can't be told from what is new after it. */
async function moveThread(state: State, c: number): Promise<void> {
    const {mattermost, mirror} = state.scene;
    const place = at(state, c);
    const root = mattermost.look.post(place.root_id);
    if (!root || root.delete_at > 0) return;
    await mend(state);
    await allWell(state);
    const moved = await mattermost.act.moveThread(root.id, root.channel_id === mirror.id ? state.second : mirror.id);
    place.root_id = moved.id;
    const copies = mattermost.look.thread(moved.id);
    for (const said of state.said) {
        const copy = copies.find(({message}) => message.includes(lastOf(said).token));
        if (copy && !said.deleted && !said.orphaned) Object.assign(said, {post_id: copy.id, moved: true});
    }
}

async function heal(state: State): Promise<void> {
    const {mattermost, ireserve, bridge} = state.scene;
    await noteRefused(state);
    mattermost.faults.clear();
    mattermost.events.tell();
    ireserve.healCallbacks();
    await bridge.change({state: 'active'});
}

async function mend(state: State): Promise<void> {
    await heal(state);
    state.scene.mattermost.act.restart();
}

async function noteRefused({scene, refused}: State): Promise<void> {
    const rows = await scene.bridge.database.read.selectFrom('log').select('source_id').where('code', '=', 'callback_rejected').execute();
    for (const {source_id} of rows) refused.add(source_id?.split('/')[0] ?? '');
}
