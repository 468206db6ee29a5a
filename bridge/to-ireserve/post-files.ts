/** The files of an agent's post, all of them: what a post says of its files may come later than the post itself. */
import type {FileInfo} from '@mattermost/types/files';
import type {Post} from '@mattermost/types/posts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import {safeFileName} from '../to-mattermost/attachments.ts';
import type {ReplyFile} from './queue.ts';

/** A file may become readable a moment after its post; one that does not by then is gone. */
const TRIES = 4;
const WAIT_MS = 150;

export type FileLook = {
    /** @throws MattermostError */
    fileInfo: (file_id: string) => Promise<FileInfo>;
    sleep: (ms: number) => Promise<void>;
};

/** Looks in Mattermost, with real pauses. */
export const fileLook = (client: Pick<MattermostClient, 'fileInfo'>): FileLook => ({
    fileInfo: (file_id) => client.fileInfo(file_id),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

/**
 * Reads what is known of each file a post names: from `metadata.files` where it is there, else from the server, repeatedly within a bound.
 *
 * `file_ids` decide how many there are: a post read half-way has them before it has their metadata.
 *
 * @throws MattermostError when the server can't be asked now: nothing was decided
 */
export async function filesOf({file_ids, metadata}: Pick<Post, 'file_ids' | 'metadata'>, look: FileLook): Promise<ReplyFile[]> {
    const known = new Map((metadata?.files ?? []).map((info) => [info.id, info]));
    const ids = new Set([...(file_ids ?? []), ...known.keys()]);
    return Promise.all([...ids].map(async (id) => shownFile(id, known.get(id) ?? (await askFor(id, look)))));
}

async function askFor(id: string, {fileInfo, sleep}: FileLook): Promise<FileInfo | null> {
    for (let tries = 1; ; tries++) {
        try {
            return await fileInfo(id);
        } catch (error) {
            if (!(error instanceof MattermostError && error.kind === 'refused' && (error.status === 404 || error.status === 403)))
                throw error;
            if (tries >= TRIES) return null;
            await sleep(WAIT_MS * tries);
        }
    }
}

/** Its name as it may be shown: what reorders or hides letters makes `exe.jpg` of `gpj.exe`, at the visitor's too. */
const shownFile = (id: string, info: FileInfo | null): ReplyFile =>
    info
        ? {id, name: safeFileName(info.name), mime_type: info.mime_type || 'application/octet-stream', size: info.size}
        : {id, name: 'file', mime_type: 'application/octet-stream', size: 0, gone: true};
