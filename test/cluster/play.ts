/** What is played on the cluster: messages each way, a rolling restart under load, a replica killed. Each throws when it is not as it should be. */
import {setTimeout as sleep} from 'node:timers/promises';
import {createAgent, type DemoAgent} from '../demo/agent.ts';
import {createReader, type Reader, type ReadPost} from '../demo/read-back.ts';
import type {Cluster} from './stage.ts';

const WITHIN_MS = 20_000;

export type Chat = {conversation_id: string; root: ReadPost; reader: Reader; agent: DemoAgent};

export async function openChat({mattermost, ireserve}: Cluster): Promise<Chat> {
    const {conversation_id, accepted} = await ireserve.openConversation({name: 'Kim'});
    if (!accepted.ok) throw new Error(`the bridge answered ${accepted.status}`);
    const reader = createReader(mattermost.url, mattermost.botToken);
    const root = await until('the thread', async () =>
        (await reader.channelPosts(mattermost.channel_id)).find(
            ({root_id, message}) => root_id === '' && message.replaceAll('\\', '').includes(conversation_id),
        ),
    );
    const agent = createAgent(mattermost.url, mattermost.agentToken ?? '', {channel_id: root.channel_id, root_id: root.id});
    return {conversation_id, root, reader, agent};
}

/** One message each way. @returns ms until each was seen */
export async function eachWay({ireserve}: Cluster, {conversation_id, root, reader, agent}: Chat, words: string) {
    const began = performance.now();
    await ireserve.say(conversation_id, `${words} of the visitor`);
    await until('the visitor’s message', async () =>
        (await reader.thread(root.id)).find(({message}) => message.includes(`${words} of the visitor`)),
    );
    const there = performance.now();
    await agent.say(`${words} of the agent`);
    await ireserve.waitForMessage(conversation_id, ({text}) => text === `${words} of the agent`, WITHIN_MS);
    return {there: Math.round(there - began), back: Math.round(performance.now() - there)};
}

/** The replicas end by SIGTERM and start again, one after the other, while messages come without a pause. @returns how many came */
export async function restartRolling(cluster: Cluster, chat: Chat): Promise<number> {
    const {ireserve, replicas, balancer} = cluster;
    const before = ireserve.attempts.length;
    const said: string[] = [];
    let isOver = false;
    const load = (async () => {
        while (!isOver) {
            const text = `word ${said.length}.`;
            said.push(text);
            await ireserve.say(chat.conversation_id, text);
            await sleep(20);
        }
    })();
    for (const replica of replicas) {
        const code = await replica.end('SIGTERM');
        if (code !== 0) throw new Error(`${replica.name} ended with ${code}`);
        await replica.start();
        await until(`${replica.name} behind the balancer`, async () => balancer.up().length === replicas.length);
    }
    isOver = true;
    await load;
    const refused = ireserve.attempts.slice(before).filter(({status}) => status !== 200 && status !== 202);
    if (refused.length > 0) throw new Error(`${refused.length} requests failed: ${JSON.stringify(refused[0])}`);
    const shown = await until('every message in the thread', async () => {
        const words = (await chat.reader.thread(chat.root.id)).flatMap(
            ({root_id, message}) => (root_id && /word \d+\./.exec(message)?.[0]) || [],
        );
        return words.length >= said.length && words;
    });
    const wrong = said.findIndex((text, index) => shown[index] !== text);
    if (wrong !== -1 || shown.length > said.length)
        throw new Error(`the thread shows “${shown.slice(wrong, wrong + 3).join(' ')}” where “${said[wrong]}” was said`);
    return said.length;
}

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    for (const end = performance.now() + WITHIN_MS; ; await sleep(10)) {
        const found = await look();
        if (found) return found;
        if (performance.now() > end) throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`);
    }
}
