/** Plays the script against a running stage and reads every step back from Mattermost, with its times. */
import {setTimeout as sleep} from 'node:timers/promises';
import {createAgent} from './agent.ts';
import {type AgentEar, listenAsAgent} from './agent-ear.ts';
import {ANSWERS, type AnswerScene, type AnswerStep, answerProblems} from './answers.ts';
import {createReader, type Reader, type ReadPost} from './read-back.ts';
import {plainly, REPLIES, type Scene, STEPS, type Step} from './script.ts';
import type {Stage} from './stage.ts';

/** A first try that fails is repeated within seconds; slower than this is a failure to look into. */
const VISIBLE_WITHIN_MS = 20_000;
/** Polite to a real server. */
const LOOK_EVERY_MS = {double: 5, real: 40};
/** The last posts may reach the agent's ear a moment after they can be read. */
const HEARD_WITHIN_MS = 3000;

export type StepResult = {title: string; accepted_ms: number | null; visible_ms: number | null; problems: string[]};
export type Performance = {
    conversation_id: string;
    steps: StepResult[];
    /** Of the whole: order, mentions, nothing double. */
    problems: string[];
    thread: ReadPost[];
    notification: ReadPost | null;
};

/** @param said - told of every step as it ends */
export async function play(stage: Stage, said: (result: StepResult) => void): Promise<Performance> {
    const {mattermost, ireserve} = stage;
    const reader = createReader(mattermost.url, mattermost.botToken);
    const ear = mattermost.agentToken ? await listenAsAgent(mattermost.url, mattermost.agentToken) : null;
    const conversation_id = `demo-${Date.now().toString(36)}`;
    const scene: Scene = {ireserve, conversation_id, said: new Map(), fileBytes: reader.fileBytes};
    const shown = new Map<string, ReadPost>();
    const look = lookFor(stage, reader, conversation_id, shown);

    const steps: StepResult[] = [];
    for (const step of STEPS) {
        const result = await perform(step, scene, look, mattermost.real ? LOOK_EVERY_MS.real : LOOK_EVERY_MS.double);
        if (result.post) shown.set(step.key, result.post);
        steps.push(result);
        said(result);
        // Everything else stands in the thread.
        if (!shown.has('open')) break;
    }

    const root = shown.get('open');
    const notification = shown.get('notification') ?? null;
    const answering: string[] = [];
    if (root && mattermost.agentToken) {
        const agent = createAgent(mattermost.url, mattermost.agentToken, {channel_id: root.channel_id, root_id: root.id});
        const answers: AnswerScene = {ireserve, conversation_id, agent, posted: new Map()};
        for (const step of ANSWERS) {
            const result = await answer(step, answers);
            steps.push(result);
            said(result);
        }
        answering.push(...answerProblems(answers));
        const closed = await until(
            async () => (await reader.thread(root.id)).find(({id, message}) => id === root.id && message.includes('✔')),
            20,
        );
        if (!closed) answering.push('the card does not say that the conversation is closed');
    }
    const thread = root ? await reader.thread(root.id).catch(() => [root]) : [];
    const problems = [...orderProblems(thread, shown), ...answering];
    if (ear) problems.push(...(await mentionProblems(ear, notification ? [...thread, notification] : thread)));
    ear?.close();
    return {conversation_id, steps, problems, thread, notification};
}

type Look = (step: Step) => Promise<ReadPost | undefined>;

/**
 * The post that shows a step, if it is there yet. What stood there before the demo does not count.
 *
 * A real server lets a post be read a moment before its files show in it; it is there when they do.
 */
function lookFor({mattermost}: Stage, reader: Reader, conversation_id: string, shown: ReadonlyMap<string, ReadPost>): Look {
    const began = Date.now();
    return async ({where, shows}) => {
        const root = shown.get('open');
        const isReply = (post: ReadPost) => post.root_id === root?.id && post.files.length === post.file_ids.length && shows(post);
        if (where === 'thread') return root && (await reader.thread(root.id)).find(isReply);
        const posts = await reader.channelPosts(where === 'mirror' ? mattermost.channel_id : mattermost.notification_channel_id);
        const fits = (post: ReadPost) => (where === 'mirror' ? plainly(post.message).includes(conversation_id) : shows(post));
        // A minute of slack: the server has a clock of its own.
        return posts.find((post) => post.create_at > began - 60_000 && post.id !== root?.id && fits(post));
    };
}

