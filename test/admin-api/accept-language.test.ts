/** Refusals and reasons come in the language that Accept-Language asks for. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {ADMIN_WORDS} from '../../bridge/admin-api/words/words.ts';
import {REFUSALS} from '../../bridge/errors.ts';
import {REASONS} from '../../bridge/reasons.ts';
import {raiseNotice} from '../../bridge/store/records.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;
let admin: ReturnType<typeof adminWith>;
const DE = {'accept-language': 'de'};
beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost});
    admin = adminWith(bridge, (await adminToken(bridge)).token);
});
afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

test('a refusal', async () => {
    const german = await admin.get('/integrations/nobody', DE);
    expect(outcome(german)).toBe('404 no_such_integration');
    expect(german.body).toMatchObject({title: 'Diese Integration gibt es nicht', next: 'Laden Sie die Liste neu.'});
    expect((await admin.get('/integrations/nobody')).body.title).toBe(REFUSALS.no_such_integration.title);
    // Programs of other APIs are not surprised by their users' browsers.
    const event = await fetch(`${bridge.url}/v1/events/x`, {headers: DE});
    expect(((await event.json()) as {title: string}).title).toBe(REFUSALS.unauthenticated.title);
});

test('a notice, a delivery, its trace and the log', async () => {
    const notice = {integration_id: bridge.integration.id, code: 'callback_missing', subject: '', detail: '', since: Date.now()};
    await bridge.database.write((tx) => raiseNotice(tx, notice));
    const {notices} = (await admin.get('/overview', DE)).body.integrations[0];
    expect(notices[0].next).toBe(ADMIN_WORDS.de.reasons.callback_missing[1].replace('<integration>', bridge.integration.name));

    mattermost.faults.add({kind: 'error', route: 'POST /posts', status: 400, id: 'model.post.is_valid.hashtags.app_error'});
    const about = {notification_id: 'N1', notification_type: 'booking_confirmation', title: 'Booked'};
    await bridge.push(eventOf('notification.created', about), {prefer: 'wait=5'});
    mattermost.faults.clear();
    const [means, next] = ADMIN_WORDS.de.reasons.post_refused;
    const {items} = (await admin.get('/deliveries?state=dead', DE)).body;
    expect(items).toMatchObject([{reason: {code: 'post_refused'}, next}]);
    const trace = (await admin.get(`/deliveries/${items[0].id}`, DE)).body;
    expect(trace.delivery.next).toBe(next);
    expect(trace.hops.map((hop: Loose) => hop.next)).toContain(next);
    expect((await admin.get('/log?code=post_refused', DE)).body.items[0]).toMatchObject({means, next});
    expect((await admin.get('/log?code=post_refused')).body.items[0].means).toBe(REASONS.post_refused.means);
});
