/** Secrets over the admin API: they go in and never come out, rotate with overlap, and nothing is lost while they do. */
import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {signatureHeaders} from '../doubles/ireserve/sign.ts';
import {eventOf} from '../support/bridge.ts';
import {markOf, type Scene, startScene} from '../to-ireserve/scene.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';

let scene: Scene;
/** The signing secret i-Reserve has. */
let original = '';
let admin: ReturnType<typeof adminWith>;
const PATH = '/integrations/aurora-test';
const secretOf = (seed: string) => `whsec_${Buffer.alloc(24, seed).toString('base64')}`;
/** Everything that was ever a secret in this file: searched for at the end. */
const secrets = new Set<string>();
const known = <T extends string>(secret: T): T => {
    secrets.add(secret);
    return secret;
};

beforeAll(async () => {
    scene = await startScene({config: {undo_seconds: 0}});
    const {bridge} = scene;
    known(bridge.integration.secrets.bot_token);
    [original = ''] = bridge.integration.secrets.signing_secrets;
    known(original);
    known(bridge.token);
    admin = adminWith(bridge, known((await adminToken(bridge)).token));
});
afterAll(() => scene.stop());

const stateOf = async (kind: string): Promise<Loose> =>
    (await admin.get(`${PATH}/secrets`)).body.items.find(({secret}: Loose) => secret === kind);
const idsOf = async (kind: string): Promise<string[]> => (await stateOf(kind)).values.map(({id}: Loose) => id);

