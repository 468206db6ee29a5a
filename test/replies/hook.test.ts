/** The second ear, Mattermost's outgoing webhook: always 200 `{}` at once, and it can only ever say "look at this post". */

import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {quiet, told, toldInTheEnd} from './quiet.ts';

const TOKEN = 'token-of-the-hook-00000001';
const OTHER_TOKEN = 'token-of-another-integration';

let scene: Scene;
let conversation_id: string;
let root_id: string;
/** Public and mirrored into: the only kind of channel hooks fire for. */
let open: string;

beforeAll(async () => {
    scene = await startScene({secrets: {webhook_tokens: [TOKEN]}, environment: {MATTERMOST_TIMEOUT_MS: '500'}});
    const {mattermost, bridge} = scene;
    const {team, admin, bot, agents} = mattermost.seeded;
    open = mattermost.act.addChannel({teamId: team.id, name: 'open-chats', members: [admin.id, bot.id, ...agents.map(({id}) => id)]}).id;
    await bridge.change({config: {channel_id: open}});
    const box = createSecretBox(loadKey(undefined, join(bridge.settings.DATA_DIR, 'secret.key')));
    await createIntegrations(bridge.database, box, Date.now).add({
        name: 'borealis-test',
        licence: 'borealis',
        environment: 'test',
        config: {...bridge.integration.config, channel_id: mattermost.seeded.channels.other.id},
        secrets: {bot_token: bot.token, signing_secrets: [bridge.signingSecret], webhook_tokens: [OTHER_TOKEN]},
    });
    for (const content_type of ['application/json', 'application/x-www-form-urlencoded']) await addHook(content_type);
    // A call with a token the bridge has not read yet would be dropped for good, and no other ear hears of it.
    for (const token of hookTokens) await vi.waitUntil(() => isKnown(token), {timeout: 15_000});
});
afterAll(() => scene.stop());
beforeEach(async () => {
    ({conversation_id} = await scene.ireserve.openConversation({name: 'Sanne'}));
    const root = await scene.mattermost.until(() =>
        scene.mattermost.look
            .roots(open)
            .find(({props}) => (props.ireserve as {conversation?: string} | undefined)?.conversation === conversation_id),
    );
    root_id = root.id;
    await scene.bridge.listening();
});

/** With a token of Mattermost's own making; the bridge is told of it. */
async function addHook(content_type: string): Promise<void> {
    const {mattermost, bridge} = scene;
    const {team, admin} = mattermost.seeded;
    const response = await fetch(`${mattermost.url}/api/v4/hooks/outgoing`, {
        method: 'POST',
        headers: {authorization: `Bearer ${admin.token}`, 'content-type': 'application/json'},
        body: JSON.stringify({
            team_id: team.id,
            channel_id: open,
            display_name: content_type,
            callback_urls: [`${bridge.url}/v1/mattermost/hook`],
            content_type,
        }),
    });
    const {token} = (await response.json()) as {token: string};
    const now = bridge.database.read.selectFrom('integration').select('id').execute();
    await now;
    hookTokens.push(token);
    await bridge.change({secrets: {webhook_tokens: [TOKEN, ...hookTokens]}});
}
const hookTokens: string[] = [];

/** Asked by a call that can have no other effect: its post does not exist. */
async function isKnown(token: string): Promise<boolean> {
    const refused = async () =>
        /^ireserve_outgoing_webhooks_total\{outcome="wrong_token"\} (\d+)/m.exec(
            await (await fetch(`${scene.bridge.url}/metrics`)).text(),
        )?.[1] ?? '0';
    const before = await refused();
    await json({token, post_id: 'z'.repeat(26)});
    return (await refused()) === before;
}

async function call(body: string, type = 'application/json'): Promise<{status: number; body: string; ms: number}> {
    const at = performance.now();
    const response = await fetch(`${scene.bridge.url}/v1/mattermost/hook`, {method: 'POST', headers: {'content-type': type}, body});
    return {status: response.status, body: await response.text(), ms: performance.now() - at};
}
const json = (fields: object) => call(JSON.stringify(fields));
const form = (fields: Record<string, string>) => call(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
const posts = () => scene.mattermost.look.posts(open).length;
const attempts = () => scene.ireserve.callbackAttempts.length;

it('alone it is enough: two hooks, JSON and form, and no event stream relay an answer once', async () => {
    const {mattermost, anna} = scene;
    mattermost.events.lose();
    await mattermost.act.reply(anna.id, root_id, 'Hello');
    await toldInTheEnd(scene, conversation_id).toEqual(['Hello']);
    await quiet(scene);
    mattermost.events.tell();
    expect(told(scene, conversation_id)).toEqual(['Hello']);
    expect(scene.outbound()).not.toContain('forged');
});

it('doubled, in both forms, and with the event stream: once', async () => {
    const {mattermost, anna} = scene;
    const {id} = await mattermost.act.reply(anna.id, root_id, 'Once');
    const answers = await Promise.all([1, 2, 3].flatMap(() => [json({token: TOKEN, post_id: id}), form({token: TOKEN, post_id: id})]));
    expect(answers.every(({status, body}) => status === 200 && body === '{}')).toBe(true);
    await toldInTheEnd(scene, conversation_id).toEqual(['Once']);
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['Once']);
});

