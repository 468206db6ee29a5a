import fc from 'fast-check';
import {expect, test} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {addressesIn} from './email-addresses.ts';

test.each([
    ['anna@example.com', 'in a text', {text: 'Booked for Anna@Example.com.'}],
    ['anna@example.com', 'in a field', {fields: [{title: 'E-mail', value: 'anna@example.com'}]}],
    ['anna@example.com', 'in an address, percent-encoded', {link: {url: 'https://book.example/?mail=anna%40example.com&x=1'}}],
    ['anna@example.com', 'in an address, as it is', {link: {url: 'https://book.example/?mail=anna@example.com&x=1'}}],
    ['anna@example.com', 'in a path', {link: {url: 'https://book.example/visitors/anna@example.com'}}],
    ['anna@example.com', 'after a line break', 'E-mail:\nanna@example.com'],
    ['anna@example.com', 'with a zero-width break, as it stands in a post', 'anna@\u200bexample.com'],
    ['anna@example.com', 'escaped, as it stands in a post', '**E-mail:** anna\\@example.com'],
    ['eva_de_wit@example.com', 'with escaped underscores', 'eva\\_de\\_wit@example.com'],
    ['anna@example.com', 'as a link', '[mail](mailto:anna@example.com)'],
    ['anna+boat@example.com', 'with a tag', 'anna+boat@example.com'],
    ['anna+boat@example.com', 'with a tag, percent-encoded', 'https://book.example/?mail=anna%2Bboat%40example.com'],
    ['anna@example.com', 'beside an escape that is none', 'https://book.example/?a=%zz%ff&mail=anna%40example.com'],
])('%s is found %s', (address, _where, value) => {
    expect(addressesIn(value)).toContain(address);
});

test('another address is not taken for it', () => {
    expect(addressesIn('joanna@example.com, anna@example.com.au, anna@example')).not.toContain('anna@example.com');
});

test('an address is found whatever stands around it', async () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,10}$/);
    const around = fc.constantFrom('', ' ', '\n', '<', '>', '(', ')', '"', ':', ';', ',', '=', '&', '/', '?');
    await check(
        fc.property(word, word, around, around, (local, domain, before, after) => {
            expect(addressesIn(`${before}${local}@${domain}.example${after}`)).toContain(`${local}@${domain}.example`);
        }),
    );
});
