/** One action, one set of effects: whatever it is done with, the conversation, its thread and i-Reserve are the same afterwards. */
import {afterAll, beforeAll, expect, it} from 'vitest';
import {ACTION_NAMES, type ActionName, type Surface, surfacesOf} from '../../bridge/to-ireserve/catalogue.ts';
import {openPanel, type Panel} from '../agent-api/panel.ts';
import {type Desk, startDesk} from './desk.ts';

let desk: Desk;
let anna: Panel;
let bram: Panel;

beforeAll(async () => {
    desk = await startDesk({config: {panel_undo_seconds: 0}});
    anna = await openPanel(desk.bridge, desk.anna.id);
    bram = await openPanel(desk.bridge, desk.bram.id);
});
afterAll(() => desk.stop());

type Chat = {conversation_id: string; root_id: string};
type Effects = {callbacks: string[]; lines: string[]; status: string; assignee: string | null; reply: string | null; notes: number};

type Case = {
    /** What must be so before. @returns the reply it is about, and the post its buttons are under */
    before?: (chat: Chat) => Promise<{post_id: string; buttons_id: string} | unknown>;
    body?: () => object;
    /** What is typed behind the name of the command. */
    typed?: string;
    emoji?: string;
    effects: Partial<Effects>;
};

const asked = async ({root_id}: Chat) => {
    const {post, question} = await desk.asked(root_id);
    return {post_id: post.id, buttons_id: question.id};
};
const failed = async ({root_id}: Chat) => {
    const {post, hint} = await desk.failed(root_id);
    return {post_id: post.id, buttons_id: hint.id};
};
const waiting = {status: 'waiting', assignee: null, reply: null};

/** Done by Ben Osei, on a chat that waits. */
const CASES: Record<ActionName, Case> = {
    claim: {effects: {callbacks: ['conversation.claimed'], lines: ['▸ Ben Osei took this conversation.'], assignee: 'Ben Osei'}},
    release: {
        before: ({conversation_id}) => anna.act(conversation_id, 'claim'),
        effects: {callbacks: ['conversation.released'], lines: ['▸ Ben Osei released this conversation; nobody has it now.']},
    },
    transfer: {
        body: () => ({user_id: desk.anna.id}),
        typed: ' @anna.keller',
        effects: {
            callbacks: ['conversation.transferred'],
            lines: ['▸ Ben Osei handed this conversation to Anna Keller.'],
            assignee: 'Anna Keller',
        },
    },
    close: {effects: {callbacks: ['conversation.closed'], lines: ['▸ Ben Osei closed this conversation.'], status: 'closed'}},
    reopen: {
        before: ({conversation_id}) => anna.act(conversation_id, 'close'),
        effects: {callbacks: ['conversation.reopened'], lines: ['▸ Ben Osei reopened this conversation.'], status: 'open'},
    },
    note: {body: () => ({text: 'be kind'}), typed: ' be kind', effects: {notes: 1}},
    retry: {before: failed, emoji: 'repeat', effects: {callbacks: ['message.created'], status: 'open', reply: 'delivered'}},
    discard: {before: failed, effects: {reply: 'discarded'}},
    send: {
        before: asked,
        emoji: 'outbox_tray',
        effects: {
            callbacks: ['message.created'],
            lines: ['▸ Ben Osei sent the held reply to the visitor.'],
            status: 'open',
            reply: 'delivered',
        },
    },
    keep: {before: asked, effects: {lines: ['▸ Ben Osei kept the held reply internal.'], reply: 'internal'}},
};

const TABLE = ACTION_NAMES.flatMap((name) => surfacesOf(name).map((surface): [ActionName, Surface] => [name, surface]));

it.each(TABLE)('%s by %s', async (name, surface) => {
    const {before, body, typed = '', emoji = '', effects} = CASES[name];
    const chat = await desk.open({name: 'Sanne'});
    const {conversation_id, root_id} = chat;
    const about = (await before?.(chat)) as {post_id?: string; buttons_id?: string} | undefined;
    const {post_id, buttons_id = root_id} = about ?? {};
    await desk.mattermost.until(() => surface !== 'button' || desk.buttonsOf(buttons_id).includes(name));
    if (before && !post_id) await desk.mattermost.until(() => desk.lines(root_id).length === 1);
    const [calls, lines] = [desk.ireserve.callbackAttempts.length, desk.lines(root_id).length];
    switch (surface) {
        case 'panel':
            expect((await bram.act(conversation_id, name, {...body?.(), ...(post_id ? {reply_id: post_id} : {})})).status).toBe(200);
            break;
        case 'button':
            await desk.mattermost.act.press(desk.bram.id, buttons_id, name);
            break;
        case 'command':
            await desk.run(desk.bram, `${name}${typed}`, {root_id});
            break;
        case 'reaction':
            desk.mattermost.act.react(desk.bram.id, post_id ?? '', emoji);
            break;
    }
    await expect
        .poll(async (): Promise<Effects> => {
            const {status, assignee, replies} = (await anna.get(`/conversations/${conversation_id}`)).body;
            const sent = desk.ireserve.callbackAttempts.slice(calls).map(({body}) => JSON.parse(String(body)));
            return {
                callbacks: sent.filter(({data}) => data.conversation_id === conversation_id).map(({type}) => type),
                lines: desk.lines(root_id).slice(lines),
                status,
                assignee: assignee?.name ?? null,
                reply: replies.find((one: {reply_id: string}) => one.reply_id === post_id)?.state ?? null,
                notes: desk.mattermost.look.thread(root_id).filter(({message}) => message.includes('be kind')).length,
            };
        })
        .toEqual({callbacks: [], lines: [], notes: 0, ...waiting, ...effects});
    if (post_id) await desk.gone(buttons_id);
});
