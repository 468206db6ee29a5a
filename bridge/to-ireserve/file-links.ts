/** Addresses under which i-Reserve gets an agent's files from the bridge. Whoever holds one may read that file, and no other, until it expires. */
import {BridgeError} from '../errors.ts';
import type {SecretBox} from '../secrets.ts';
import {safeFileName} from '../to-mattermost/attachments.ts';

/** What an address stands for. */
export type FileLink = {integration_id: string; file_id: string; post_id: string; expiresAt: number};

const PURPOSE = 'file';
const FOLDER = '/v1/files/';

/** For Express. The name at the end is for people, and for clients that save by it; nothing depends on it. */
export const FILE_PATH = `${FOLDER}:token/:name`;

/** The address of a file. @param link.expiresAt - milliseconds since 1970; from then on it is refused */
export function signFileUrl({box, publicUrl, name, ...link}: FileLink & {box: SecretBox; publicUrl: string; name: string}): string {
    const facts = [link.integration_id, link.file_id, link.post_id, Math.floor(link.expiresAt / 1000)].join('.');
    return `${publicUrl}${FOLDER}${facts}.${box.sign(PURPOSE, facts)}/${encodeURIComponent(safeFileName(name))}`;
}

/** @throws BridgeError file_link_invalid unless we made this token, file_link_expired when its time is over */
export function readFileToken(box: SecretBox, token: string, now: number): FileLink {
    const end = token.lastIndexOf('.');
    const facts = token.slice(0, Math.max(0, end));
    if (!box.verify(PURPOSE, facts, token.slice(end + 1))) {
        throw new BridgeError('file_link_invalid', 'its signature does not match');
    }
    // Ours from here on: what we signed has the form we gave it.
    const [integration_id, file_id, post_id, seconds] = facts.split('.') as [string, string, string, string];
    const expiresAt = Number(seconds) * 1000;
    if (!(now < expiresAt)) throw new BridgeError('file_link_expired', `it was valid until ${new Date(expiresAt).toISOString()}`);
    return {integration_id, file_id, post_id, expiresAt};
}

/** A request's path as it may be logged: the token of a file's address is the key to that file. */
export function withoutFileToken(path: string): string {
    const start = path.indexOf(FOLDER);
    return start < 0 ? path : `${path.slice(0, start)}${FOLDER}[redacted]`;
}
