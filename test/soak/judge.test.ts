/** A soak is worth what its judge sees: each kind of fault, made by hand in evidence that was clean, is found under its name. */
import {expect, test} from 'vitest';
import type {ChatMessage, Conversation} from '../doubles/ireserve/conversations.ts';
import {COLUMNS, type Evidence, judge} from './judge.ts';
import {type AgentSaid, type Chat, createLedger, newChat} from './ledger.ts';
import type {Standing} from './place.ts';

type Scene = {
    chat: Chat;
    posts: Standing[];
    shown: ChatMessage[];
    attempts: {webhook_id: string; text: string}[];
    ledger: ReturnType<typeof createLedger>;
};

const post = (id: string, fields: Partial<Standing>): Standing => ({
    id,
    channel_id: 'mirror',
    root_id: 'root',
    user_id: 'bot',
    create_at: 10,
    delete_at: 0,
    message: '',
    props: {},
    marks: [],
    files: [],
    ...fields,
});
const own = (id: string, key: string, kind: string, message = '', more: Partial<Standing> = {}) =>
    post(id, {message, props: {ireserve: {conversation: 'C', key, kind}}, ...more});

const answer = (n: number, ...wordings: AgentSaid['wordings']): AgentSaid => ({
    author: 'anna',
    post_id: `p${n}`,
    ids: [`p${n}`],
    root_id: 'root',
    wordings,
    file: null,
    at: n,
    deleted: false,
    orphaned: false,
    moved: false,
    sentLater: false,
});
const shownAs = (n: number, text: string): ChatMessage => ({
    id: `i${n}`,
    source_id: `p${n}`,
    author: {type: 'agent'},
    text,
    format: 'markdown',
    files: [],
    at: 20,
    edited: false,
    deleted: false,
    state: null,
});

/** Two messages of a visitor, two answers and a note; everything as it must be. */
function clean(): Scene {
    const chat = newChat('C');
    const visitor = (n: number, file: string | null = null) => ({message_id: `M${n}`, tokens: [`v${n}z`], withdrawn: false, file, at: n});
    chat.visitor.push(visitor(1), visitor(2, 'v2z.txt'));
    chat.agents.push(answer(1, {token: 'a1z', note: false}), answer(2, {token: 'a2z', note: true}), answer(3, {token: 'a3z', note: false}));
    chat.read.add('p3');
    const ledger = createLedger();
    ledger.chats.push(chat);
    return {
        chat,
        ledger,
        posts: [
            own('root', 'root:1', 'root', '', {root_id: ''}),
            own('m1', 'message:M1:0', 'message', 'v1z'),
            own('m2', 'message:M2:0', 'message', 'v2z', {files: ['v2z.txt']}),
            post('p1', {user_id: 'anna', message: 'a1z', marks: ['white_check_mark']}),
            post('p2', {user_id: 'anna', message: '// a2z'}),
            post('p3', {user_id: 'anna', message: 'a3z', marks: ['eyes']}),
        ],
        shown: [shownAs(1, 'a1z'), shownAs(3, 'a3z')],
        attempts: [
            {webhook_id: 'w1', text: 'a1z'},
            {webhook_id: 'w1', text: 'a1z'},
            {webhook_id: 'w3', text: 'a3z'},
        ],
    };
}

const evidenceOf = ({ledger, posts, shown, attempts}: Scene): Evidence => ({
    ledger,
    posts,
    conversation: () => ({messages: shown}) as unknown as Conversation,
    attempts: attempts.map(({webhook_id, text}) => ({webhook_id, type: 'message.created', body: JSON.stringify({data: {text}})})) as never,
    received: [],
});

const columnsFound = (scene: Scene) => {
    const {found} = judge(evidenceOf(scene));
    return COLUMNS.filter((column) => found[column].length > 0);
};

const change = (scene: Scene, id: string, fields: Partial<Standing>) => {
    scene.posts = scene.posts.map((one) => (one.id === id ? {...one, ...fields} : one));
};

