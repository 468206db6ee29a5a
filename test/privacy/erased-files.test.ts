/** Files of what is erased or withdrawn: deleted where Mattermost can be made to, asked for afterwards, and told of where they stay. */
import {afterEach, describe, expect, it} from 'vitest';
import {erase} from '../../bridge/privacy/erase.ts';
import type {ServerVersion} from '../doubles/mattermost/start.ts';
import {eventOf} from '../support/bridge.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {privacyOf} from './privacy.ts';

let scene: Scene;
afterEach(() => scene?.stop());

const FILE = {name: 'passport.txt', mime_type: 'text/plain', bytes: Buffer.from('words')};

/** A conversation with a visitor's file and an agent's; both were downloaded when `opened`. */
async function withFiles(version: ServerVersion, {opened = false} = {}) {
    scene = await startScene({server: {version}});
    const {mattermost, ireserve, bridge, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    await ireserve.say(conversation_id, {text: 'see', files: [FILE]});
    const visitors = await mattermost.until(() => mattermost.look.thread(root_id).find(({files}) => files.length > 0));
    const theirs = mattermost.act.upload(anna.id, scene.mirror.id, 'a.txt', Buffer.from('a'));
    const uploaded = await mattermost.act.post(anna.id, {channel_id: scene.mirror.id, root_id, message: 'look', file_ids: [theirs]});
    await scene.marked(uploaded.id, 'white_check_mark');
    const files = [visitors.files[0]?.id ?? '', theirs] as const;
    const get = (file_id: string) =>
        fetch(`${mattermost.url}/api/v4/files/${file_id}`, {headers: {authorization: `Bearer ${anna.token}`}}).then(({status}) => status);
    if (opened) for (const file of files) await get(file);
    const {erasing, integration} = await privacyOf(bridge);
    return {conversation_id, root_id, visitors, files, get, erase: async () => erase(erasing, await integration(), {conversation_id})};
}

describe('erasing', () => {
    it('11.1: both files go with the thread', async () => {
        const {files, get, erase} = await withFiles('11.1', {opened: true});
        expect(await erase()).toMatchObject({files: 2, left: []});
        expect(await Promise.all(files.map(get))).toEqual([404, 404]);
    });

    it("5.37: the visitor's goes, the agent's is named, as the bot may not delete it; report and log say what to do", async () => {
        const {files, get, erase} = await withFiles('5.37');
        const {files: went, left} = await erase();
        expect(await Promise.all(files.map(get))).toEqual([404, 200]);
        expect({went, left}).toMatchObject({went: 1, left: [{file_id: files[1], why: expect.stringContaining('file store')}]});
        const log = await scene.bridge.database.read.selectFrom('log').selectAll().where('code', '=', 'file_left').execute();
        expect(log).toMatchObject([{level: 'warn', conversation_id: null, detail: expect.stringContaining(files[1])}]);
    });

    it('11.6: what somebody opened before can still be had for a while, and that is told', async () => {
        const {files, erase} = await withFiles('11.6', {opened: true});
        const {left} = await erase();
        expect(left.map(({file_id}) => file_id).toSorted()).toEqual([...files].toSorted());
        expect(left.every(({why}) => why.includes('Purge All Caches'))).toBe(true);
    });
});

describe('withdrawing', () => {
    it.each(['5.37', '11.1', '11.6'] as const)("%s: the visitor's file is gone, and the notice stands", async (version) => {
        const {conversation_id, root_id, visitors, files, get} = await withFiles(version);
        const mark = visitors.props.ireserve as {key: string};
        const message_id = mark.key.split(':')[1] ?? '';
        const outcome = await scene.bridge.deliver(eventOf('message.deleted', {conversation_id, message_id}));
        expect(outcome.reason).toBeUndefined();
        expect(await get(files[0])).toBe(404);
        const shown = scene.mattermost.look.thread(root_id).filter(({message}) => /withdrawn/i.test(message));
        expect(shown.map(({files: with_}) => with_)).toEqual([[]]);
    });

    it('11.6: a file somebody opened is told of', async () => {
        const {conversation_id, visitors, files} = await withFiles('11.6', {opened: true});
        const message_id = (visitors.props.ireserve as {key: string}).key.split(':')[1] ?? '';
        const outcome = await scene.bridge.deliver(eventOf('message.deleted', {conversation_id, message_id}));
        expect(outcome).toMatchObject({outcome: 'updated', reason: {code: 'file_left', detail: expect.stringContaining(files[0])}});
    });
});