describe('it answers 200 {} at once, and relays and posts nothing', () => {
    const cases: Record<string, () => Promise<string> | string> = {
        'nothing at all': () => '',
        'no JSON': () => '{"token": ',
        'an array': () => '[1, 2]',
        'other types': () => JSON.stringify({token: 5, post_id: {}}),
        'a huge body': () => JSON.stringify({token: TOKEN, post_id: 'x'.repeat(26), text: 'y'.repeat(3_000_000)}),
        'a wrong token': async () => JSON.stringify({token: 'x'.repeat(26), post_id: await unheard('wrong token')}),
        'a made-up post': () => JSON.stringify({token: TOKEN, post_id: 'a'.repeat(26)}),
        'a post of another channel': async () => {
            const {mattermost, anna} = scene;
            const post = await mattermost.act.post(anna.id, {channel_id: mattermost.seeded.channels.other.id, message: 'elsewhere'});
            return JSON.stringify({token: TOKEN, post_id: post.id});
        },
        'a root of the channel': async () =>
            JSON.stringify({
                token: TOKEN,
                post_id: (await scene.mattermost.act.post(scene.anna.id, {channel_id: open, message: 'aside'})).id,
            }),
        'a note': async () =>
            JSON.stringify({token: TOKEN, post_id: (await scene.mattermost.act.reply(scene.anna.id, root_id, '// difficult')).id}),
        'a post of ours': () => JSON.stringify({token: TOKEN, post_id: root_id}),
        'a deleted post': async () => {
            const post = await scene.mattermost.act.reply(scene.anna.id, root_id, '// gone');
            scene.mattermost.act.remove(scene.anna.id, post.id);
            return JSON.stringify({token: TOKEN, post_id: post.id});
        },
        'the token of another integration': async () => JSON.stringify({token: OTHER_TOKEN, post_id: await unheard('not theirs')}),
    };
    /** Said in the thread, a note, so that no other ear relays it. */
    const unheard = async (text: string) => (await scene.mattermost.act.reply(scene.anna.id, root_id, `// ${text}`)).id;

    for (const [name, body] of Object.entries(cases)) {
        it(name, async () => {
            const given = await body();
            const [before, sent] = [posts(), attempts()];
            for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
                const answer = await call(given, type);
                expect(answer).toMatchObject({status: 200, body: '{}'});
                expect(answer.ms).toBeLessThan(3000);
            }
            await quiet(scene);
            expect([posts(), attempts()]).toEqual([before, sent]);
        });
    }
});

it('the other integration’s token does not relay what is said in this one’s thread, and once is once', async () => {
    const {mattermost, anna} = scene;
    const {id} = await mattermost.act.reply(anna.id, root_id, 'ours');
    for (let n = 0; n < 3; n++) await json({token: OTHER_TOKEN, post_id: id});
    await toldInTheEnd(scene, conversation_id).toEqual(['ours']);
    await quiet(scene);
    const bodies = scene.ireserve.callbackAttempts.map(({body}) => body);
    expect(bodies.some((body) => body.includes('borealis'))).toBe(false);
    expect(told(scene, conversation_id)).toEqual(['ours']);
});

it('Mattermost can’t be read: answered at once, and the answer is found later', async () => {
    const {mattermost, anna} = scene;
    mattermost.events.lose();
    mattermost.faults.add({kind: 'silent', route: 'GET*', next: 6});
    const {id} = await mattermost.act.reply(anna.id, root_id, 'later');
    const answer = await json({token: TOKEN, post_id: id});
    expect(answer).toMatchObject({status: 200, body: '{}'});
    expect(answer.ms).toBeLessThan(2000);
    await toldInTheEnd(scene, conversation_id).toEqual(['later']);
    mattermost.events.tell();
    mattermost.faults.clear();
});
