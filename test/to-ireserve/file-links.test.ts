/** Addresses of files: none can be forged, mended, moved or used for ever. */
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {createSecretBox} from '../../bridge/secrets.ts';
import {readFileToken, withoutFileToken} from '../../bridge/to-ireserve/file-links.ts';
import {fileSite, get, HOUR, INTEGRATION, OTHER, refusal} from './file-site.ts';

const site = fileSite();

test('a token opens what it was made for; changed in any character, it opens nothing', async () => {
    const url = site.urlOf(await site.share('boot.png'));
    const token = url.split('/').at(-2) ?? '';
    expect(readFileToken(site.box, token, site.clock).integration_id).toBe(INTEGRATION);
    for (let index = 0; index < token.length; index++) {
        for (const character of 'aZ05-_.') {
            const changed = token.slice(0, index) + character + token.slice(index + 1);
            if (changed !== token) expect(() => readFileToken(site.box, changed, site.clock), changed).toThrow('signature');
        }
    }
    const forged = [
        token.slice(1),
        token.slice(0, -1),
        `${token}=`,
        `${token}.`,
        token.toUpperCase(),
        'x',
        '....',
        token.replaceAll('.', ''),
    ];
    for (const text of forged) expect(await refusal(await get(url.replace(token, text))), text).toBe('file_link_invalid');
    // The name is not part of it.
    expect((await get(url.replace('boot.png', 'another.html'))).headers.get('content-disposition')).toContain('boot.png');
});

test('facts swapped between two good addresses make no third', async () => {
    const [one, two] = [await site.share('one.png'), await site.share('two.png')];
    const tokens = [site.urlOf(one), site.urlOf(two, {integration_id: OTHER, expiresAt: site.clock + 2 * HOUR})].map((url) =>
        (url.split('/').at(-2) ?? '').split('.'),
    );
    for (let field = 0; field < 5; field++) {
        const mixed = tokens[0]?.map((value, index) => (index === field ? tokens[1]?.[index] : value)).join('.');
        expect(await refusal(await get(`${site.app.url}/v1/files/${mixed}/one.png`)), `field ${field}`).toBe('file_link_invalid');
    }
});

test('a signature for another purpose or with another key opens nothing', async () => {
    const token = (
        site
            .urlOf(await site.share('boot.png'))
            .split('/')
            .at(-2) ?? ''
    ).split('.');
    const facts = token.slice(0, 4).join('.');
    for (const signature of [
        site.box.sign('button', facts),
        site.box.fingerprint(facts),
        createSecretBox(randomBytes(32)).sign('file', facts),
    ])
        expect(await refusal(await get(`${site.app.url}/v1/files/${facts}.${signature}/x.png`))).toBe('file_link_invalid');
});

test('a used address serves again until it expires, and never after', async () => {
    const url = site.urlOf(await site.share('boot.png'), {expiresAt: site.clock + HOUR});
    for (const passed of [0, HOUR / 2, HOUR / 2 - 2000]) {
        site.clock += passed;
        expect((await get(url)).status).toBe(200);
    }
    expect((await get(url)).headers.get('cache-control')).toMatch(/^private, max-age=[12]$/);
    site.clock += 2000;
    expect(await refusal(await get(url))).toBe('file_link_expired');
    expect(await refusal(await get(url, {range: 'bytes=0-9'}))).toBe('file_link_expired');
});

test('what is logged of an address is no key to the file', () => {
    const path = new URL(site.urlOf({file_id: 'f'.repeat(26), post_id: 'p'.repeat(26), name: 'film.mp4'})).pathname;
    expect(withoutFileToken(path)).toBe('/v1/files/[redacted]');
    expect(withoutFileToken(`/sub${path}`)).toBe('/sub/v1/files/[redacted]');
    expect(withoutFileToken('/v1/events/e1')).toBe('/v1/events/e1');
});
