/** Mattermost's own alphabet (base 32 without look-alikes); ids are 26 of these. */
const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';
const ID_LENGTH = 26;

/** A small seeded generator (mulberry32), so that a run with a given seed can be repeated exactly. */
export function seededRandom(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** A new id in Mattermost's shape. */
export function newId(random: () => number): string {
    let id = '';
    for (let i = 0; i < ID_LENGTH; i++) {
        id += ALPHABET[Math.floor(random() * ALPHABET.length)];
    }
    return id;
}

/** Mattermost checks the length and "letters and digits" only, not its own alphabet. */
export function isValidId(value: string): boolean {
    return /^[A-Za-z0-9]{26}$/.test(value);
}
