/** Whether files of what was deleted in Mattermost can still be had there: not every server takes them away with their post. */
import {type MattermostClient, MattermostError} from './mattermost.ts';

/** A file, and the post it was attached to. */
export type AttachedFile = {file_id: string; post_id: string};

/** A file that can still be downloaded, or that could not be asked for, with what an admin can do. */
export type FileLeft = AttachedFile & {why: string};

/** Mattermost deletes a post's files after it has answered: within half a second when it is not busy. */
const TRIES = 12;
const EVERY_MS = 250;

const STAYS =
    'its file can still be downloaded: this Mattermost leaves the files of deleted replies; an admin of the server can remove it from the file store (table FileInfo has its path)';
const CACHED =
    'its file can still be downloaded for up to 30 minutes, because Mattermost keeps in memory what it knows of files; System Console > Environment > Web Server > Purge All Caches ends that at once';

/**
 * Asks Mattermost for files that should be gone.
 *
 * First for what it knows of them, and for the bytes only when that is gone: asked too early, 11.6 would remember a file as being there for
 * half an hour.
 *
 * @returns those still there; a file that could not be asked for counts among them, as nobody looked
 */
export async function filesLeft(
    client: Pick<MattermostClient, 'fileInfo' | 'openFile'>,
    files: readonly AttachedFile[],
    sleep: (ms: number) => Promise<void>,
): Promise<FileLeft[]> {
    const left: FileLeft[] = [];
    let tries = TRIES;
    for (const file of files) {
        let known = await answerTo(() => client.fileInfo(file.file_id));
        for (; known === 'there' && tries > 0; tries--) {
            await sleep(EVERY_MS);
            known = await answerTo(() => client.fileInfo(file.file_id));
        }
        if (known === 'there') left.push({...file, why: STAYS});
        else if (known !== 'gone') left.push({...file, why: `whether its file is gone could not be asked: ${known.message}`});
        else if ((await answerTo(() => firstByte(client, file.file_id))) === 'there') left.push({...file, why: CACHED});
    }
    return left;
}

async function firstByte(client: Pick<MattermostClient, 'openFile'>, file_id: string): Promise<void> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException('no answer in time', 'TimeoutError')), 10_000);
    try {
        const response = await client.openFile(file_id, {headers: {range: 'bytes=0-0'}, signal: stop.signal});
        await response.body?.cancel();
    } finally {
        clearTimeout(timer);
    }
}

async function answerTo(ask: () => Promise<unknown>): Promise<'there' | 'gone' | MattermostError> {
    try {
        await ask();
        return 'there';
    } catch (error) {
        if (!(error instanceof MattermostError)) throw error;
        return error.kind === 'refused' && error.status === 404 ? 'gone' : error;
    }
}
