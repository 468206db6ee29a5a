import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, onTestFinished, test} from 'vitest';
import {check} from '../test/support/seeds.ts';
import {createSecretBox, loadKey, sha256} from './secrets.ts';

const KEY = new Uint8Array(32).fill(1);
const box = createSecretBox(KEY);

function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'ireserve-secrets-'));
    onTestFinished(() => rmSync(path, {recursive: true, force: true}));
    return path;
}

test('what is sealed opens again with the same key, whatever it says', async () => {
    await check(
        fc.property(fc.uint8Array({maxLength: 200}), (bytes) => {
            const plain = Buffer.from(bytes).toString('utf8');
            expect(createSecretBox(KEY).open(box.seal(plain))).toBe(plain);
        }),
    );
});

test('the same words never look the same, nor like themselves', () => {
    const [one, two] = [box.seal('xoxb-secret'), box.seal('xoxb-secret')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.slice(3), 'base64url').toString('latin1')).not.toContain('xoxb');
});

test('with another key it does not open', () => {
    const sealed = box.seal('xoxb-secret');
    expect(() => createSecretBox(new Uint8Array(32).fill(2)).open(sealed)).toThrow();
});

test('changed in any one bit, or cut short, it does not open', () => {
    const sealed = Buffer.from(box.seal('xoxb-secret').slice(3), 'base64url');
    const sealedAs = (bytes: Uint8Array) => `v1.${Buffer.from(bytes).toString('base64url')}`;
    expect(box.open(sealedAs(sealed))).toBe('xoxb-secret');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
        const changed = Uint8Array.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => box.open(sealedAs(changed)), `bit ${bit}`).toThrow();
    }
    for (let length = 0; length < sealed.length; length++)
        expect(() => box.open(sealedAs(sealed.subarray(0, length))), `${length} bytes`).toThrow();
    for (const nonsense of ['', 'v1.', 'v1.!!!', 'xoxb-secret']) expect(() => box.open(nonsense)).toThrow();
});

test('a fingerprint is 26 characters, the same for the same words, and another with another key or other words', () => {
    const words = [['a', 'b'], ['ab'], ['a', 'b', ''], ['b', 'a'], ['a', 1], ['a', '1']] as const;
    const prints = words.map((some) => box.fingerprint(...some));
    expect(new Set([...prints, createSecretBox(new Uint8Array(32).fill(2)).fingerprint('a', 'b')]).size).toBe(words.length + 1);
    expect(prints).toEqual(words.map((some) => createSecretBox(KEY).fingerprint(...some)));
    for (const print of prints) expect(print).toMatch(/^[\w-]{26}$/);
});

test('a signature is 43 characters, the same each time, and another for another purpose, text or key', () => {
    const pairs = [
        ['file', 'a'],
        ['button', 'a'],
        ['file', 'b'],
        ['', 'filea'],
        ['filea', ''],
        ['file', ''],
    ] as const;
    const signatures = pairs.map(([purpose, text]) => box.sign(purpose, text));
    const other = createSecretBox(new Uint8Array(32).fill(2));
    expect(new Set([...signatures, other.sign('file', 'a'), box.fingerprint('file', 'a')]).size).toBe(pairs.length + 2);
    expect(signatures).toEqual(pairs.map(([purpose, text]) => createSecretBox(KEY).sign(purpose, text)));
    for (const signature of signatures) expect(signature).toMatch(/^[\w-]{43}$/);
});

test('a signature holds for its purpose, text and key only, in every one of its characters', () => {
    const signature = box.sign('file', 'text é');
    expect(box.verify('file', 'text é', signature)).toBe(true);
    expect(box.verify('button', 'text é', signature)).toBe(false);
    expect(box.verify('file', 'text e', signature)).toBe(false);
    expect(createSecretBox(new Uint8Array(32).fill(2)).verify('file', 'text é', signature)).toBe(false);
    for (const wrong of ['', signature.slice(1), `${signature}=`, `${signature} `, 'é'.repeat(43), signature.toLowerCase()])
        expect(box.verify('file', 'text é', wrong), wrong).toBe(false);
    for (let index = 0; index < signature.length; index++) {
        for (const character of 'ABab01-_') {
            const changed = signature.slice(0, index) + character + signature.slice(index + 1);
            expect(box.verify('file', 'text é', changed), changed).toBe(changed === signature);
        }
    }
});

test('a missing key file is made, for its owner only, and found the next time', () => {
    const file = join(folder(), 'data', 'secret.key');
    const mask = process.umask(0o000);
    onTestFinished(() => void process.umask(mask));
    const key = loadKey(undefined, file);
    expect(key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(Buffer.from(loadKey(undefined, file)).equals(key)).toBe(true);
    expect(Buffer.from(loadKey(undefined, join(folder(), 'secret.key'))).equals(key)).toBe(false);
});

test.each([0o640, 0o604, 0o660, 0o644, 0o610])('a key file with mode %o is refused, with what to do', (mode) => {
    const file = join(folder(), 'secret.key');
    loadKey(undefined, file);
    chmodSync(file, mode);
    expect(() => loadKey(undefined, file)).toThrow(`${file} can be read by others; run: chmod 600 ${file}`);
    chmodSync(file, 0o400);
    expect(loadKey(undefined, file)).toHaveLength(32);
});

test.each([
    ['empty', ''],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['hexadecimal', Buffer.alloc(32).toString('hex')],
    ['a password', 'correct horse battery staple'],
])('a key that is %s is refused, and never shown', (_what, text) => {
    const file = join(folder(), 'secret.key');
    writeFileSync(file, text, {mode: 0o600});
    expect(() => loadKey(undefined, file)).toThrow(`${file} must hold 32 bytes in base64 (make one: openssl rand -base64 32)`);
    expect(readFileSync(file, 'utf8')).toBe(text);
    if (text)
        expect(() => loadKey(text, file)).toThrow(
            /^IRESERVE_SECRET_KEY must hold 32 bytes in base64 \(make one: openssl rand -base64 32\)$/,
        );
});

test('a given key is used, and no file is looked at or made', () => {
    const file = join(folder(), 'secret.key');
    const key = Buffer.alloc(32, 9);
    expect(Buffer.from(loadKey(key.toString('base64'), file)).equals(key)).toBe(true);
    expect(existsSync(file)).toBe(false);
});

test('sha256 is the usual one, of text as UTF-8', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256('é')).toBe(sha256(Uint8Array.of(0xc3, 0xa9)));
});
