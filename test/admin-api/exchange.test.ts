/** All integrations as one YAML document, and back: nothing lost on the way, no secret in it, and every mistake with its line. */
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {parse} from 'yaml';
import {planImport} from '../../bridge/admin/exchange.ts';
import {tryImport} from '../../bridge/admin/try-import.ts';
import {createSecretBox} from '../../bridge/secrets.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {startTestBridge, type TestBridge} from '../support/bridge.ts';
import {adminSession, adminToken, adminWith, type Loose, outcome} from './admin.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;
let admin: ReturnType<typeof adminWith>;
const SECRET = `whsec_${Buffer.alloc(24, 'e').toString('base64')}`;
const CHANNEL = 'c'.repeat(26);

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost, config: {routing: [{language: 'de', channel_id: CHANNEL}], guard_minutes: 30}});
    process.env.IRESERVE_IMPORT_BOT = 'bot-token-from-the-environment';
    process.env.IRESERVE_IMPORT_SECRET = SECRET;
});
beforeEach(async () => {
    admin = adminWith(bridge, (await adminToken(bridge)).token);
});
afterAll(async () => {
    delete process.env.IRESERVE_IMPORT_BOT;
    delete process.env.IRESERVE_IMPORT_SECRET;
    await bridge.stop();
    await mattermost.stop();
});

const exported = async () => (await admin.get('/export')).text;
/** Everything an import could touch. */
const everything = async () => {
    const {read} = bridge.database;
    const [integrations, secrets, audit] = await Promise.all([
        read.selectFrom('integration').selectAll().orderBy('id').execute(),
        read.selectFrom('secret').selectAll().orderBy('value_id').execute(),
        read.selectFrom('audit').selectAll().orderBy('id').execute(),
    ]);
    return JSON.stringify([integrations, secrets, audit]);
};
const borealis = (more = '') => `version: 1
integrations:
    borealis:
        licence: borealis
        environment: test
        state: paused
        config:
            server_url: ${mattermost.url}
            channel_id: ${CHANNEL}
${more}        secrets:
            bot_token: \${env:IRESERVE_IMPORT_BOT}
            signing_secrets:
                - \${env:IRESERVE_IMPORT_SECRET}
`;

