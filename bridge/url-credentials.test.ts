import fc from 'fast-check';
import {expect, it} from 'vitest';
import {check} from '../test/support/seeds.ts';
import {refusingConfig} from './admin-api/integration-shown.ts';
import {IntegrationConfig, storedConfig} from './integration.ts';
import {CREDENTIALS_IN_URL, hasCredentials, withoutCredentials} from './url-credentials.ts';

const BASE = {server_url: 'https://chat.example.com', channel_id: 'a'.repeat(26)};
const FIELDS = [
    'server_url',
    'callback_url',
    'agents_url',
    'ireserve_url',
    'conversations_url',
    'conversation_link',
    'booking_link',
] as const;
const PLACEHOLDERS = '?c={conversation_id}&b={id}';

it.each(FIELDS)('%s with a user name or password is refused, and one that was stored before is read without it', (field) => {
    const url = `https://eva:hunter2@api.example.com/cb${PLACEHOLDERS}`;
    const refused = IntegrationConfig.safeParse({...BASE, [field]: url});
    expect(refused.error?.issues).toEqual([expect.objectContaining({path: [field], message: CREDENTIALS_IN_URL})]);
    const stored = storedConfig(JSON.stringify({...BASE, [field]: url}));
    expect(stored[field]).toBe(`https://***@api.example.com/cb${PLACEHOLDERS}`);
    // Changed in another field, or exported and imported again, it stays as it is.
    expect(IntegrationConfig.parse(stored)).toEqual(stored);
});

it('every spelling that a URL parser takes for credentials is found and hidden, and nothing else is touched', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9!$&'()*+,;=_.~-]{1,12}$/);
    await check(
        fc.property(fc.constantFrom('https://', 'http:/', 'HTTPS:\\\\', 'https:'), word, word, (scheme, user, password) => {
            const url = `${scheme}${user}:${password}@api.example.com/a?b=c@d#e@f`;
            expect(new URL(url).password).not.toBe('');
            expect(hasCredentials(url)).toBe(true);
            const hidden = withoutCredentials(url);
            expect(new URL(hidden).host).toBe('api.example.com');
            expect([new URL(hidden).username, new URL(hidden).password]).toEqual(['***', '']);
            expect(withoutCredentials(hidden)).toBe(hidden);
        }),
    );
    for (const fine of ['https://api.example.com/@eva', 'https://api.example.com?mail=a@b.example', 'eva@example.com', '{base}/b/{id}'])
        expect(withoutCredentials(fine)).toBe(fine);
});

it('the admin API refuses it with a code of its own, and does not repeat it', async () => {
    const refused = refusingConfig(async () => IntegrationConfig.parse({...BASE, callback_url: 'https://eva:hunter2@api.example.com/cb'}));
    const error = await refused.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({code: 'credentials_in_url', extras: {errors: [{path: 'config.callback_url'}]}});
    expect(JSON.stringify(error)).not.toContain('hunter2');
});
