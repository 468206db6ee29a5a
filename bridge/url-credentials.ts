/**
 * Addresses with `user:password@`. None of ours may have them: `fetch` refuses to call such an address, and it would be shown wherever the address is.
 */

/** As URL parsers read it: backslashes count as slashes, and one will do. */
const CREDENTIALS = /(https?:[\\/]*)[^\s"\\/?#]*@/gi;
const HIDDEN = '***@';

export const CREDENTIALS_IN_URL =
    'must not hold a user name or password (user:password@): such an address can’t be called; i-Reserve knows the bridge by its signature, or by --callback-token-file';

/** Whether an address holds a user name or password, hidden or not. */
export function hasCredentials(url: string): boolean {
    CREDENTIALS.lastIndex = 0;
    return CREDENTIALS.test(url);
}

/** The text with credentials in its addresses hidden. */
export const withoutCredentials = (text: string): string => text.replace(CREDENTIALS, `$1${HIDDEN}`);

/** Whether a new address may be taken. One that was stored before, with its credentials hidden, goes on not working, and the doctor tells. */
export const mayBeAddress = (url: string): boolean => !hasCredentials(url) || url === withoutCredentials(url);
