/**
 * What was a note when it was written never leaves by an edit, only by a person's choice; and whoever hears of a post, in whatever order, and
 * however often the bridge is started anew meanwhile, an answer is sent or asked about, and never lost.
 */
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {check} from '../support/seeds.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {presses} from './press.ts';
import {inState, quiet, replyOf, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
let conversation_id: string;
let root_id: string;

/** Never in the millisecond of the version before. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 2));
const say = (message: string) => scene.mattermost.act.reply(scene.anna.id, root_id, message);
async function edit(post_id: string, message: string) {
    await moment();
    scene.mattermost.act.edit(scene.anna.id, post_id, {message});
}

describe('the bridge is away', () => {
    beforeAll(async () => {
        scene = await startScene();
        ({conversation_id, root_id} = await scene.open());
    });
    afterAll(() => scene.stop());

    it('when a note is written and its // taken away: it is asked about, and leaves only when somebody sends it', async () => {
        const {bridge, ireserve} = scene;
        await bridge.goAway();
        const note = await say('// he never pays');
        const answer = await say('Your kayaks are raedy');
        const unchanged = await say('Good morning');
        await edit(note.id, 'he never pays');
        await edit(answer.id, 'Your kayaks are ready');
        await bridge.restart();
        ireserve.connect(bridge.url);
        await toldInTheEnd(scene, conversation_id).toEqual(['Good morning']);
        await inState(scene, note.id, 'asked');
        await inState(scene, answer.id, 'asked');
        const question = await scene.botPost(({key}) => key?.startsWith(`question:${answer.id}:`) ?? false);
        expect(question.message).toContain('it may have been a note at first');
        // Edited again, it is still one whose first words nobody knows.
        const version = (await replyOf(scene, note.id))?.version ?? 0;
        await edit(note.id, 'he hardly ever pays');
        await expect.poll(async () => (await replyOf(scene, note.id))?.version, {timeout: 10_000}).toBeGreaterThan(version);
        await inState(scene, note.id, 'asked');
        await presses(bridge).keep(note.id);
        await presses(bridge).send(answer.id);
        await toldInTheEnd(scene, conversation_id).toEqual(['Good morning', 'Your kayaks are ready']);
        await quiet(scene);
        expect(scene.outbound()).not.toContain('pays');
        expect((await replyOf(scene, unchanged.id))?.state).toBe('delivered');
    });
});

type Manner = 'plain' | 'marked' | 'note';
type How = 'event' | 'edit event' | 'catch-up' | 'told';
type Step = {do: 'edit'; manner: Manner} | {do: 'hear'; how: How} | {do: 'restart'};

const step: fc.Arbitrary<Step> = fc.oneof(
    {weight: 3, arbitrary: fc.record({do: fc.constant('edit' as const), manner: fc.constantFrom<Manner>('plain', 'marked', 'note')})},
    {
        weight: 4,
        arbitrary: fc.record({
            do: fc.constant('hear' as const),
            how: fc.constantFrom<How>('event', 'edit event', 'catch-up', 'told'),
        }),
    },
    {weight: 1, arbitrary: fc.record({do: fc.constant('restart' as const)})},
);

describe('no order of events, webhooks, looks, restarts and edits', () => {
    beforeAll(async () => {
        scene = await startScene({overrides: {look: {down: 900_000, up: 900_000}}});
        ({conversation_id, root_id} = await scene.open());
        // Nobody hears but whom the test lets hear.
        scene.mattermost.events.lose();
    });
    afterAll(() => scene.stop());

    it('lets a note leave, or loses an answer', async () => {
        const notes: string[] = [];
        const property = fc.asyncProperty(
            fc.constantFrom<Manner>('plain', 'marked', 'note'),
            fc.constantFrom('thread' as const, 'explicit' as const),
            fc.array(step, {maxLength: 8}),
            async (manner, reply_policy, steps) => {
                const wordsOf = (how: Manner) => `${{plain: '', marked: '>> ', note: '// '}[how]}word`;
                const {id: post_id} = await say(wordsOf(manner));
                const versions = [manner];
                /** Whether the first words were known to the bridge that lives when they had to be. */
                let toldFirst = false;
                let heardFirst = false;
                let heard = false;
                let replica = presses(scene.bridge, {reply_policy});
                const hear = async (how: How) => {
                    if (how === 'told') {
                        // The event was made when the post was: it is late, not new.
                        replica.wrote({id: post_id, message: wordsOf(manner), edit_at: 0, props: {}});
                        toldFirst = true;
                        return;
                    }
                    if (!heard) heardFirst = versions.length === 1 || toldFirst;
                    heard = true;
                    if (how === 'catch-up') await replica.catchUp(conversation_id);
                    else if (how === 'edit event') await replica.hearEdit(post_id, root_id);
                    else await replica.hear(post_id);
                };
                for (const one of steps) {
                    if (one.do === 'restart') {
                        replica = presses(scene.bridge, {reply_policy});
                        toldFirst = false;
                    } else if (one.do === 'edit') {
                        await edit(post_id, wordsOf(one.manner));
                        versions.push(one.manner);
                    } else await hear(one.how);
                }
                await hear('catch-up');
                const state = (await replyOf(scene, post_id))?.state;
                const last = versions.at(-1);
                // Its mark taken away, it became a note.
                const isUnmarked = versions.includes('marked') && versions.lastIndexOf('plain') > versions.indexOf('marked');
                const isForVisitor = reply_policy === 'thread' ? last !== 'note' : last === 'marked' && !isUnmarked;
                if (versions[0] === 'note') {
                    notes.push(post_id);
                    expect(['note', 'asked', undefined]).toContain(state);
                } else if (!versions.includes('note') && isForVisitor) {
                    expect(heardFirst ? ['queued', 'delivered'] : ['queued', 'delivered', 'asked']).toContain(state);
                }
                if (state === 'asked') {
                    await presses(scene.bridge, {reply_policy}).keep(post_id);
                    expect((await replyOf(scene, post_id))?.state).toBe('internal');
                }
            },
        );
        await check(property, {numRuns: 40});
        await quiet(scene);
        for (const post_id of notes) expect(scene.outbound()).not.toContain(post_id);
        expect(told(scene, conversation_id).length).toBeGreaterThan(0);
    });
});