test('a new one is live beside the old until that is dropped; more than two need a word', async () => {
    const [old] = await idsOf('signing_secrets');
    const made = await admin.post(`${PATH}/secrets/signing_secrets`, {generate: true, expires_at: '2999-06-01T00:00:00Z'});
    expect(made.status).toBe(201);
    expect(known(made.body.shown_once)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const [newest] = made.body.secret.values;
    expect(made.body.secret.values).toMatchObject([
        {last4: made.body.shown_once.replace(/=+$/, '').slice(-4), expires_at: '2999-06-01T00:00:00.000Z'},
        {id: old},
    ]);
    const third = {value: known(secretOf('third'))};
    expect(outcome(await admin.post(`${PATH}/secrets/signing_secrets`, third))).toBe('409 no_room_for_secret');
    expect((await admin.post(`${PATH}/secrets/signing_secrets`, {...third, drop_oldest: true})).body).toMatchObject({
        shown_once: null,
        secret: {values: [{}, {id: newest.id}]},
    });
    expect(outcome(await admin.delete(`${PATH}/secrets/signing_secrets/${old}`))).toBe('404 unknown_secret');
    const given = original;
    await admin.post(`${PATH}/secrets/signing_secrets`, {value: given, drop_oldest: true});
    for (const id of (await idsOf('signing_secrets')).slice(1))
        expect(outcome(await admin.delete(`${PATH}/secrets/signing_secrets/${id}`))).toBe('200');
    expect(await idsOf('signing_secrets')).toEqual([old]);
    const {items} = (await admin.get('/audit?action=secret.')).body;
    expect(items[0]).toMatchObject({action: 'secret.changed', integration: 'aurora-test', after: {signing_secrets: [old]}});
});

test('what is no secret of its kind is refused, without being repeated', async () => {
    const wrong: [string, object][] = [
        ['signing_secrets', {value: known('whsec_c2hvcnQ=')}],
        ['signing_secrets', {value: known('not-a-standard-webhooks-secret')}],
        ['signing_secrets', {}],
        ['signing_secrets', {generate: true, value: known(secretOf('both'))}],
        ['webhook_tokens', {generate: true}],
        ['webhook_tokens', {value: known('too-short-aa')}],
        ['command_tokens', {value: known('with a space in the midst of it')}],
        ['bot_token', {generate: true}],
        ['unheard_of', {generate: true}],
        ['signing_secrets', {generate: true, expires_at: '2001-01-01T00:00:00Z'}],
    ];
    for (const [kind, body] of wrong) {
        const answer = await admin.post(`${PATH}/secrets/${kind}`, body);
        expect(outcome(answer), JSON.stringify([kind, body])).toBe('422 invalid_request');
        for (const secret of secrets) expect(answer.text).not.toContain(secret);
    }
});

test('a bot token is taken only when it is the same bot’s', async () => {
    const {mattermost} = scene;
    const {bot, agents} = mattermost.seeded;
    expect(outcome(await admin.post(`${PATH}/secrets/bot_token`, {value: known('a-token-nobody-has-ever-made')}))).toBe(
        '422 bot_token_refused',
    );
    expect(outcome(await admin.post(`${PATH}/secrets/bot_token`, {value: known(agents[0].token)}))).toBe('422 other_bot');
    const [before] = await idsOf('bot_token');
    const fresh = known(mattermost.act.newToken(bot.id));
    expect(outcome(await admin.post(`${PATH}/secrets/bot_token`, {value: fresh}))).toBe('201');
    const [after] = await idsOf('bot_token');
    expect(after).not.toBe(before);
    expect(outcome(await admin.delete(`${PATH}/secrets/bot_token/${after}`))).toBe('409 needs_a_secret');
    mattermost.faults.add({kind: 'bad-gateway'});
    expect(outcome(await admin.post(`${PATH}/secrets/bot_token`, {value: fresh}))).toBe('503 mattermost_unavailable');
    mattermost.faults.clear();
    expect(await idsOf('bot_token')).toEqual([after]);
});

test('an expiry is a reminder: shown, a metric, and in the overview; nothing stops by it', async () => {
    const {url} = scene.bridge;
    const [id] = await idsOf('bot_token');
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    expect(outcome(await admin.patch(`${PATH}/secrets/bot_token/${id}`, {expires_at: soon}))).toBe('200');
    expect((await stateOf('bot_token')).values[0].expires_at).toBe(soon);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const left = Number(/^ireserve_secret_expires_seconds\{integration="aurora-test",secret="bot_token"\} (\S+)$/m.exec(metrics)?.[1]);
    expect(left).toBeGreaterThan(3 * 86_400 - 600);
    expect((await admin.get('/overview')).body.integrations[0].secrets_expiring).toEqual([{secret: 'bot_token', expires_at: soon}]);
    expect(outcome(await admin.patch(`${PATH}/secrets/bot_token/nobody`, {expires_at: soon}))).toBe('404 unknown_secret');
    await admin.patch(`${PATH}/secrets/bot_token/${id}`, {expires_at: null});
    expect((await admin.get('/overview')).body.integrations[0].secrets_expiring).toEqual([]);
});

test('i-Reserve’s bearer tokens: the new one beside the old, which ends when it is revoked', async () => {
    const made = (await admin.post(`${PATH}/tokens`, {label: 'next', expires_at: '2999-01-01T00:00:00Z'})).body;
    const push = (token: string) =>
        scene.bridge.push(eventOf('conversation.started', {conversation_id: 'C-none'}), {
            query: '?validate-only=true',
            headers: {authorization: `Bearer ${token}`},
        });
    expect([(await push(known(made.token))).status, (await push(scene.bridge.token)).status]).toEqual([200, 200]);
    expect((await admin.get(`${PATH}/tokens`)).body.items).toMatchObject([{state: 'live'}, {id: made.id, label: 'next', state: 'live'}]);
    expect(outcome(await admin.delete(`${PATH}/tokens/${made.id}`))).toBe('204');
    await expect.poll(async () => (await push(made.token)).status, {timeout: 5000}).toBe(401);
    expect(outcome(await admin.delete(`${PATH}/tokens/nobody`))).toBe('404 unknown_token');
});

/** Visitors write and agents answer without a break while a secret rotates; afterwards each word is there once, on both sides. */
async function underLoad(rotate: () => Promise<void>, push: (event: object) => Promise<number>): Promise<void> {
    const {mattermost, ireserve, bridge} = scene;
    const {conversation_id, root_id} = await scene.open();
    const said: string[] = [];
    const answered: string[] = [];
    let going = true;
    const visitor = (async () => {
        for (let n = 0; going; n++) {
            const message_id = `${conversation_id}-${n}`;
            const event = eventOf('message.created', {
                conversation_id,
                message_id,
                author: {type: 'visitor', name: 'Sanne'},
                text: `word ${message_id}`,
            });
            expect([200, 202]).toContain(await push(event));
            said.push(message_id);
            await new Promise((resolve) => setTimeout(resolve, 15));
        }
    })();
    const agent = (async () => {
        while (going) {
            answered.push((await mattermost.act.reply(scene.anna.id, root_id, `answer ${answered.length}`)).id);
            await new Promise((resolve) => setTimeout(resolve, 40));
        }
    })();
    await rotate();
    going = false;
    await Promise.all([visitor, agent]);
    await expect
        .poll(
            () =>
                ireserve.received
                    .filter(({type, data}) => type === 'message.created' && data.conversation_id === conversation_id)
                    .map(({data}) => data.message_id),
            {timeout: 20_000},
        )
        .toEqual(answered);
    await expect
        .poll(
            async () => (await bridge.database.read.selectFrom('delivery').select('seq').where('state', '=', 'queued').execute()).length,
            {timeout: 20_000},
        )
        .toBe(0);
    const posted = mattermost.look.thread(root_id).map((post) => markOf(post)?.key ?? '');
    expect(posted.filter((key) => key.startsWith('message:')).sort()).toEqual(said.map((id) => `message:${id}:0`).sort());
}

/** Until the running bridge has read its integrations again, and nothing is under way that began before. */
const seen = async () => {
    await scene.bridge.readChanges();
    const before = await callbacksUnderWay();
    await expect.poll(async () => (await callbacksUnderWay()).filter((seq) => before.includes(seq))).toEqual([]);
};
const callbacksUnderWay = async (): Promise<number[]> =>
    (
        await scene.bridge.database.read
            .selectFrom('delivery')
            .select('seq')
            .where('direction', '=', 'to-ireserve')
            .where('state', '=', 'queued')
            .execute()
    ).map(({seq}) => seq);
const withBearer = async (event: object) => (await scene.bridge.push(event)).status;

test('rotated under load: the signing secret', async () => {
    const {bridge, ireserve} = scene;
    let secret = original;
    const signed = async (event: object) => {
        const body = JSON.stringify(event);
        const headers = {
            'content-type': 'application/json',
            'ireserve-integration': 'aurora-test',
            ...signatureHeaders(secret, (event as {id: string}).id, body, Date.now()),
        };
        return (await fetch(`${bridge.url}/v1/events`, {method: 'POST', headers, body})).status;
    };
    await underLoad(async () => {
        const [old] = await idsOf('signing_secrets');
        const {shown_once} = (await admin.post(`${PATH}/secrets/signing_secrets`, {generate: true})).body;
        // i-Reserve changes over in its own time, for both ways.
        ireserve.setCallbackSecrets([shown_once, original]);
        await seen();
        secret = known(shown_once);
        await admin.delete(`${PATH}/secrets/signing_secrets/${old}`);
        await seen();
    }, signed);
    // Back, for those that follow.
    await admin.post(`${PATH}/secrets/signing_secrets`, {value: original});
    for (const id of (await idsOf('signing_secrets')).slice(1)) await admin.delete(`${PATH}/secrets/signing_secrets/${id}`);
    ireserve.setCallbackSecrets([original]);
});

test('rotated under load: callback secrets, from the signing secret to one of their own', async () => {
    const {ireserve} = scene;
    const fresh = known(secretOf('callback'));
    await underLoad(async () => {
        await admin.post(`${PATH}/secrets/callback_secrets`, {value: fresh});
        await seen();
        ireserve.setCallbackSecrets([fresh]);
        const [, old] = await idsOf('callback_secrets');
        await admin.delete(`${PATH}/secrets/callback_secrets/${old}`);
        await seen();
    }, withBearer);
    expect(ireserve.callbackAttempts.filter(({status}) => status === 401)).toEqual([]);
    ireserve.setCallbackSecrets([fresh, original]);
    for (const id of await idsOf('callback_secrets')) await admin.delete(`${PATH}/secrets/callback_secrets/${id}`);
    await seen();
    ireserve.setCallbackSecrets([original]);
});

test('rotated under load: the bot token, and the old one revoked', async () => {
    const {mattermost} = scene;
    const {bot} = mattermost.seeded;
    await underLoad(async () => {
        const fresh = known(mattermost.act.newToken(bot.id));
        expect(outcome(await admin.post(`${PATH}/secrets/bot_token`, {value: fresh}))).toBe('201');
        await seen();
        await scene.bridge.listening();
        mattermost.act.revokeTokens(bot.id, fresh);
        const {length} = scene.ireserve.callbackAttempts;
        // Something goes both ways without the old one.
        await expect.poll(() => scene.ireserve.callbackAttempts.length).toBeGreaterThan(length + 2);
    }, withBearer);
});

test('rotated under load: i-Reserve’s bearer token, and the token sent with callbacks', async () => {
    let bearer = scene.bridge.token;
    const push = async (event: object) => (await scene.bridge.push(event, {headers: {authorization: `Bearer ${bearer}`}})).status;
    const sent = () => scene.ireserve.callbackAttempts.at(-1)?.headers.authorization;
    await underLoad(async () => {
        const made = (await admin.post(`${PATH}/tokens`, {label: 'rotated'})).body;
        bearer = known(made.token);
        const first = known(`first-${randomBytes(16).toString('hex')}`);
        const second = known(`second-${randomBytes(16).toString('hex')}`);
        await admin.post(`${PATH}/secrets/callback_tokens`, {value: first});
        await expect.poll(sent).toBe(`Bearer ${first}`);
        await admin.post(`${PATH}/secrets/callback_tokens`, {value: second});
        await expect.poll(sent).toBe(`Bearer ${second}`);
        const [, old] = await idsOf('callback_tokens');
        await admin.delete(`${PATH}/secrets/callback_tokens/${old}`);
    }, push);
});

test('while i-Reserve does not know the new callback token yet, the one before is used', async () => {
    const {ireserve, mattermost} = scene;
    const {root_id} = await scene.open();
    const [old] = await idsOf('callback_tokens');
    await admin.post(`${PATH}/secrets/callback_tokens`, {value: known('the-newest-token-of-all')});
    await seen();
    ireserve.failCallbacks({status: 401, type: 'message.created'});
    const {id} = await mattermost.act.reply(scene.anna.id, root_id, 'still through');
    await ireserve.waitForCallback('message.created', ({data}) => data.message_id === id);
    const tries = ireserve.callbackAttempts.filter(({body}) => body.includes(id));
    expect(tries.map(({status}) => status)).toEqual([401, 200]);
    expect(new Set(tries.map(({webhook_id}) => webhook_id)).size).toBe(1);
    expect(tries[0]?.headers.authorization).toBe('Bearer the-newest-token-of-all');
    expect(tries[1]?.headers.authorization).not.toBe(tries[0]?.headers.authorization);
    for (const value of await idsOf('callback_tokens')) await admin.delete(`${PATH}/secrets/callback_tokens/${value}`);
    expect(old).toBeDefined();
});

test('tokens of hooks and commands, and the address of i-Reserve’s own webhooks, overlap too', async () => {
    const {bridge} = scene;
    const command = (token: string) =>
        fetch(`${bridge.url}/v1/mattermost/command`, {
            method: 'POST',
            headers: {'content-type': 'application/x-www-form-urlencoded', authorization: `Token ${token}`},
            body: new URLSearchParams({token, user_id: scene.anna.id, team_id: 't'.repeat(26), channel_id: scene.mirror.id, text: 'help'}),
        });
    const [one, two] = [known('o'.repeat(26)), known('t'.repeat(26))];
    await admin.post(`${PATH}/secrets/command_tokens`, {value: one});
    await expect.poll(async () => (await command(one)).status).toBe(200);
    await admin.post(`${PATH}/secrets/command_tokens`, {value: two});
    await expect.poll(async () => (await command(two)).status).toBe(200);
    expect((await command(one)).status).toBe(200);
    await admin.delete(`${PATH}/secrets/command_tokens/${(await idsOf('command_tokens'))[1]}`);
    await expect.poll(async () => (await command(one)).status).toBe(401);
    expect((await command(two)).status).toBe(200);

    const address = async () => known((await admin.post(`${PATH}/secrets/native_hook_tokens`, {generate: true})).body.shown_once) as string;
    const native = (url: string) =>
        fetch(`${bridge.url}${new URL(url).pathname}?event=booking_created`, {
            method: 'POST',
            headers: {'content-type': 'application/json'},
            body: '{}',
        });
    const [before, after] = [await address(), await address()];
    await expect.poll(async () => (await native(after)).status).toBe(200);
    expect((await native(before)).status).toBe(200);
    await admin.delete(`${PATH}/secrets/native_hook_tokens/${(await idsOf('native_hook_tokens'))[1]}`);
    await expect.poll(async () => (await native(before)).status).toBe(404);
    expect((await native(after)).status).toBe(200);
    for (const url of [before, after]) known(new URL(url).pathname.split('/').at(-1) ?? '');
    await admin.post(`${PATH}/secrets/webhook_tokens`, {value: known('w'.repeat(26))});
    await admin.post(`${PATH}/secrets/ireserve_passwords`, {value: known('hunter-2-hunter')});
});

test('no secret is in any audit line, log line, answer or export', async () => {
    expect(secrets.size).toBeGreaterThan(20);
    const rows = await scene.bridge.database.read.selectFrom('audit').selectAll().execute();
    expect(rows.length).toBeGreaterThan(25);
    const log = await scene.bridge.database.read.selectFrom('log').selectAll().execute();
    const paths = [
        PATH,
        `${PATH}/secrets`,
        `${PATH}/tokens`,
        '/integrations',
        '/overview',
        '/audit?limit=500',
        '/log?limit=500',
        '/export',
        '/tokens',
        '/sessions',
    ];
    const answers = await Promise.all(paths.map(async (path) => (await admin.get(path)).text));
    for (const text of [JSON.stringify(rows), JSON.stringify(log), scene.bridge.logged(), ...answers]) {
        for (const secret of secrets) expect(text.includes(secret), secret).toBe(false);
    }
});