test('what is exported holds no secret, and imported again changes nothing', async () => {
    const answer = await admin.get('/export');
    expect(answer.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    const {bot_token, signing_secrets} = bridge.integration.secrets;
    for (const secret of [bot_token, ...signing_secrets]) expect(answer.text).not.toContain(secret);
    const {integrations} = parse(answer.text) as Loose;
    expect(integrations['aurora-test']).toMatchObject({
        licence: 'aurora',
        state: 'active',
        config: {guard_minutes: 30},
        secrets: {bot_token: 'keep', signing_secrets: 'keep'},
    });
    const before = await everything();
    const back = await admin.yaml('/import', answer.text);
    expect(back.body).toEqual({
        dry_run: false,
        changed: false,
        integrations: [{name: 'aurora-test', change: 'same', fields: [], warnings: []}],
    });
    expect(await everything()).toBe(before);
});

test('a dry run says what would be added, changed and removed, and changes nothing', async () => {
    const before = await everything();
    const document = parse(await exported()) as Loose;
    const {config} = document.integrations['aurora-test'];
    Object.assign(config, {language: 'de', attachment_hosts: ['files.example.com'], guard_minutes: undefined, routing: []});
    document.integrations['aurora-test'].secrets.signing_secrets = [`\${env:IRESERVE_IMPORT_SECRET}`, 'keep'];
    document.integrations.borealis = (parse(borealis()) as Loose).integrations.borealis;
    const {body, text} = await admin.yaml('/import?dry_run=true', JSON.stringify(document));
    expect(body).toMatchObject({dry_run: true, changed: true});
    const of = (name: string) => body.integrations.find((one: Loose) => one.name === name);
    expect(of('aurora-test').change).toBe('changed');
    expect(of('aurora-test').fields).toEqual([
        {field: 'config.routing', change: 'removed', before: [{language: 'de', channel_id: CHANNEL}], after: []},
        {field: 'config.language', change: 'changed', before: 'en', after: 'de'},
        {field: 'config.attachment_hosts', change: 'added', before: [], after: ['files.example.com']},
        {field: 'config.guard_minutes', change: 'removed', before: 30, after: 60},
        {
            field: 'secrets.signing_secrets',
            change: 'changed',
            before: [expect.any(String)],
            after: [expect.any(String), expect.any(String)],
        },
    ]);
    expect(of('borealis')).toMatchObject({change: 'added'});
    for (const secret of [SECRET, 'bot-token-from-the-environment', bridge.integration.secrets.bot_token])
        expect(text).not.toContain(secret);
    expect(await everything()).toBe(before);
});

test('an import adds and changes, all with their lines in the audit trail; what it does not name stays', async () => {
    const {body} = await admin.yaml('/import', borealis('            language: de\n'));
    expect(body.integrations).toMatchObject([
        {name: 'borealis', change: 'added'},
        {name: 'aurora-test', change: 'untouched'},
    ]);
    const shown = (await admin.get('/integrations/borealis')).body;
    expect(shown).toMatchObject({
        state: 'paused',
        config: {language: 'de'},
        secrets: expect.arrayContaining([
            expect.objectContaining({
                secret: 'signing_secrets',
                values: [expect.objectContaining({last4: SECRET.replace(/=+$/, '').slice(-4)})],
            }),
        ]),
    });
    const again = await admin.yaml('/import', borealis());
    expect(again.body.integrations[0]).toMatchObject({
        change: 'changed',
        fields: [{field: 'config.language', change: 'removed', before: 'de', after: 'nl'}],
    });
    const {items} = (await admin.get('/audit')).body;
    expect(items.slice(0, 2).map(({action}: Loose) => action)).toEqual(['import.applied', 'integration.changed']);
    await admin.delete('/integrations/borealis?confirm=borealis');
});

test('what is imported is tried in Mattermost: what does not work is told, posts nothing and refuses nothing', async () => {
    const posts = () => mattermost.requests().filter(({route}) => route === 'POST /posts').length;
    const before = posts();
    const refused = await admin.yaml('/import?dry_run=true', borealis());
    expect(refused.body.integrations[0].warnings).toEqual([
        {
            check: 'Bot token',
            text: expect.stringContaining('refused'),
            code: 'mattermost_token_refused',
            next: expect.stringContaining('secret add borealis bot_token --file'),
        },
    ]);
    // What stays as it is was asked nothing.
    expect(refused.body.integrations[1]).toMatchObject({name: 'aurora-test', warnings: []});

    const {bot, channels} = mattermost.seeded;
    mattermost.act.removeMember(channels.notifications.id, bot.id);
    process.env.IRESERVE_IMPORT_BOT = bot.token;
    const elsewhere = `            notifications: {review: ${channels.notifications.id}}\n`;
    const codesOf = (answer: Awaited<ReturnType<typeof admin.yaml>>) =>
        answer.body.integrations[0].warnings.map(({check, code}: Loose) => [check, code]);
    try {
        const stored = await admin.yaml('/import', borealis(elsewhere));
        expect(stored.body).toMatchObject({dry_run: false, changed: true});
        expect(codesOf(stored)).toEqual([
            ['Channel', 'channel_unknown'],
            ['Notification review', 'bot_not_in_channel'],
        ]);
        expect((await admin.get('/integrations/borealis')).status).toBe(200);
        const gone = await admin.yaml('/import', borealis(elsewhere).replace(mattermost.url, 'http://127.0.0.1:9'));
        expect(codesOf(gone)).toEqual([['Server URL', 'mattermost_unreachable']]);
        const right = await admin.yaml('/import', borealis().replace(CHANNEL, channels.mirror.id));
        expect(codesOf(right)).toEqual([]);
        expect(posts()).toBe(before);
    } finally {
        process.env.IRESERVE_IMPORT_BOT = 'bot-token-from-the-environment';
        mattermost.act.addMember(channels.notifications.id, bot.id);
        await admin.delete('/integrations/borealis?confirm=borealis');
    }
});

test('a server that hangs is not waited for', async () => {
    mattermost.faults.add({kind: 'silent', route: 'GET /config/client'});
    try {
        const resolve = () => 'a-token-of-no-bot-at-all';
        const box = createSecretBox(Buffer.alloc(32, 1));
        const planned = planImport(borealis().replace(/ +signing_secrets:\n.*\n/, ''), [], {resolve, box});
        const warnings = await tryImport(planned, {storedSecrets: () => null, now: Date.now, answerMs: 100});
        expect(warnings.get('borealis')).toMatchObject([{code: 'mattermost_no_answer', next: expect.stringContaining(mattermost.url)}]);
    } finally {
        mattermost.faults.clear();
    }
});

test('one mistake, and nothing is imported: each with its line, and never with what stands there', async () => {
    const before = await everything();
    const secretByMistake = 'whsec_cGxhaW4tdGV4dC1ieS1taXN0YWtlLWFhYWFhYWE=';
    const mistakes: [string, string, RegExp][] = [
        ['an unknown setting', borealis('            colour: blue\n'), /^line \d+:\d+ integrations\.borealis\.config/],
        ['a wrong value', borealis('            language: fr\n'), /^line 10:\d+ integrations\.borealis\.config\.language$/],
        [
            'a secret itself',
            borealis().replace(`\${env:IRESERVE_IMPORT_SECRET}`, secretByMistake),
            /^line 13:\d+ integrations\.borealis\.secrets\.signing_secrets\.0$/,
        ],
        [
            'a variable there is none of',
            borealis().replace('IMPORT_BOT', 'IMPORT_NOBODY'),
            /^line 11:\d+ integrations\.borealis\.secrets\.bot_token$/,
        ],
        ['a variable that is none of its business', borealis().replace('IRESERVE_IMPORT_BOT', 'PATH'), /^line 11:/],
        ['the key of all secrets', borealis().replace('IRESERVE_IMPORT_BOT', 'IRESERVE_SECRET_KEY'), /^line 11:/],
        ['a file of the bridge’s machine', borealis().replace(`\${env:IRESERVE_IMPORT_BOT}`, `\${file:/etc/hostname}`), /^line 11:/],
        ['nothing to keep', borealis().replace(`\${env:IRESERVE_IMPORT_BOT}`, 'keep'), /^line 11:/],
        ['no bot token', borealis().replace(/ +bot_token.*\n/, ''), /^line \d+:\d+ integrations\.borealis\.secrets\.bot_token$/],
        [
            'another licence',
            borealis().replaceAll('borealis:', 'aurora-test:').replace('state: paused', 'state: active'),
            /^line 4:\d+ integrations\.aurora-test\.licence$/,
        ],
        ['no YAML', 'version: 1\nintegrations: {a: [\n', /^line \d+:\d+$/],
        ['a name twice', `${borealis()}    borealis:\n        licence: x\n`, /^line \d+:\d+$/],
        ['another version', 'version: 2\nintegrations: {}\n', /^line 1:10 version$/],
        ['a name that is none', borealis().replace('    borealis:', '    __proto__:'), /^line \d+:\d+ integrations/],
        ['something else altogether', '[1, 2]', /^line 1/],
    ];
    for (const [what, text, place] of mistakes) {
        const answer = await admin.yaml('/import', text);
        expect(outcome(answer), what).toBe('422 invalid_import');
        expect(answer.body.errors[0].path, what).toMatch(place);
        expect(answer.text).not.toContain(secretByMistake);
        expect(answer.text).not.toContain(process.env.PATH ?? 'no path');
    }
    expect(await everything()).toBe(before);
});

test('a document made to be expensive is refused', async () => {
    const bomb = `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: &c [${'*b,'.repeat(50)}]\nversion: [${'*c,'.repeat(50)}]\nintegrations: {}\n`;
    expect(outcome(await admin.yaml('/import', bomb))).toBe('422 invalid_import');
    expect(outcome(await admin.yaml('/import', `version: 1 # ${'x'.repeat(1_000_001)}`))).toBe('422 invalid_import');
    expect(outcome(await admin.ask('POST', '/import', 'version: 1', {'content-type': 'text/plain'}))).toBe('415 unsupported_media_type');
    expect(outcome(await admin.ask('POST', '/import', 'version: 1', {'content-type': 'application/json'}))).toBe('400 malformed_body');
});

test('secrets that are handed in beside the document take the place of what it says, and are told nowhere', async () => {
    const document = borealis()
        .replace(/signing_secrets:\n.*\n/, 'signing_secrets: keep\n')
        .replace(`\${env:IRESERVE_IMPORT_BOT}`, 'keep');
    const without = await admin.post('/import', {document});
    expect(outcome(without)).toBe('422 invalid_import');
    expect(without.body.errors.map(({path}: Loose) => path.replace(/^line /, ''))).toEqual([
        expect.stringMatching(/^11:\d+ integrations\.borealis\.secrets\.bot_token$/),
        expect.stringMatching(/^12:\d+ integrations\.borealis\.secrets\.signing_secrets$/),
    ]);
    const secrets = {borealis: {bot_token: 'bot-token-by-hand', signing_secrets: 'much-too-short'}};
    const wrong = await admin.post('/import', {document, secrets});
    expect(wrong.body.errors).toEqual([{path: expect.stringMatching(/signing_secrets$/), message: expect.stringContaining('whsec_')}]);
    expect(wrong.text).not.toContain('much-too-short');
    expect(outcome(await admin.post('/import', {document, secrets: {nobody: {bot_token: 'x'}}}))).toBe('422 invalid_import');
    expect(outcome(await admin.post('/import', {document, secrets: {constructor: {bot_token: 'x'}}}))).toBe('422 invalid_import');
    secrets.borealis.signing_secrets = SECRET;
    const done = await admin.post('/import', {document, secrets});
    expect(done.body).toMatchObject({dry_run: false, changed: true});
    expect(done.text + (await admin.get('/audit')).text).not.toMatch(/bot-token-by-hand|whsec_/);
    const {secrets: kinds} = (await admin.get('/integrations/borealis')).body;
    expect(kinds.find(({secret}: Loose) => secret === 'bot_token').values).toHaveLength(1);
    expect(outcome(await admin.yaml('/import', document))).toBe('200');
    await admin.delete('/integrations/borealis?confirm=borealis');
});

test('who reaches only some is told only of those, and imports nothing; an admin of one server points nothing elsewhere', async () => {
    const bound = adminWith(bridge, (await adminToken(bridge, {integration_id: bridge.integration.id})).token);
    expect((parse((await bound.get('/export')).text) as Loose).integrations).toHaveProperty('aurora-test');
    expect(outcome(await bound.yaml('/import', borealis()))).toBe('403 bridge_wide');
    const session = adminWith(bridge, await adminSession(bridge, bridge.integration.id, mattermost.seeded.admin));
    expect(outcome(await session.yaml('/import', borealis().replace(mattermost.url, 'https://elsewhere.example')))).toBe(
        '403 other_server',
    );
    expect(outcome(await session.yaml('/import?dry_run=true', borealis()))).toBe('200');
});
