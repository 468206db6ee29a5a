/**
 * i-Reserve's keys to a booking, which may never be posted: whoever holds one can open, accept or change the booking.
 *
 * Source: the template variables `{HASHKEY}`, `{ACCEPTLINK}` and `{EDITBOOKLINK}` of the booking mails. They reach us by mistake (a
 * template used for a notification, a visitor pasting the link from a mail), so we look for honest spellings, not for disguises.
 */

const REDACTED = 'REDACTED';

/** A key is one value; the other two are whole links, so all of the address after the name goes. */
const KEY = 'hash[ _-]?key';
const LINK = '(?:accept|edit[ _-]?book(?:ing)?)[ _-]?link';
const NAME = new RegExp(`${KEY}|${LINK}`, 'i');

/** What may stand between name and value: `=`, `:`, `/`, JSON's `": "`, and `=` or `:` percent-encoded, however often. */
const BETWEEN = `["'\\]]{0,2}\\s{0,3}(?:[=:/]|%(?:25)*3[AD])\\s{0,3}["'(<]?`;
const KEY_VALUE = new RegExp(`((?:${KEY})${BETWEEN})[^\\s"'<>&;,)}\\]]+`, 'gi');
const LINK_VALUE = new RegExp(`((?:${LINK})${BETWEEN})[^\\s"'<>)}\\]]+`, 'gi');
const VARIABLE = new RegExp(`\\{\\s{0,3}(?:${KEY}|${LINK})\\s{0,3}\\}`, 'gi');

/** Whether a query parameter, field or property of this name holds such a secret. */
export function isSecretName(name: string): boolean {
    return NAME.test(name);
}

/** The text with the values of such names replaced by `REDACTED`. Running it twice changes nothing more. */
export function redactSecrets(text: string): string {
    // Nearly every text has none of the names: one look instead of three.
    if (!NAME.test(text)) return text;
    return text.replace(VARIABLE, `{${REDACTED}}`).replace(LINK_VALUE, `$1${REDACTED}`).replace(KEY_VALUE, `$1${REDACTED}`);
}

/** Redacts path, query and fragment in place, seen through percent-encoding: names may be encoded, and links nested in links. */
export function redactUrl(url: URL): void {
    const path = readable(url.pathname);
    if (redactSecrets(path) !== path) url.pathname = redactSecrets(path);
    // The setter takes a question mark off the front: without one of ours it would be the address's own.
    if (url.search) url.search = `?${url.search.slice(1).split('&').map(redactParameter).join('&')}`;
    if (url.hash && (NAME.test(readable(url.hash)) || NAME.test(url.hash))) url.hash = REDACTED;
}

function redactParameter(parameter: string): string {
    const [name = '', ...value] = parameter.split('=');
    if (value.length === 0) return redactSecrets(parameter);
    const hides = readable(value.join('='));
    return NAME.test(readable(name)) || redactSecrets(hides) !== hides ? `${name}=${REDACTED}` : parameter;
}

/** Percent-decoded up to three times: a link nested in a link nested in a link. What cannot be decoded stays as it is. */
function readable(encoded: string): string {
    let text = encoded;
    for (let round = 0; round < 3 && text.includes('%'); round++) {
        try {
            text = decodeURIComponent(text);
        } catch {
            return text;
        }
    }
    return text;
}
