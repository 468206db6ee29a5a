/** What must hold when everything is mended and delivered. Each function names every violation. */
import type {ThreadRow} from '../../../bridge/store/schema.ts';
import {type SeenConversation, type SeenPost, seenConversation, seenPosts, textOf} from '../seen.ts';
import {CONVERSATION_IDS, conversationId, messageId, notificationId} from './events.ts';
import {type ExpectedMessage, expectedCard, expectedMessages, type Settled} from './expected.ts';
import {MESSAGES_PER_THREAD, type Run} from './run.ts';
import {missingOf, showsAnyOf} from './texts.ts';

export async function violations(run: Run): Promise<string[]> {
    const {mattermost, bridge, channels} = run;
    const settled = await settle(run);
    const posts = seenPosts(mattermost.look, Object.values(channels));
    const threads = await bridge.database.read.selectFrom('thread').selectAll().execute();
    return [
        ...run.complaints,
        ...(await engineAtRest(run)),
        ...ordered(settled),
        ...settled.flatMap((one) => endedWell(run, one)),
        ...CONVERSATION_IDS.flatMap((id) => {
            const events = settled.filter(({model}) => 'c' in model && conversationId(model.c) === id);
            const seen = seenConversation(posts, id);
            const rows = threads.filter((thread) => thread.conversation_id === id);
            return [
                ...messagesRight(run, id, events, seen),
                ...threadsRight(run, id, rows, seen),
                ...cardRight(run, id, events, rows, seen),
            ];
        }),
        ...notificationsRight(settled, posts),
        ...posts
            .filter(({mentions}) => mentions.users.length + mentions.special.length > 0)
            .map((post) => `${post.mark.key} mentions somebody`),
    ];
}

/** The accepted events with their rows, in the order of acceptance. */
async function settle({bridge, accepted}: Run): Promise<Settled[]> {
    const rows = await bridge.database.read.selectFrom('delivery').selectAll().execute();
    const bySource = new Map(rows.map((row) => [row.source_id, row]));
    return accepted
        .map((one) => {
            const row = bySource.get(one.id);
            if (!row) throw new Error(`${one.id} was accepted and is not stored`);
            return {...one, row};
        })
        .sort((a, b) => a.row.seq - b.row.seq);
}

async function engineAtRest({bridge}: Run): Promise<string[]> {
    const lanes = await bridge.database.read.selectFrom('lane').selectAll().execute();
    const internal = await bridge.database.read.selectFrom('log').selectAll().where('code', '=', 'internal').execute();
    const notices = await bridge.database.read.selectFrom('notice').selectAll().execute();
    return [
        ...lanes
            .filter(({pending, owner, due}) => pending !== 0 || owner !== null || due !== null)
            .map((lane) => `lane not at rest: ${JSON.stringify(lane)}`),
        ...internal.map((entry) => `internal error while delivering: ${JSON.stringify(entry)}`),
        ...notices.map((notice) => `notice stands: ${JSON.stringify(notice)}`),
        ...bridge
            .logged()
            .split('\n')
            .filter((line) => line.includes('unexpected error')),
    ];
}

/** What was acknowledged in an earlier push comes before what was sent after. */
function ordered(settled: readonly Settled[]): string[] {
    return settled.slice(1).flatMap((one, index) => {
        const before = settled[index];
        const sameLane = before?.row.lane === one.row.lane;
        return before && sameLane && before.push > one.push ? [`${one.id} was stored after ${before.id}, which was pushed later`] : [];
    });
}

/** Final, and no dead letter but for a cause in the scenario. */
function endedWell({causes}: Run, {id: event_id, model, row}: Settled): string[] {
    const where = `${event_id} ${JSON.stringify(model)} is ${row.state} ${row.reason_code ?? ''}`;
    if (row.state === 'queued' || row.state === 'discarded') return [where];
    if (row.state === 'dead' && !(row.reason_code === 'channel_archived' && causes.archived)) return [where];
    if (row.state === 'ignored' && row.reason_code === 'post_gone' && 'm' in model) {
        const excused = causes.wasTaken(row.conversation_id ?? '', messageId(model.m));
        return excused ? [] : [`${where} although its post is there`];
    }
    return [];
}

function messagesRight({causes}: Run, conversation_id: string, events: readonly Settled[], seen: SeenConversation): string[] {
    const wrong: string[] = [];
    const complain = (m: number, what: string) => wrong.push(`${conversation_id} ${messageId(m)}: ${what}`);
    const expected = expectedMessages(events);
    for (const [m, message] of expected) {
        const shown = seen.messages.get(messageId(m));
        const taken = causes.wasTaken(conversation_id, messageId(m));
        if (!shown) {
            if (!taken) complain(m, 'is missing');
            continue;
        }
        const places = shown.parts.map(({place}) => place);
        if (new Set(places).size !== places.length) complain(m, `is doubled: places ${places.join()}`);
        else if (!taken && places.some((place, index) => place !== index)) complain(m, `has places ${places.join()}`);
        const text = textOf(shown);
        const outdated = message.outdated.filter((token) => showsAnyOf(token, text));
        if (outdated.length > 0) complain(m, `still shows ${outdated.join()}${message.withdrawn ? ' although withdrawn' : ''}`);
        const missing = message.withdrawn || taken ? [] : missingOf(message.token, text);
        if (missing.length > 0) complain(m, `does not show ${missing.join()}`);
    }
    for (const id of seen.messages.keys()) {
        if (![...expected.keys()].some((m) => messageId(m) === id)) wrong.push(`${conversation_id} ${id}: nobody said this`);
    }
    // What people deleted half of may have been made again, after its own later parts.
    const whole = new Map([...expected].filter(([m]) => !causes.wasTaken(conversation_id, messageId(m))));
    return [...wrong, ...inOrder(conversation_id, whole, seen)];
}

