/** What tests of agents' answers wait for and look at. */
import {expect} from 'vitest';
import type {ReplyRow} from '../../bridge/store/schema.ts';
import type {Scene} from '../to-ireserve/scene.ts';

type Watched = {bridge: Pick<Scene['bridge'], 'database'>};

/** Waits until nothing is on its way in either direction. */
export async function quiet({bridge}: Watched, timeout = 20_000): Promise<void> {
    await expect.poll(() => waiting({bridge}), {timeout, interval: 20}).toEqual([]);
}

/** What is queued, by source id. */
export async function waiting({bridge}: Watched): Promise<string[]> {
    const rows = await bridge.database.read.selectFrom('delivery').select('source_id').where('state', '=', 'queued').execute();
    return rows.map(({source_id}) => source_id);
}

export const replyOf = ({bridge}: Watched, reply_id: string): Promise<ReplyRow | undefined> =>
    bridge.database.read.selectFrom('reply').selectAll().where('reply_id', '=', reply_id).executeTakeFirst();

/** Waits until a reply has a state. */
export const inState = (scene: Watched, reply_id: string, state: ReplyRow['state']) =>
    expect.poll(async () => (await replyOf(scene, reply_id))?.state, {timeout: 15_000, interval: 15}).toBe(state);

/** What the visitor was told by agents, oldest first; what was taken back is not there. */
export const told = ({ireserve}: Pick<Scene, 'ireserve'>, conversation_id: string): string[] =>
    ireserve
        .conversation(conversation_id)
        .messages.filter(({author, deleted}) => author.type !== 'visitor' && !deleted)
        .map(({text}) => text);

export const toldInTheEnd = (scene: Pick<Scene, 'ireserve'>, conversation_id: string) =>
    expect.poll(() => told(scene, conversation_id), {timeout: 15_000, interval: 15});
