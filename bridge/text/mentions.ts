/**
 * What a Mattermost server takes for a mention, by its own rules (server/channels/app/mention_parser_standard.go; 5.37 and 11.x agree): words are
 * made of letters, digits and `:.-_@`; such signs are trimmed in front and, while nobody is found, behind; a word that does not begin with `@` is
 * looked at once more in pieces between `.`, `-` and `:`. Both sides ask here: what agents write is held where this finds somebody, what visitors
 * write is broken where this could. Pure.
 */

/** These notify everybody in the channel. */
export const CHANNEL_WIDE: readonly string[] = ['channel', 'all', 'here'];

/** More names than this nobody writes to a visitor. */
export const MOST_NAMES = 100;

const WORD = /[:.\-_@\p{L}\p{N}]+/gu;

/** A link without brackets is no text to the server: what stands before it ends there. */
const BARE_LINK = /(?<![\w(<])https?:\/\/[^\s<>)]+/g;

/** Users' and groups' names; longer ones there are none. */
const NAME = /^[a-z0-9._-]{1,64}$/;
const LONGEST_MENTION = 65;

/**
 * The names that a server would look up as mentions, lower-cased, whoever exists: for `_@ben.osei_` both `ben.osei_` and `ben.osei`.
 *
 * Those in code are among them: which is code differs between servers and apps, and to be asked once too often is the smaller harm.
 *
 * @returns at most `MOST_NAMES` and one more
 */
export function mentionedNames(text: string): string[] {
    const names = new Set<string>();
    // The server resolves backslashes, and 5.37 entities, before it looks, and begins anew behind a bare link.
    const plain = [text, text.replace(BARE_LINK, ' ')].map((one) => one.replace(/\\([!-/:-@[-`{-~])/g, '$1'));
    for (const form of new Set([...plain, ...plain.map(withoutEntities)])) {
        for (const [word] of form.matchAll(WORD)) {
            if (!word.includes('@')) continue;
            for (const name of namesIn(word)) names.add(name);
            if (names.size > MOST_NAMES) return [...names].slice(0, MOST_NAMES + 1);
        }
    }
    return [...names];
}

function namesIn(word: string): string[] {
    // Go lower-cases the dotted capital I to one letter.
    const trimmed = word.slice(firstBut(word, ':.-_'));
    const found = trimmed.startsWith('@') ? withoutSuffixes(trimmed) : trimmed.split(/[.\-:]/);
    return found
        .filter((one) => one.startsWith('@'))
        .map((one) => one.slice(1).replaceAll('İ', 'i').toLowerCase())
        .filter((name) => NAME.test(name));
}

/** The word, and what is left while signs are taken off its end. */
function withoutSuffixes(word: string): string[] {
    let end = word.length;
    while (end > 0 && '.-:_'.includes(word.charAt(end - 1))) end--;
    const forms: string[] = [];
    for (let length = end; length <= Math.min(word.length, LONGEST_MENTION); length++) forms.push(word.slice(0, length));
    return forms;
}

function firstBut(word: string, signs: string): number {
    let at = 0;
    while (at < word.length && signs.includes(word.charAt(at))) at++;
    return at;
}

const ENTITIES: Readonly<Record<string, string>> = {commat: '@', lowbar: '_', UnderBar: '_', period: '.', colon: ':'};

function withoutEntities(text: string): string {
    return text.replace(
        /&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z]{1,10}));/g,
        (whole, decimal?: string, hex?: string, name?: string) => {
            if (name) return ENTITIES[name] ?? whole;
            const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16);
            return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
        },
    );
}

/**
 * Whether a server or app could take the `@` at this place for the beginning of a mention. Not in `eva.de-wit@example.com`: a letter or digit before
 * it makes it part of a word. Those outside ASCII count as nothing, because the web app then draws a mention; and so does `_`, which is trimmed,
 * and behind a backslash begins a text of its own.
 */
export const opensMention = (text: string, at: number): boolean => !/[A-Za-z0-9]/.test(text.charAt(at - 1));
