/** Carries a scenario out against a real bridge and the Mattermost double, mends everything at the end, and waits until all is delivered. */
import {setTimeout as after} from 'node:timers/promises';
import type {EventOutcome} from '../../../bridge/contract.ts';
import {type MattermostDouble, startMattermost} from '../../doubles/mattermost/start.ts';
import {startTestBridge, type TestBridge} from '../../support/bridge.ts';
import {seenPosts} from '../seen.ts';
import {Causes} from './causes.ts';
import {conversationId, eventFor, NOTIFICATION_TYPE, SECOND_LANGUAGE, type Sent} from './events.ts';
import {type Action, MATTERMOST_TIMEOUT_MS, type ModelEvent, type Place, type Scenario} from './scenario.ts';

/** One accepted event: stored by the bridge, which said so. */
export type Accepted = Sent & {
    /** Number of the push: what was acknowledged in an earlier one was accepted before. */
    readonly push: number;
};

export type Run = {
    readonly mattermost: MattermostDouble;
    readonly bridge: TestBridge;
    readonly channels: Record<Place, string>;
    /** In order of the pushes; within one, as answered. */
    readonly accepted: Accepted[];
    readonly causes: Causes;
    /** Everything wrong that was seen on the way. */
    readonly complaints: string[];
};

export const MESSAGES_PER_THREAD = 10;
/** A late create arrives after the bridge has stopped waiting for it. */
const LATE_MS = MATTERMOST_TIMEOUT_MS + 250;
/** Longest time without a single delivery settled before it counts as stuck; the machine may be busy. */
const STUCK_MS = 60_000;

type State = Run & {pushes: number; events: number; slow: boolean; revoked: boolean; archived: Set<string>};

/** Runs the scenario, calls `check` when all is delivered, and cleans up. */
export async function runScenario(
    {seed, actions}: Scenario,
    databaseUrl: string | undefined,
    check: (run: Run) => Promise<void>,
): Promise<void> {
    const mattermost = await startMattermost({seed});
    const {seeded} = mattermost;
    const second = mattermost.act.addChannel({teamId: seeded.team.id, name: 'second', members: [seeded.admin.id, seeded.bot.id]}).id;
    const channels = {mirror: seeded.channels.mirror.id, second, notifications: seeded.channels.notifications.id};
    const bridge = await startTestBridge({
        mattermost,
        ...(databaseUrl ? {databaseUrl} : {}),
        config: {
            notifications: {[NOTIFICATION_TYPE]: channels.notifications},
            routing: [{language: SECOND_LANGUAGE, channel_id: second}],
            messages_per_thread: MESSAGES_PER_THREAD,
        },
        environment: {MATTERMOST_TIMEOUT_MS: String(MATTERMOST_TIMEOUT_MS)},
    });
    const state: State = {
        mattermost,
        bridge,
        channels,
        accepted: [],
        causes: new Causes(),
        complaints: [],
        pushes: 0,
        events: 0,
        slow: false,
        revoked: false,
        archived: new Set(),
    };
    try {
        for (const action of actions) await act(state, action);
        await mend(state);
        await drain(state);
        // What was said into every conversation at the very end must get through: no lane is stuck, no notice stands for nothing.
        const said = new Set(state.accepted.flatMap(({model}) => ('c' in model && model.kind !== 'typing' ? [model.c] : [])));
        if (said.size > 0) {
            await push(state, [[...said].map((c): ModelEvent => ({kind: 'say', c, m: 99, size: 'short', format: 'plain', file: false}))]);
            await drain(state);
        }
        await check(state);
    } finally {
        await bridge.stop();
        await mattermost.stop();
    }
}

async function act(state: State, action: Action): Promise<void> {
    const {mattermost, bridge, channels} = state;
    const {faults} = mattermost;
    const {bot} = mattermost.seeded;
    switch (action.do) {
        case 'push':
            return push(state, action.batches);
        case 'resend':
            return resend(state, action.which);
        case 'fault':
            if (action.kind === 'slow') state.slow = true;
            return faults.add({kind: action.kind, route: action.route, next: action.next, ...lateness(action)});
        case 'plague':
            if (action.kind === 'slow') state.slow = true;
            return faults.add({kind: action.kind, route: action.route, probability: action.percent / 100, ...lateness(action)});
        case 'clear faults':
            return faults.clear();
        case 'restart server':
            return restartServer(state);
        case 'restart bridge':
            return bridge.restart();
        case 'pause':
            return bridge.change({state: 'paused'});
        case 'resume':
            return bridge.change({state: 'active'});
        case 'revoke token':
            state.revoked = true;
            return mattermost.act.revokeTokens(bot.id);
        case 'renew token':
            return renewToken(state);
        case 'drain':
            // Only as far as the faults allow.
            return drained(state, 600);
        case 'delete root':
        case 'delete reply':
        case 'move thread':
            return disturb(state, action);
        case 'archive':
            return archive(state, channels[action.place]);
        case 'unarchive':
            return unarchive(state, channels[action.place]);
        case 'remove bot':
            state.causes.removed = true;
            return mattermost.act.removeMember(channels[action.place], bot.id);
        case 'add bot':
            return mattermost.act.addMember(channels[action.place], bot.id);
        case 'wait':
            await after(action.ms);
            return;
    }
}

/** Only a create may arrive late: a patch that is carried out after the next one would be the server's own disorder. */
const lateness = ({kind, route}: {kind: string; route: string}) =>
    kind === 'slow' ? {delayMs: route.startsWith('POST') ? LATE_MS : 100} : {};