/** Across threads by their number, within a thread as posted: messages stand as accepted, and the parts of each in their order. */
function inOrder(conversation_id: string, expected: ReadonlyMap<number, ExpectedMessage>, seen: SeenConversation): string[] {
    const threadOf = new Map(seen.roots.map(({number, post}) => [post.id, number]));
    const shown = [...expected].flatMap(([m, {seq}]) =>
        (seen.messages.get(messageId(m))?.parts ?? [])
            // What an edit added comes later than everything.
            .filter(({post}) => !post.mark.key.includes(':edit:'))
            .map(({place, post}) => ({
                name: `${messageId(m)}:${place}`,
                seq,
                place,
                post,
                thread: threadOf.get(post.root_id) ?? Number.NaN,
            })),
    );
    const asShown = shown.toSorted((a, b) => a.thread - b.thread || a.post.position - b.post.position);
    const asAccepted = shown.toSorted((a, b) => a.seq - b.seq || a.place - b.place);
    const names = (list: typeof shown) => list.map(({name}) => name).join(' ');
    return names(asShown) === names(asAccepted) ? [] : [`${conversation_id}: shown as ${names(asShown)}, accepted as ${names(asAccepted)}`];
}

function threadsRight({causes}: Run, conversation_id: string, rows: readonly ThreadRow[], {roots, links}: SeenConversation): string[] {
    const wrong: string[] = [];
    const numbers = roots.map(({number}) => number);
    if (new Set(numbers).size !== numbers.length) wrong.push(`doubled roots: ${numbers.join()}`);
    for (const {number, post} of roots) {
        const row = rows.find((thread) => thread.number === number);
        if (!row) wrong.push(`root ${number} is in Mattermost and not in the store`);
        else if (row.root_id !== post.id && causes.rootsGone(conversation_id) === 0)
            wrong.push(`root ${number} is another one than the store says`);
    }
    const linkKeys = links.map(({mark}) => mark.key);
    if (new Set(linkKeys).size !== linkKeys.length) wrong.push(`doubled links: ${linkKeys.join()}`);
    const recreated = rows.filter(({reason}) => reason === 'recreated').length;
    if (recreated > causes.rootsGone(conversation_id) + (causes.archived ? 1 : 0))
        wrong.push(`${recreated} threads recreated without a cause`);
    const mayLack = causes.rootsGone(conversation_id) > 0 || causes.archived || causes.removed;
    for (const row of rows.filter(({reason}) => reason === 'continued')) {
        const before = rows.find(({number}) => number === row.number - 1);
        if ((before?.replies ?? 0) < MESSAGES_PER_THREAD) wrong.push(`thread ${row.number} continues one of ${before?.replies} messages`);
        if (!mayLack && !linkKeys.includes(`link:${row.number}`)) wrong.push(`thread ${row.number} is not linked`);
    }
    return wrong.map((one) => `${conversation_id}: ${one}`);
}

function cardRight(
    {causes}: Run,
    conversation_id: string,
    events: readonly Settled[],
    rows: readonly ThreadRow[],
    {roots}: SeenConversation,
): string[] {
    const current = rows.toSorted((a, b) => b.number - a.number)[0];
    if (!current) return [];
    const card = roots.find(({post}) => post.id === current.root_id)?.post.message;
    // After the last message, its thread is there.
    if (card === undefined) return [`${conversation_id}: the current thread has no root`];
    if (causes.rootsGone(conversation_id) > 0) return [];
    const {topic, closed} = expectedCard(events);
    const wrong: string[] = [];
    if (topic !== null && !card.includes(topic)) wrong.push(`the card does not show ${topic}`);
    if (closed !== card.includes('✔')) wrong.push(`the card shows ${closed ? 'open' : 'closed'}`);
    return wrong.map((one) => `${conversation_id}: ${one}`);
}

function notificationsRight(settled: readonly Settled[], posts: readonly SeenPost[]): string[] {
    return settled
        .filter(({model}) => model.kind === 'notify')
        .flatMap(({id, token}) => {
            const shown = posts.filter(({mark}) => mark.key.startsWith(`notification:${notificationId(id)}:`));
            const keys = shown.map(({mark}) => mark.key);
            const missing = missingOf(token, shown.map(({message}) => message).join('\n'));
            return [
                ...(missing.length > 0 ? [`notification of ${id} does not show ${missing.join()}`] : []),
                ...(new Set(keys).size < keys.length ? [`notification of ${id} is doubled: ${keys.join()}`] : []),
            ];
        });
}
