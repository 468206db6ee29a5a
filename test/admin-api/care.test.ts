/** Doctor, reconciler, erasing and exporting through the admin API, and the trace each leaves. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {FINDINGS, type FindingCode} from '../../bridge/doctor/findings.ts';
import {DOCTOR_WORDS} from '../../bridge/doctor/words/words.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';

const WHO = {name: 'Zebulonia Quxworthy', email: 'zebulonia@visitors.example'};
const PATH = '/integrations/aurora-test';

let scene: Scene;
let admin: ReturnType<typeof adminWith>;
beforeAll(async () => {
    scene = await startScene();
    admin = adminWith(scene.bridge, (await adminToken(scene.bridge)).token);
});
afterAll(() => scene.stop());

const trail = async () => (await admin.get('/audit')).body.items.map(({action, subject}: Loose) => [action, subject]);

test('the doctor examines, and its last report can be had', async () => {
    expect((await admin.get(`${PATH}/doctor`)).body).toEqual({report: null});
    const {status, body} = await admin.post(`${PATH}/doctor`);
    expect(status).toBe(200);
    expect(body.hops.map(({hop}: Loose) => hop)).toContain('server');
    expect((await admin.get(`${PATH}/doctor`)).body.report.at).toBe(body.at);
});

test('the doctor and the round trip speak the language that is asked for; what is kept does not change', async () => {
    await admin.post(`${PATH}/doctor`, {}, {'accept-language': 'de'});
    const findingsOf = ({hops}: Loose) => hops.flatMap(({checks}: Loose) => checks.flatMap(({findings}: Loose) => findings));
    const last = async (language: string) => (await admin.get(`${PATH}/doctor`, {'accept-language': language})).body.report;
    const [english, dutch, german] = [await last('en'), await last('nl-NL, en;q=0.5'), await last('de')];
    const [one] = findingsOf(english);
    expect(one.means).toBe(FINDINGS[one.code as FindingCode].means);
    expect(findingsOf(dutch)[0].means).toBe(DOCTOR_WORDS.nl.findings[one.code as FindingCode][0]);
    expect(findingsOf(german)[0]).toMatchObject({code: one.code, means: DOCTOR_WORDS.de.findings[one.code as FindingCode][0]});
    expect(findingsOf(german)[0].mend).not.toContain('{');
    expect(dutch.hops[1].title).toBe('Opslag en wachtrijen');
    expect(german.checklist.map(({item}: Loose) => item)).toContain('Kanal-IDs notiert und richtig');
    const trip = (await admin.post(`${PATH}/round-trip`, {}, {'accept-language': 'nl'})).body;
    expect(trip.hops[0]).toMatchObject({hop: 'bridge', title: 'De bridge neemt een bericht van een bezoeker aan', state: 'ok'});
});

test('a round trip goes all the way and leaves nothing, not in lists and not in the trail', async () => {
    const {mattermost, mirror} = scene;
    const before = mattermost.look.posts(mirror.id).filter(({delete_at}) => delete_at === 0).length;
    const trailBefore = await trail();
    const under = admin.post(`${PATH}/round-trip`);
    // While it runs nobody is shown what it made.
    await expect.poll(async () => (await scene.bridge.database.read.selectFrom('integration').select('name').execute()).length).toBe(2);
    expect((await admin.get('/integrations')).body.items.map(({name}: Loose) => name)).toEqual(['aurora-test']);
    expect((await admin.get('/overview')).body.integrations.map(({name}: Loose) => name)).toEqual(['aurora-test']);
    const {status, body} = await under;
    expect([status, body.ok, body.broken]).toEqual([200, true, null]);
    expect(mattermost.look.posts(mirror.id).filter(({delete_at}) => delete_at === 0).length).toBe(before);
    expect(await trail()).toEqual(trailBefore);
});

test('the reconciler compares, and repairs only when asked to', async () => {
    const {mattermost} = scene;
    const {root_id} = await scene.open({name: 'Gone'});
    mattermost.act.remove(mattermost.seeded.admin.id, root_id);
    const {body} = await admin.post(`${PATH}/reconcile`);
    expect(body).toMatchObject({repaired: 0, counts: {thread_missing: 1}});
    expect(await trail()).not.toContainEqual(['reconcile.repaired', '']);
    expect((await admin.post(`${PATH}/reconcile`, {repair: true})).body).toMatchObject({repaired: 1});
    expect(await trail()).toContainEqual(['reconcile.repaired', '']);
    await expect.poll(async () => (await admin.post(`${PATH}/reconcile`)).body.findings, {timeout: 10_000}).toEqual([]);
    expect((await admin.get(`${PATH}/reconcile`)).body).toEqual({report: null});
});

test('a visitor is exported and erased; the audit trail says so without saying who', async () => {
    const {mattermost} = scene;
    const {conversation_id, root_id} = await scene.open(WHO);
    const exported = await admin.get(`${PATH}/visitor-export?email=${encodeURIComponent(WHO.email)}`);
    expect(exported.body.conversations.map((one: Loose) => one.conversation_id)).toEqual([conversation_id]);
    expect(exported.text).toContain(WHO.name);
    expect((await admin.post(`${PATH}/erase`, {email: WHO.email, dry_run: true})).body).toMatchObject({dry_run: true, conversations: 1});
    expect(mattermost.look.post(root_id)?.delete_at).toBe(0);
    expect((await admin.post(`${PATH}/erase`, {email: WHO.email})).body).toMatchObject({dry_run: false, conversations: 1, left: []});
    expect(mattermost.look.post(root_id)?.delete_at).toBeGreaterThan(0);
    expect((await admin.get(`${PATH}/visitor-export?conversation_id=${conversation_id}`)).body.conversations).toEqual([]);
    const audit = await admin.get('/audit');
    expect(await trail()).toEqual(
        expect.arrayContaining([
            ['visitor.erased', 'email'],
            ['visitor.exported', 'email'],
        ]),
    );
    for (const piece of [WHO.name, WHO.email, conversation_id]) expect(audit.text).not.toContain(piece);
});

test('who is meant must be said once', async () => {
    expect(outcome(await admin.post(`${PATH}/erase`, {}))).toBe('422 invalid_request');
    expect(outcome(await admin.post(`${PATH}/erase`, {conversation_id: 'C', booking_id: 'B'}))).toBe('422 invalid_request');
    expect(outcome(await admin.post(`${PATH}/erase`, {email: 'nobody'}))).toBe('422 invalid_request');
});

test('with the kill switch on nothing is erased or repaired, and the rest can be asked', async () => {
    await admin.put('/kill-switch', {on: true});
    expect(outcome(await admin.post(`${PATH}/erase`, {email: WHO.email}))).toBe('503 switched_off');
    expect(outcome(await admin.post(`${PATH}/round-trip`))).toBe('503 switched_off');
    expect(outcome(await admin.post(`${PATH}/reconcile`, {repair: true}))).toBe('503 switched_off');
    expect(outcome(await admin.post(`${PATH}/erase`, {email: WHO.email, dry_run: true}))).toBe('200');
    await admin.put('/kill-switch', {on: false});
});
