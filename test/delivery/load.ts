/** Many web chats at once, as i-Reserve would send them, and whether every one of them stands in Mattermost as it was said. */
import type {Looks} from '../doubles/mattermost/start.ts';
import {seenConversation, seenPosts} from './seen.ts';
import type {Sendable} from './sender.ts';

type Said = {readonly message_id: string; token: string; readonly parts: number};

/** One conversation's events, without end, and what of them was sent. */
export type Chat = {readonly conversation_id: string; readonly said: Said[]; events(): Generator<Sendable>};

export type Verdict = {
    readonly delivered: number;
    readonly lost: string[];
    readonly doubled: string[];
    readonly disordered: string[];
    readonly wrong: string[];
};

/** Two posts of at most 16,000 code points. */
const LONG = Array.from({length: 2400}, (_, index) => `word${index}`).join(' ');

export function makeChat(conversation_id: string, random: () => number): Chat {
    const said: Said[] = [];
    const envelope = (id: string) => ({id: `${conversation_id}-${id}`, timestamp: new Date().toISOString()});
    return {
        conversation_id,
        said,
        *events() {
            yield {...envelope('start'), type: 'conversation.started', data: {conversation_id, visitor: {name: 'Kim'}}} as Sendable;
            for (let n = 0; ; n++) {
                const message_id = `M${n}`;
                const long = random() < 0.04;
                const one: Said = {message_id, token: `first${n}of`, parts: long ? 2 : 1};
                said.push(one);
                const author = {type: 'visitor', name: 'Kim'};
                const text = long ? `${one.token} ${LONG} end of ${one.token}` : one.token;
                yield {...envelope(message_id), type: 'message.created', data: {conversation_id, message_id, author, text}} as Sendable;
                if (long || random() > 0.06) continue;
                one.token = `second${n}of`;
                yield {
                    ...envelope(`${message_id}-edit`),
                    type: 'message.edited',
                    data: {conversation_id, message_id, text: one.token},
                } as Sendable;
            }
        },
    };
}

/** Everything sent must be there once, in order, in its last wording. */
export function judge(look: Looks, channel_id: string, chats: readonly Chat[]): Verdict {
    const verdict = {delivered: 0, lost: [] as string[], doubled: [] as string[], disordered: [] as string[], wrong: [] as string[]};
    const posts = seenPosts(look, [channel_id]);
    for (const {conversation_id, said} of chats) {
        const {roots, links, messages} = seenConversation(
            posts.filter(({mark}) => mark.conversation === conversation_id),
            conversation_id,
        );
        for (const list of [roots.map(({post}) => post.mark.key), links.map(({mark}) => mark.key)]) {
            if (new Set(list).size < list.length) verdict.doubled.push(`${conversation_id} ${list.join()}`);
        }
        for (const {message_id, token, parts} of said) {
            const name = `${conversation_id} ${message_id}`;
            const places = messages.get(message_id)?.parts.map(({place}) => place) ?? [];
            if (new Set(places).size < places.length) verdict.doubled.push(name);
            else if (places.length < parts) verdict.lost.push(`${name} (${places.length} of ${parts} posts)`);
            else verdict.delivered++;
            if (places.length > 0 && !messages.get(message_id)?.parts[0]?.post.message.includes(token))
                verdict.wrong.push(`${name} is not ${token}`);
        }
        const numberOf = new Map(roots.map(({number, post}) => [post.id, number]));
        const order = [...messages.values()]
            .flatMap(({message_id, parts}) => parts.map(({place, post}) => ({rank: Number(message_id.slice(1)) * 10 + place, post})))
            .toSorted(
                (a, b) => (numberOf.get(a.post.root_id) ?? 0) - (numberOf.get(b.post.root_id) ?? 0) || a.post.position - b.post.position,
            );
        if (order.some(({rank}, index) => rank < (order[index - 1]?.rank ?? 0))) verdict.disordered.push(conversation_id);
        if (messages.size > said.length) verdict.wrong.push(`${conversation_id} shows ${messages.size} messages of ${said.length}`);
    }
    return verdict;
}
