/** Secrets at rest: AES-256-GCM under one key, which comes from the environment or from a generated file only its owner may read. */
import {createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

export type SecretBox = {
    seal(plain: string): string;
    /** @throws when the text was sealed with another key or was changed. */
    open(sealed: string): string;
    /** Unguessable and repeatable: the same words give the same 26 characters, only with our key. */
    fingerprint(...words: (string | number)[]): string;
    /** 43 characters only our key gives for this text. A signature for one purpose ('file', 'button' …) is worth nothing for another. */
    sign(purpose: string, text: string): string;
    /** Whether `sign(purpose, text)` gave this very text. Takes as long for a near miss as for nonsense. */
    verify(purpose: string, text: string, signature: string): boolean;
};

export function createSecretBox(key: Uint8Array): SecretBox {
    const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
    const sealing = derive('ireserve-bridge secrets at rest');
    const marking = derive('ireserve-bridge fingerprints');
    /** A key each, so that no text of one purpose can pass for one of another. Purposes are words in our code: there are few. */
    const signing = new Map<string, Buffer>();
    const sign = (purpose: string, text: string) => {
        const known = signing.get(purpose) ?? derive(`ireserve-bridge signatures: ${purpose}`);
        signing.set(purpose, known);
        return createHmac('sha256', known).update(text).digest('base64url');
    };
    return {
        seal(plain) {
            const iv = randomBytes(12);
            const cipher = createCipheriv('aes-256-gcm', sealing, iv);
            const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
            return `v1.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
        },
        open(sealed) {
            const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url');
            const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12), {authTagLength: 16});
            decipher.setAuthTag(bytes.subarray(12, 28));
            return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
        },
        fingerprint: (...words) => createHmac('sha256', marking).update(JSON.stringify(words)).digest('base64url').slice(0, 26),
        sign,
        verify(purpose, text, signature) {
            // The text is compared, not the bytes it stands for: base64 has several spellings of the same bytes.
            const [wanted, given] = [Buffer.from(sign(purpose, text)), Buffer.from(signature)];
            return wanted.length === given.length && timingSafeEqual(wanted, given);
        },
    };
}

/**
 * The key: 32 bytes, base64, from `given` or from `file`, which is generated with mode 0600 when it is missing.
 *
 * @throws when the key has another length, or the file may be read by others.
 */
export function loadKey(given: string | undefined, file: string): Uint8Array {
    if (given) return checkedKey(Buffer.from(given, 'base64'), 'IRESERVE_SECRET_KEY');
    if (!existsSync(file)) {
        mkdirSync(dirname(file), {recursive: true, mode: 0o700});
        try {
            writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, {mode: 0o600, flag: 'wx'});
            chmodSync(file, 0o600);
        } catch (error) {
            // Another process was first: its key is the key.
            if ((error as {code?: string}).code !== 'EEXIST') throw error;
        }
    }
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
        throw new Error(`${file} can be read by others; run: chmod 600 ${file}`);
    }
    return checkedKey(Buffer.from(readFileSync(file, 'utf8').trim(), 'base64'), file);
}

function checkedKey(key: Buffer, from: string): Uint8Array {
    if (key.length !== 32) throw new Error(`${from} must hold 32 bytes in base64 (make one: openssl rand -base64 32)`);
    return key;
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** In constant time; hashed first, so that both sides have one length. */
export const sameSecret = (known: string, given: string): boolean =>
    timingSafeEqual(Buffer.from(sha256(known)), Buffer.from(sha256(given)));
