/** E-mail addresses in what was written, and the keyed fingerprints by which a notification that names one is found again. */
import type {SecretBox} from '../secrets.ts';
import type {Tx} from '../store/open.ts';

/** Not RFC 5322 to the letter: `=` and `&` begin another word in a query string, and nothing is gained by quoted local parts. */
const ADDRESS = /[\p{L}\p{N}.!#$%*/?^_`{|}~+'-]{1,64}@[\p{L}\p{N}.-]{1,253}/gu;
/** Zero-width breaks and escapes of the taming. */
const TAMING = /[\u200b\u2060\\]/g;

/**
 * Finds the addresses in a value: in every text of it, as it stands and as a URL's query would be read (`anna%40example.com`, `+` for a space).
 *
 * @returns lower-cased, each once
 */
export function addressesIn(value: unknown): string[] {
    const found = new Set<string>();
    for (const text of textsIn(value)) {
        const plain = text.replace(TAMING, '');
        const decoded = percentDecoded(plain);
        for (const reading of new Set([plain, decoded, decoded.replaceAll('+', ' ')])) {
            for (const [address] of reading.matchAll(ADDRESS)) for (const one of readingsOf(address.toLowerCase())) found.add(one);
        }
    }
    return [...found];
}

/** `mailto:`'s path, `/u/anna@…` of a link and a sentence's last dot are not the address's, though they could be. */
function readingsOf(address: string): string[] {
    const trimmed = address.replace(/[.-]+$/, '');
    const [local = '', domain = ''] = trimmed.split('@');
    const word = local.split(/[/?#|!{}`*$%^~]/).at(-1) ?? '';
    const readings = [local, word, word.replace(/^[.'+_-]+/, '')].filter((reading) => reading !== '');
    return [...new Set(readings)].map((reading) => `${reading}@${domain}`);
}

function* textsIn(value: unknown): Generator<string> {
    if (typeof value === 'string') yield value;
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* textsIn(one);
}

/** Each escape by itself, so that one that is none does not keep the others from being read. */
const percentDecoded = (text: string): string =>
    text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
        try {
            return decodeURIComponent(escaped);
        } catch {
            return escaped;
        }
    });

/** The fingerprint of an address: the same for the same address, telling nothing of it without the bridge's key. */
export const addressMark = (box: Pick<SecretBox, 'fingerprint'>, integration_id: string, address: string): string =>
    box.fingerprint('address', integration_id, address.toLowerCase());

/** Remembers which addresses a notification names, by fingerprint. */
export async function rememberAddresses(
    tx: Tx,
    box: Pick<SecretBox, 'fingerprint'>,
    {integration_id, channel_id, post_ids, named}: {integration_id: string; channel_id: string; post_ids: string[]; named: unknown},
): Promise<void> {
    const marks = addressesIn(named).map((address) => addressMark(box, integration_id, address));
    const rows = marks.flatMap((mark) => post_ids.map((post_id) => ({integration_id, mark, post_id, channel_id})));
    if (rows.length === 0) return;
    await tx
        .insertInto('notification_address')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['integration_id', 'mark', 'post_id']).doNothing())
        .execute();
}
