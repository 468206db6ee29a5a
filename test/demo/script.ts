/** The scripted conversation: what happens on the i-Reserve side, which post must show it in Mattermost, and what must be true of that post. */
import {SAMPLE_NOTIFICATIONS} from '../doubles/ireserve/sample-notifications.ts';
import type {Done, IreserveDouble} from '../doubles/ireserve/start.ts';
import {lakePicture} from './picture.ts';
import type {ReadPost} from './read-back.ts';

export type Scene = {
    ireserve: IreserveDouble;
    conversation_id: string;
    /** Message ids by the step's key. */
    said: Map<string, string>;
    fileBytes: (file_id: string) => Promise<Buffer>;
};

export type Step = {
    key: string;
    title: string;
    /** In which channel the post appears, and whether in the conversation's thread. */
    where: 'mirror' | 'thread' | 'notifications';
    act: (scene: Scene) => Promise<Done>;
    shows: (post: ReadPost) => boolean;
    /** @returns what is wrong; nothing: all is well */
    check: (post: ReadPost, scene: Scene) => Promise<string[]> | string[];
};

const VISITOR = 'Sanne Bakker';
const BOT = 'Zilverplas-assistent';
export const GREETING = 'Hallo! Is de Zilvermeeuw zaterdag 18 juli nog vrij?';
export const EDITED = 'Hallo! Is de Zilvermeeuw zondag 19 juli nog vrij? (niet zaterdag)';
const PICTURE_TEXT = 'Zo lag hij er vorig jaar bij, wat een avond was dat.';
const LIST_TEXT = 'En dit is wie er meevaart.';
const LIST = 'naam,zwemvest\nSanne,M\nJoost,L\nPip (4 jaar),XS\nBeer de hond,S\n';
const ANSWER = 'Goed nieuws: de Zilvermeeuw is zondag 19 juli van 10:00 tot 14:00 vrij. Een medewerker neemt het zo over.';
const SHOUT = 'Is er al iemand wakker op de steiger?';

const notification = SAMPLE_NOTIFICATIONS.confirmed ?? missing();
const picture = lakePicture();

async function say(scene: Scene, key: string, saying: Parameters<IreserveDouble['say']>[1]): Promise<Done> {
    const done = await scene.ireserve.say(scene.conversation_id, saying);
    scene.said.set(key, done.message_id);
    return done;
}

export const STEPS: readonly Step[] = [
    {
        key: 'open',
        title: 'Visitor opens a chat on a boat’s page',
        where: 'mirror',
        act: ({ireserve, conversation_id}) =>
            ireserve.openConversation({
                conversation_id,
                name: VISITOR,
                language: 'nl',
                page: {url: `${ireserve.url}/boats/zilvermeeuw`, title: 'Zilvermeeuw · Sloepverhuur De Zilverplas'},
            }),
        shows: () => true,
        check: (post, {conversation_id, ireserve}) => [
            ...lacks(post, VISITOR, 'the visitor’s name'),
            ...lacks(post, conversation_id, 'the conversation’s id'),
            ...lacks(post, 'Zilvermeeuw', 'the page’s title'),
            ...lacks(post, `${ireserve.url}/boats/zilvermeeuw`, 'the page’s address'),
            ...(post.root_id === '' ? [] : ['the card is not a root post']),
        ],
    },
    {
        key: 'hello',
        title: 'Visitor says hello',
        where: 'thread',
        act: (scene) => say(scene, 'hello', GREETING),
        shows: has(GREETING),
        check: (post) => lacks(post, VISITOR, 'the visitor’s name'),
    },
    {
        key: 'picture',
        title: 'Visitor sends a picture (fetched by URL)',
        where: 'thread',
        act: (scene) =>
            say(scene, 'picture', {
                text: PICTURE_TEXT,
                files: [{name: 'avond op de plas.png', mime_type: 'image/png', bytes: picture, by: 'url'}],
            }),
        shows: has(PICTURE_TEXT),
        check: (post, scene) => sameFile(post, scene, 'avond op de plas.png', picture),
    },
    {
        key: 'list',
        title: 'Visitor sends a small file (inline)',
        where: 'thread',
        act: (scene) =>
            say(scene, 'list', {
                text: LIST_TEXT,
                files: [{name: 'opvarenden.csv', mime_type: 'text/csv', bytes: Buffer.from(LIST), by: 'inline'}],
            }),
        shows: has(LIST_TEXT),
        check: (post, scene) => sameFile(post, scene, 'opvarenden.csv', Buffer.from(LIST)),
    },
    {
        key: 'edit',
        title: 'Visitor edits the first message',
        where: 'thread',
        act: ({ireserve, conversation_id, said}) => ireserve.edit(conversation_id, said.get('hello') ?? missing(), EDITED),
        shows: has('zondag 19 juli nog vrij'),
        check: (post) => [...has_not(post, GREETING, 'the old text'), ...(post.edit_at > 0 ? [] : ['the post is not marked as edited'])],
    },
    {
        key: 'bot',
        title: 'i-Reserve’s bot answers',
        where: 'thread',
        act: (scene) => say(scene, 'bot', {text: ANSWER, author: {type: 'bot', name: BOT}}),
        shows: has(ANSWER),
        check: (post) => lacks(post, BOT, 'the bot’s name'),
    },
    {
        key: 'notification',
        title: 'A booking is confirmed: notification',
        where: 'notifications',
        act: ({ireserve}) => ireserve.notify(notification),
        shows: has(notification.title),
        check: (post) => [
            ...(post.root_id === '' ? [] : ['the notification stands in a thread']),
            ...notification.fields.flatMap(({title, value}) => [
                ...lacks(post, title, 'a field’s name'),
                ...lacks(post, value, `the field ${title}`),
            ]),
            ...lacks(post, notification.link.url, 'the link'),
        ],
    },
    {
        key: 'shout',
        title: 'Visitor tries @channel, @all and @here',
        where: 'thread',
        act: (scene) => say(scene, 'shout', `@channel @all @here ${SHOUT}`),
        shows: has(SHOUT),
        check: (post) => (/@(channel|all|here)\b/i.test(post.message) ? ['the text still holds a live mention'] : []),
    },
];

/** Steps that make a reply of their own, in the order the thread must show. */
export const REPLIES: readonly string[] = STEPS.filter(({key, where}) => where === 'thread' && key !== 'edit').map(({key}) => key);

/** The bridge may put invisible characters and backslashes into text to tame it; people read the same words. */
export function plainly(text: string): string {
    return text.replace(/[\u200b-\u200d\u2060\ufeff]/g, '').replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

function has(text: string) {
    return (post: ReadPost) => plainly(post.message).includes(text);
}
const lacks = (post: ReadPost, text: string, what: string) => (has(text)(post) ? [] : [`${what} (“${text}”) is missing`]);
const has_not = (post: ReadPost, text: string, what: string) => (has(text)(post) ? [`${what} is still there`] : []);

async function sameFile(post: ReadPost, {fileBytes}: Scene, name: string, bytes: Uint8Array): Promise<string[]> {
    const [file_id, ...more] = post.file_ids;
    if (!file_id || more.length > 0) return [`the post has ${post.file_ids.length} files instead of one`];
    const shown = post.files[0]?.name ?? '';
    const problems = shown === name ? [] : [`the file is called “${shown}” instead of “${name}”`];
    const arrived = await fileBytes(file_id);
    return arrived.equals(bytes) ? problems : [...problems, `the file’s bytes differ (${arrived.length} instead of ${bytes.length})`];
}

function missing(): never {
    throw new Error('the demo’s script is incomplete');
}
