/** A visitor is erased: nothing of them is left in Mattermost's channels, in our tables, or in the bytes of the database file. */
import {afterEach, describe, expect, it} from 'vitest';
import {type Erased, erase} from '../../bridge/privacy/erase.ts';
import {exportVisitor} from '../../bridge/privacy/export.ts';
import {eventOf} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {everything, privacyOf} from './privacy.ts';

const STRANGE = {name: 'Zebulonia Quxworthy', email: 'zebulonia.quxworthy@visitors.example'};
const WORDS = ['quokka-message-1', 'quokka-answer-2', 'quokka-note-3', 'quokka-file-4', 'quokka-failed-5', 'quokka-later-6'];
const PIECES = [STRANGE.name, STRANGE.email, ...WORDS];

/** The pieces a text holds, with what stands around them. */
const found = (text: string, pieces: readonly string[]): string[] =>
    pieces
        .filter((piece) => text.includes(piece))
        .map((piece) => text.slice(Math.max(0, text.indexOf(piece) - 150), text.indexOf(piece) + 150));

let scene: Scene;
afterEach(() => scene?.stop());

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
    const start = async (more: Parameters<typeof startScene>[0] = {}) => {
        scene = await startScene({...(dialect === 'postgres' ? {databaseUrl: await createDatabase()} : {}), ...more});
        return scene;
    };

    /** A conversation with everything a conversation can have. */
    async function lively() {
        const {mattermost, ireserve, bridge, anna} = scene;
        const opened = await scene.open(STRANGE);
        const {conversation_id, root_id} = opened;
        await ireserve.say(conversation_id, {
            text: WORDS[0] as string,
            files: [{name: `${WORDS[3]}.txt`, mime_type: 'text/plain', bytes: Buffer.from('words')}],
        });
        const answer = await mattermost.act.reply(anna.id, root_id, WORDS[1] as string);
        await scene.marked(answer.id, 'white_check_mark');
        await mattermost.act.reply(anna.id, root_id, `// ${WORDS[2]}`);
        ireserve.failCallbacks({status: 400, times: 1});
        const failed = await mattermost.act.reply(anna.id, root_id, WORDS[4] as string);
        await scene.marked(failed.id, 'x');
        await bridge.deliver(
            eventOf('notification.created', {
                notification_id: `n-${conversation_id}`,
                notification_type: 'booking_confirmation',
                title: 'Booked',
                fields: [{title: 'E-mail', value: STRANGE.email}],
            }),
        );
        return opened;
    }

    it('nothing is left of the visitor, and others are untouched', async () => {
        const {mattermost, bridge, mirror} = await start();
        const other = await scene.open({name: 'Somebody Else', email: 'else@visitors.example'});
        const {conversation_id, root_id} = await lively();
        const before = await everything(bridge);
        expect(PIECES.filter((piece) => before.includes(piece))).not.toEqual([]);
        const {erasing, integration} = await privacyOf(bridge);

        const counted = await erase(erasing, await integration(), {email: STRANGE.email.toUpperCase()}, {dryRun: true});
        expect(mattermost.look.post(root_id)?.message).toContain(STRANGE.name);
        const erased = await erase(erasing, await integration(), {email: STRANGE.email});

        const amounts = ({conversations, threads, notifications_deleted}: Erased) => ({conversations, threads, notifications_deleted});
        expect(amounts(erased)).toEqual({conversations: 1, threads: {deleted: 1, already_gone: 0}, notifications_deleted: 1});
        expect(amounts(counted)).toEqual(amounts(erased));
        expect(erased.left).toEqual([]);
        expect(erased.rows).toMatchObject({conversation: 1, thread: 1});
        const after = await everything(bridge);
        expect(found(after, [...PIECES, conversation_id])).toEqual([]);
        const posts = [...mattermost.look.posts(mirror.id), ...mattermost.look.posts(mattermost.seeded.channels.notifications.id)];
        expect(posts.filter(({message}) => PIECES.some((piece) => message.replaceAll('\u200b', '').includes(piece)))).toEqual([]);
        expect(after).toContain(other.conversation_id);
        expect(mattermost.look.post(other.root_id)?.message).toContain('Somebody Else');
        // Nothing of the report tells who it was, either.
        expect(PIECES.filter((piece) => JSON.stringify(erased).includes(piece))).toEqual([]);
    });

    it('a notification is found where the address stands only in a link, and where its channel is not mapped any more', async () => {
        const {mattermost, bridge} = await start();
        const notify = (id: string, more: object) =>
            bridge.deliver(
                eventOf('notification.created', {notification_id: id, notification_type: 'booking_confirmation', title: 'Booked', ...more}),
            );
        const link = {url: `https://book.example/?mail=${encodeURIComponent(STRANGE.email)}`, title: 'Booking'};
        const mine = (await notify('n-link', {link})).post_ids?.[0] as string;
        const others = (await notify('n-other', {text: `not ${STRANGE.email}.au`})).post_ids?.[0] as string;
        await bridge.change({config: {notifications: {}}});
        const {erasing, integration, people} = await privacyOf(bridge);
        const exported = await exportVisitor({...erasing, people}, await integration(), {email: STRANGE.email});
        expect(exported).toMatchObject({notifications: [{post_id: mine}], waiting_notifications: [], unread: []});
        expect((await erase(erasing, await integration(), {email: STRANGE.email})).notifications_deleted).toBe(1);
        expect(mattermost.look.post(mine)?.delete_at).toBeGreaterThan(0);
        expect(mattermost.look.post(others)?.delete_at).toBe(0);
        expect(await bridge.database.read.selectFrom('notification_address').select('post_id').execute()).toEqual([{post_id: others}]);
    });

    it('late and repeated events do not bring it back', async () => {
        const {mattermost, bridge, mirror} = await start();
        const conversation_id = 'C-gone';
        const started = eventOf('conversation.started', {conversation_id, visitor: {name: STRANGE.name, email: STRANGE.email}});
        const {thread} = await bridge.deliver(started);
        const {erasing, integration} = await privacyOf(bridge);
        await erase(erasing, await integration(), {conversation_id});
        const roots = mattermost.look.roots(mirror.id).length;

        for (const event of [
            started,
            eventOf('message.created', {conversation_id, message_id: 'M1', author: {type: 'visitor'}, text: WORDS[5]}),
            eventOf('conversation.closed', {conversation_id}),
        ]) {
            const {body} = await bridge.push(event);
            expect(body).toMatchObject({outcome: 'ignored', reason: {code: 'conversation_erased'}});
            expect((await bridge.push(event, {query: '?validate-only=true'})).body).toMatchObject({outcome: 'ignored'});
        }
        expect(mattermost.look.roots(mirror.id).length).toBe(roots);
        expect(mattermost.look.post(thread?.root_id as string)?.delete_at).toBeGreaterThan(0);
        const after = await everything(bridge);
        expect(found(after, [...PIECES, conversation_id])).toEqual([]);
    });

    it('what waits or is being sent just now goes too', async () => {
        const {mattermost, ireserve, bridge, anna} = await start();
        const {conversation_id, root_id} = await scene.open(STRANGE);
        ireserve.failCallbacks({status: 503, times: 1000});
        await mattermost.act.reply(anna.id, root_id, WORDS[1] as string);
        await mattermost.act.reply(anna.id, root_id, WORDS[2] as string);
        await ireserve.waitForAttempts(1);
        const {erasing, integration} = await privacyOf(bridge);
        await erase(erasing, await integration(), {conversation_id});
        ireserve.healCallbacks();
        const attempts = ireserve.callbackAttempts.length;
        const after = await everything(bridge);
        expect(found(after, [...PIECES, conversation_id])).toEqual([]);
        // The lanes are free: another conversation's answers go out.
        const other = await scene.open({name: 'Next'});
        const answer = await mattermost.act.reply(anna.id, other.root_id, 'still here');
        await scene.marked(answer.id, 'white_check_mark');
        expect(ireserve.callbackAttempts.slice(attempts).filter(({body}) => JSON.stringify(body).includes(conversation_id))).toEqual([]);
    });

    it('waits for what is being sent just now: its end would be written into rows that are gone', async () => {
        const {mattermost, ireserve, bridge, anna} = await start();
        const {conversation_id, root_id} = await scene.open(STRANGE);
        ireserve.failCallbacks({delayMs: 1500});
        await mattermost.act.reply(anna.id, root_id, WORDS[1] as string);
        const isSending = async () => {
            const lanes = await bridge.database.read.selectFrom('lane').select('owner').where('queue', 'like', '%/to-ireserve').execute();
            return lanes.some(({owner}) => owner !== null);
        };
        await expect.poll(isSending).toBe(true);
        const {erasing, integration} = await privacyOf(bridge);
        await erase(erasing, await integration(), {conversation_id});
        expect(await isSending()).toBe(false);
        expect(ireserve.callbackAttempts.map(({status}) => status)).toEqual([200]);
        expect(found(await everything(bridge), [...PIECES, conversation_id])).toEqual([]);
    });

    it('what Mattermost refuses to delete is named; an unreachable server leaves everything to be erased later', async () => {
        const {mattermost, bridge, mirror} = await start();
        const {conversation_id, root_id} = await scene.open(STRANGE);
        const {erasing, integration} = await privacyOf(bridge);
        mattermost.faults.add({kind: 'error'});
        await expect(erase(erasing, await integration(), {conversation_id})).rejects.toThrow();
        expect(await everything(bridge)).toContain(conversation_id);
        mattermost.faults.clear();
        mattermost.act.removeMember(mirror.id, mattermost.seeded.bot.id);
        const erased = await erase(erasing, await integration(), {conversation_id});
        expect(erased.left).toEqual([{post_id: root_id, channel_id: mirror.id, why: expect.any(String)}]);
        expect(await everything(bridge)).not.toContain(conversation_id);
    });
});
