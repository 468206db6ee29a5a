/** Refusals and reasons in Dutch and German: all that the admin API can say is translated, with the same commands and blanks, and is asked for by Accept-Language. */
import {createHash} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it, test} from 'vitest';
import {describedAdminOperations} from '../../bridge/admin-api/admin-api.ts';
import {ADMIN_WORDS, explained, refusalIn} from '../../bridge/admin-api/words/words.ts';
import {REFUSALS, type RefusalCode} from '../../bridge/errors.ts';
import {REASONS} from '../../bridge/reasons.ts';
import {raiseNotice} from '../../bridge/store/records.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';
import translatedFrom from './translated-from.json' with {type: 'json'};

const REFUSED = [...new Set(describedAdminOperations().flatMap(({refusals}) => refusals))].sort();
/** Commands between backticks, options, variables, blanks and places: the same in every language. */
const typed = (text: string) =>
    [
        ...(text.match(/`[^`]+`/g) ?? []),
        ...(text.match(/ireserve-bridge [a-z-]+ [a-z]+/g) ?? []),
        ...(text.match(/[A-Z]{2,}(?:_[A-Z]+)+(?:=\w+)?/g) ?? []),
        ...(text.match(/[A-Z]\w+(?: [A-Z]\w+)* → [A-Z]\w+(?: [A-Z]\w+)*/g) ?? []),
    ].sort();

describe.each(['nl', 'de'] as const)('in %s', (language) => {
    const {refusals, reasons} = ADMIN_WORDS[language];

    it('every refusal of the admin API is translated, and no other', () => {
        expect(Object.keys(refusals).sort()).toEqual(REFUSED);
        for (const code of REFUSED) {
            const {title, next} = refusalIn(code, language);
            expect(title, code).not.toBe(REFUSALS[code].title);
            // The page sets the full stop.
            expect(title, code).toMatch(/\p{L}$/u);
            expect(next, code).toMatch(/\.$/);
        }
    });

    it.each(Object.keys(REASONS) as (keyof typeof REASONS)[])('%s is translated, and what is typed stays as it is', (code) => {
        const [means, next] = reasons[code];
        expect(means).not.toBe(REASONS[code].means);
        expect(means).toMatch(/[.)]$/);
        expect(typed(means)).toEqual(typed(REASONS[code].means));
        expect(typed(next)).toEqual(typed(REASONS[code].next));
        expect(explained(code, language)).toEqual({means, next});
    });
});

it('nothing is reworded since it was translated', () => {
    const of = (...texts: string[]) => createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 8);
    const now = {
        refusals: Object.fromEntries(REFUSED.map((code) => [code, of(REFUSALS[code].title, REFUSALS[code].next)])),
        reasons: Object.fromEntries(Object.entries(REASONS).map(([code, {means, next}]) => [code, of(means, next)])),
    };
    expect(now, 'translate it anew in bridge/admin-api/words/, then note this in translated-from.json').toEqual(translatedFrom);
});

it('what is not known, or not the admin API’s, is told as it is', () => {
    expect(explained('constructor', 'nl')).toEqual({means: null, next: null});
    const other = (Object.keys(REFUSALS) as RefusalCode[]).find((code) => !REFUSED.includes(code)) as RefusalCode;
    expect(refusalIn(other, 'de')).toEqual(REFUSALS[other]);
});

describe('over HTTP', () => {
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
});
