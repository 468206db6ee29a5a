/** Agents at work in Mattermost: they answer, write notes, edit, delete, attach files; and colleagues who delete and move whole threads. */
import {setTimeout as after} from 'node:timers/promises';
import type {Client} from '../contract/mattermost/client.ts';
import {must} from '../contract/mattermost/place.ts';
import {type AgentSaid, type Chat, inTurn, isNoteNow, type Ledger, lastOf, newToken, type Root, wasNote} from './ledger.ts';
import type {SoakPlace} from './place.ts';
import {refreshRoots} from './roots.ts';

type Parts = {
    readonly place: SoakPlace;
    readonly ledger: Ledger;
    readonly random: () => number;
    readonly goesOn: () => boolean;
};

const RECENT = 8;

/** One agent, in all chats. */
export async function answer({ledger, random, goesOn}: Omit<Parts, 'place'>, agent: Client): Promise<void> {
    const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];
    while (goesOn()) {
        await after(100 + random() * 600);
        const chat = pick(ledger.chats.filter(({roots}) => roots.length > 0));
        if (!chat) continue;
        const draws = {what: random(), which: random(), manner: random(), file: random()};
        await inTurn(ledger, chat, `${agent.username}`, async () => {
            const own = chat.agents.filter((said) => said.author === agent.userId && !said.deleted && !said.orphaned).slice(-RECENT);
            const target = own[Math.floor(draws.which * own.length)];
            if (draws.what < 0.2 && target) return edit(agent, target, draws.manner);
            if (draws.what < 0.27 && target) return remove(agent, target);
            // Mostly in the newest thread, now and then in an older one of the same conversation.
            const root = draws.which < 0.85 ? chat.roots.at(-1) : chat.roots.at(-2);
            if (root) await say(agent, chat, root, {note: draws.manner < 0.12, withFile: draws.file < 0.12});
        });
    }
}

const textOf = (token: string, note: boolean): string => (note ? `// ${token} among us` : `${token} for *you*`);

async function say(agent: Client, chat: Chat, {id, channel_id}: Root, {note, withFile}: {note: boolean; withFile: boolean}): Promise<void> {
    const token = newToken('a');
    const file = withFile ? `${token}.txt` : null;
    const file_ids: string[] = [];
    if (file) {
        const type = {'Content-Type': 'application/octet-stream'};
        const uploaded = must(await agent.send('POST', `/files?channel_id=${channel_id}&filename=${file}`, `bytes of ${file}`, type), 201);
        file_ids.push(String(uploaded.json.file_infos?.[0]?.id));
    }
    const made = await agent.post('/posts', {channel_id, root_id: id, message: textOf(token, note), file_ids});
    // The thread was deleted while this one was typed.
    if (made.status === 400 || made.status === 404) return;
    const {id: post_id, create_at} = must(made, 201).json;
    chat.agents.push({
        author: agent.userId,
        post_id: String(post_id),
        ids: [String(post_id)],
        root_id: id,
        wordings: [{token, note}],
        file,
        at: Number(create_at),
        deleted: false,
        orphaned: false,
        moved: false,
        sentLater: false,
    });
    // No server has an order for what is said within one millisecond, and people don't.
    await after(2);
}

/** What became a note after it was an answer stays one: whether the visitor had it meanwhile is nobody's promise. */
async function edit(agent: Client, said: AgentSaid, manner: number): Promise<void> {
    if (isNoteNow(said) && !wasNote(said)) return;
    const note = wasNote(said) ? manner < 0.5 : manner < 0.12;
    const token = newToken('a');
    said.wordings.push({token, note});
    must(await agent.put(`/posts/${said.post_id}/patch`, {message: textOf(token, note)}), 200);
}

async function remove(agent: Client, said: AgentSaid): Promise<void> {
    said.deleted = true;
    must(await agent.delete(`/posts/${said.post_id}`), 200);
}

/** Its author says, by 📤, that what the bridge asks about is for the visitor; anew each time, for a reaction nobody heard is lost. */
export async function sendAfterAll({place, ledger}: Pick<Parts, 'place' | 'ledger'>, said: AgentSaid): Promise<void> {
    said.sentLater = true;
    const agent = place.agents.find(({userId}) => userId === said.author);
    if (!agent) return;
    await agent.delete(`/users/${agent.userId}/posts/${said.post_id}/reactions/outbox_tray`);
    const made = await agent.post('/reactions', {user_id: agent.userId, post_id: said.post_id, emoji_name: 'outbox_tray'});
    if (made.status >= 300) ledger.complaints.push(`📤 on ${said.post_id} was answered ${made.status} ${made.text}`);
}

/** `unable`: the server can't. */
export type Outcome = 'done' | 'nothing there' | 'unable';

/** An admin deletes the newest thread of a chat, and all that stands in it. */
export async function deleteThread({place, ledger}: Pick<Parts, 'place' | 'ledger'>, chat: Chat): Promise<Outcome> {
    let outcome: Outcome = 'nothing there';
    await inTurn(ledger, chat, 'deleting a thread', async () => {
        const root = chat.roots.at(-1);
        if (!root) return;
        ledger.gone.set(root.id, {moved: false, stood: new Set()});
        for (const said of chat.agents) if (said.root_id === root.id) said.orphaned = true;
        must(await place.admin.delete(`/posts/${root.id}`), 200);
        chat.roots = chat.roots.filter(({id}) => id !== root.id);
        outcome = 'done';
    });
    return outcome;
}

/** An admin moves the newest thread of a chat into the other channel. */
export async function moveThread({place, ledger}: Pick<Parts, 'place' | 'ledger'>, chat: Chat): Promise<Outcome> {
    let outcome: Outcome = 'nothing there';
    await inTurn(ledger, chat, 'moving a thread', async () => {
        const root = chat.roots.at(-1);
        if (!root) return;
        const {mirror, second} = place.channels;
        const stood = new Set((await place.posts()).filter((post) => post.root_id === root.id && post.delete_at === 0).map(({id}) => id));
        if (!(await place.move(root.id, root.channel_id === mirror ? second : mirror))) {
            outcome = 'unable';
            return;
        }
        ledger.gone.set(root.id, {moved: true, stood});
        await refreshRoots(place, ledger);
        const posts = await place.posts();
        const moved = chat.roots.find(({number}) => number === root.number);
        for (const said of chat.agents) {
            if (said.root_id !== root.id || said.deleted) continue;
            const copy = posts.find(
                (post) => post.root_id === moved?.id && post.user_id === said.author && post.message.includes(lastOf(said.wordings).token),
            );
            if (!copy) throw new Error(`${said.post_id} was not moved along`);
            said.ids.push(copy.id);
            Object.assign(said, {post_id: copy.id, root_id: copy.root_id, moved: true});
        }
        outcome = 'done';
    });
    return outcome;
}