/** One step: the act, the wait until its post can be read, the check. Never throws. */
async function perform(step: Step, scene: Scene, look: Look, everyMs: number): Promise<StepResult & {post?: ReadPost}> {
    const start = performance.now();
    const sinceStart = () => performance.now() - start;
    const result: StepResult & {post?: ReadPost} = {title: step.title, accepted_ms: null, visible_ms: null, problems: []};
    const accepted = step.act(scene).then((done) => {
        result.accepted_ms = sinceStart();
        return done;
    });
    try {
        const post = await until(() => look(step), everyMs);
        if (post) Object.assign(result, {post, visible_ms: sinceStart()});
        const done = await Promise.race([accepted, sleep(5000, null)]);
        if (!done) result.problems.push('the bridge did not answer');
        else if (!done.accepted.ok)
            result.problems.push(`the bridge answered ${done.accepted.status}: ${done.accepted.problem?.detail ?? ''}`);
        if (post) result.problems.push(...(await step.check(post, scene)));
        else result.problems.push(`not seen in Mattermost within ${VISIBLE_WITHIN_MS / 1000} s`);
    } catch (error) {
        result.problems.push(error instanceof Error ? error.message : String(error));
    }
    return result;
}

/** One step of the agent: the act, and the wait until the visitor sees it. Never throws. */
async function answer(step: AnswerStep, scene: AnswerScene): Promise<StepResult> {
    const start = performance.now();
    const result: StepResult = {title: step.title, accepted_ms: null, visible_ms: null, problems: []};
    try {
        const post_id = await step.act(scene);
        result.accepted_ms = performance.now() - start;
        if (post_id) scene.posted.set(step.key, post_id);
        result.problems.push(...(await step.seen(scene)));
        result.visible_ms = performance.now() - start;
    } catch (error) {
        result.problems.push(error instanceof Error ? error.message : String(error));
    }
    return result;
}

async function until<T>(look: () => Promise<T | undefined>, everyMs: number): Promise<T | null> {
    const end = performance.now() + VISIBLE_WITHIN_MS;
    while (performance.now() < end) {
        const found = await look();
        if (found) return found;
        await sleep(everyMs);
    }
    return null;
}

/** The replies must stand in the order they were said, each once, and nothing else between them. */
function orderProblems(thread: readonly ReadPost[], shown: ReadonlyMap<string, ReadPost>): string[] {
    const expected = REPLIES.map((key) => shown.get(key)?.id).filter((id) => id !== undefined);
    // Lines of the bridge and the agent's own words come after.
    const actual = thread
        .filter(({root_id}) => root_id !== '')
        .map(({id}) => id)
        .slice(0, expected.length);
    if (expected.length === actual.length && expected.every((id, index) => id === actual[index])) return [];
    return [`the thread has ${actual.length} replies where ${expected.length} were said, or their order is another`];
}

/** An agent who listened the whole time must have heard every post, and must not have been pinged by any. */
async function mentionProblems(ear: AgentEar, posts: readonly ReadPost[]): Promise<string[]> {
    const end = performance.now() + HEARD_WITHIN_MS;
    while (performance.now() < end && !posts.every(({id}) => ear.heard.has(id))) await sleep(20);
    const unheard = posts.filter(({id}) => !ear.heard.has(id)).length;
    const pinged = posts.filter(({id}) => ear.mentionedIn.has(id)).length;
    return [
        ...(unheard > 0 ? [`the agent’s client did not hear ${unheard} of ${posts.length} posts: is the agent in both channels?`] : []),
        ...(pinged > 0 ? [`${pinged} post(s) pinged an agent`] : []),
    ];
}

/** Takes away what the demo made; for a real server. */
export async function cleanUp({mattermost}: Stage, {thread, notification}: Performance): Promise<void> {
    const reader = createReader(mattermost.url, mattermost.botToken);
    for (const post of [thread[0], notification]) if (post) await reader.remove(post.id);
}