async function push(state: State, batches: readonly (readonly ModelEvent[])[]): Promise<void> {
    const number = ++state.pushes;
    await Promise.all(
        batches.map(async (models) => {
            const sent = models.map((model) => eventFor(model, ++state.events));
            const {status, body} = await state.bridge.push(sent.length === 1 ? sent[0]?.body : {events: sent.map((one) => one.body)});
            const outcomes: EventOutcome[] = sent.length === 1 ? [body] : body.results;
            for (const [index, one] of sent.entries()) {
                const outcome = outcomes[index];
                const stored = outcome?.outcome === 'created' || outcome?.outcome === 'updated';
                if (stored && one.model.kind !== 'typing') state.accepted.push({...one, push: number});
                if (!stored && !refusedRightly(one.model, outcome))
                    state.complaints.push(`${one.id} was answered ${status} ${JSON.stringify(body)}`);
            }
        }),
    );
}

/** What needs a conversation is refused while there is none. */
const refusedRightly = ({kind}: ModelEvent, outcome: EventOutcome | undefined): boolean => {
    const code = (outcome as {code?: string} | undefined)?.code ?? outcome?.problem?.code ?? outcome?.reason?.code;
    if (kind === 'typing' && code === 'integration_paused') return true;
    return code === 'unknown_conversation' && ['edit', 'withdraw', 'close', 'presence', 'typing'].includes(kind);
};

async function resend(state: State, which: number): Promise<void> {
    const again = state.accepted[which % Math.max(1, state.accepted.length)];
    if (!again) return;
    const {status, body} = await state.bridge.push(again.body);
    if (body.outcome !== 'duplicate') state.complaints.push(`${again.id} sent again was answered ${status} ${JSON.stringify(body)}`);
}

/** A person in Mattermost deletes or moves what the bridge made. */
async function disturb(state: State, action: Extract<Action, {do: 'delete root' | 'delete reply' | 'move thread'}>): Promise<void> {
    const {mattermost, channels, causes} = state;
    const conversation_id = conversationId(action.c);
    const posts = seenPosts(mattermost.look, [channels.mirror, channels.second]).filter(({mark}) => mark.conversation === conversation_id);
    const wanted = posts.filter(({mark}) => mark.kind === (action.do === 'delete reply' ? 'message' : 'root'));
    const target = wanted[action.which % Math.max(1, wanted.length)];
    if (!target) return;
    const thread = posts.filter((post) => post.id === target.id || post.root_id === target.id);
    const {admin} = mattermost.seeded;
    // Nobody moves or deletes in a channel that is archived.
    const open = (id: string) => !state.archived.has(id);
    if (!open(target.channel_id)) return;
    if (action.do === 'delete reply') {
        mattermost.act.remove(admin.id, target.id);
        causes.took(conversation_id, [target]);
        return;
    }
    if (action.do !== 'move thread') {
        mattermost.act.remove(admin.id, target.id);
        causes.took(conversation_id, thread);
        causes.rootGone(conversation_id);
        return;
    }
    const to = action.to === 'elsewhere' ? mattermost.seeded.channels.other.id : channels[action.to];
    if (!open(to)) return;
    const inOldThread = () => seenPosts(mattermost.look, [target.channel_id], {deleted: true}).filter((post) => post.root_id === target.id);
    const before = new Set(inOldThread().map(({id}) => id));
    await mattermost.act.moveThread(target.id, to);
    if (action.to === 'elsewhere') causes.took(conversation_id, thread);
    // What was posted while the thread was copied went with the old root, uncopied.
    causes.took(
        conversation_id,
        inOldThread().filter(({id}) => !before.has(id)),
    );
    causes.rootGone(conversation_id);
}

function archive({mattermost, archived, causes}: State, channel_id: string): void {
    if (archived.has(channel_id)) return;
    archived.add(channel_id);
    causes.archived = true;
    mattermost.act.archive(channel_id);
}

function unarchive({mattermost, archived}: State, channel_id: string): void {
    if (archived.delete(channel_id)) mattermost.act.restore(channel_id);
}

async function restartServer(state: State): Promise<void> {
    // A restart would end requests under way; those held up by a fault are let through first.
    state.mattermost.faults.clear();
    if (state.slow) await after(LATE_MS + 100);
    state.slow = false;
    state.mattermost.act.restart();
}

async function renewToken(state: State): Promise<void> {
    if (!state.revoked) return;
    state.revoked = false;
    await state.bridge.change({secrets: {bot_token: state.mattermost.act.newToken(state.mattermost.seeded.bot.id)}});
}

async function mend(state: State): Promise<void> {
    const {mattermost, bridge, channels} = state;
    await restartServer(state);
    for (const id of Object.values(channels)) {
        unarchive(state, id);
        mattermost.act.addMember(id, mattermost.seeded.bot.id);
    }
    await renewToken(state);
    await bridge.change({state: 'active'});
}

async function drain(state: State): Promise<void> {
    for (let left = await queued(state); left > 0; ) {
        const before = left;
        await drained(state, STUCK_MS, before);
        left = await queued(state);
        if (left === before) {
            state.complaints.push(`nothing was settled for ${STUCK_MS} ms`);
            return;
        }
    }
}

async function queued({bridge}: State): Promise<number> {
    const {count} = await bridge.database.read
        .selectFrom('delivery')
        .select(({fn}) => fn.countAll().as('count'))
        .where('state', '=', 'queued')
        .executeTakeFirstOrThrow();
    return Number(count);
}

/** Waits until fewer than `below` are queued; touching the integration is what an admin does after mending, and makes back-offs end. */
async function drained(state: State, deadlineMs: number, below = 1): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (let turn = 1; Date.now() < deadline && (await queued(state)) >= below; turn++) {
        if (turn % 10 === 0) await state.bridge.change({});
        await after(25);
    }
}
