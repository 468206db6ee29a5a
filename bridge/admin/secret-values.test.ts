/** Ids and secrets made for people are typed in shells: none begins with `-`, and those of before are still understood. */
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {IntegrationSecrets, SECRET_NAMES} from '../integration.ts';
import {createSecretBox} from '../secrets.ts';
import {canGenerate, generate, valueId, withoutValue} from './secret-values.ts';

const box = createSecretBox(Buffer.alloc(32, 7));

it('no id of a secret begins with -, and the id it had before still names it', () => {
    // One in 64 did.
    const values = Array.from({length: 500}, (_, index) => `whsec_${Buffer.from(`secret ${index}`.padEnd(24)).toString('base64')}`);
    const former = (value: string) => box.fingerprint('secret', 'signing_secrets', value);
    expect(values.some((value) => former(value).startsWith('-'))).toBe(true);
    for (const value of values) {
        const id = valueId(box, 'signing_secrets', value);
        expect(id).toMatch(/^[A-Za-z0-9_]/);
        const secrets = IntegrationSecrets.parse({bot_token: 'bot', signing_secrets: [value]});
        for (const given of [id, former(value)]) expect(withoutValue(box, secrets, 'signing_secrets', given).signing_secrets).toEqual([]);
    }
});

it('no secret that is made here begins with -', async () => {
    await check(
        fc.property(fc.uint8Array({minLength: 32, maxLength: 32}), fc.constantFrom(...SECRET_NAMES.filter(canGenerate)), (bytes, kind) => {
            // 0xf8 and above is where base64url begins with -.
            for (const first of [bytes[0] ?? 0, 0xf8, 0xfb])
                expect(generate(kind, () => Buffer.from([first, ...bytes.slice(1)]))).toMatch(/^[A-Za-z0-9_]/);
        }),
    );
});