test('nothing is found where nothing is wrong', () => {
    expect(judge(evidenceOf(clean())).found).toEqual(Object.fromEntries(COLUMNS.map((column) => [column, []])));
});

const wrongs: [string, (scene: Scene) => void, string[]][] = [
    ['a message that is not there', (scene) => change(scene, 'm1', {delete_at: 5}), ['lost']],
    ['a message that stands twice', (scene) => scene.posts.push(own('m3', 'message:M2:0', 'message', 'v2z')), ['doubled']],
    ['two first threads', (scene) => scene.posts.push(own('other', 'root:1', 'root', '', {root_id: ''})), ['doubled']],
    ['messages the wrong way round', (scene) => scene.posts.splice(1, 2, ...scene.posts.slice(1, 3).toReversed()), ['out of order']],
    ['old words', (scene) => scene.chat.visitor[0]?.tokens.push('v9z'), ['wrong words']],
    ['words taken back', (scene) => Object.assign(scene.chat.visitor[0] as object, {withdrawn: true}), ['wrong words']],
    ['a file that is not there', (scene) => change(scene, 'm2', {files: []}), ['files']],
    ['a file that stands twice', (scene) => change(scene, 'm1', {files: ['v2z.txt']}), ['files']],
    ['an answer that did not arrive', (scene) => scene.shown.shift(), ['lost']],
    ['an answer that came twice', (scene) => scene.shown.push({...shownAs(3, 'a3z'), id: 'again'}), ['doubled']],
    ['words nobody said', (scene) => scene.shown.push(shownAs(9, 'who?')), ['doubled']],
    ['answers the wrong way round', (scene) => scene.shown.reverse(), ['out of order']],
    ['an answer in its old words', (scene) => scene.chat.agents[0]?.wordings.push({token: 'a9z', note: false}), ['wrong words']],
    ['a deleted answer', (scene) => Object.assign(scene.chat.agents[0] as object, {deleted: true}), ['wrong words']],
    ['a note in a refused try', (scene) => scene.attempts.push({webhook_id: 'w2', text: 'a2z'}), ['leaked']],
    [
        'what was a note, by an edit',
        (scene) => {
            scene.chat.agents[1]?.wordings.push({token: 'a8z', note: false});
            scene.attempts.push({webhook_id: 'w2', text: 'a8z'});
        },
        ['leaked'],
    ],
    ['a mark that does not say what was read', (scene) => change(scene, 'p3', {marks: ['white_check_mark']}), ['wrong marks']],
    ['no mark', (scene) => change(scene, 'p1', {marks: []}), ['wrong marks']],
    ['two marks', (scene) => change(scene, 'p1', {marks: ['white_check_mark', 'x']}), ['wrong marks']],
    ['a mark on a note', (scene) => change(scene, 'p2', {marks: ['white_check_mark']}), ['wrong marks']],
    ['other words under the same id', (scene) => scene.attempts.push({webhook_id: 'w1', text: 'a1z!'}), ['two texts for one id']],
];

test.for(wrongs)('%s', ([, make, found]) => {
    const scene = clean();
    make(scene);
    expect(columnsFound(scene)).toEqual(found);
});

test('an answer whose author is asked is not lost, unless its words were never changed', () => {
    const scene = clean();
    scene.shown.shift();
    scene.posts.push(own('q1', 'question:p1:1', 'question'));
    expect(columnsFound(scene)).toEqual(['lost']);
    scene.chat.agents[0]?.wordings.push({token: 'a9z', note: false});
    expect(columnsFound(scene)).toEqual([]);
    expect(judge(evidenceOf(scene)).asked).toEqual([scene.chat.agents[0]]);
});

test('what people deleted with a thread, or after it was moved away under it, is nobody’s loss; what stood before a move is', () => {
    const scene = clean();
    scene.ledger.gone.set('root', {moved: true, stood: new Set(['m2'])});
    change(scene, 'm1', {delete_at: 5});
    expect(columnsFound(scene)).toEqual([]);
    change(scene, 'm2', {delete_at: 5});
    expect(columnsFound(scene)).toEqual(['lost', 'files']);
});
