/** Attachments → Mattermost files. A file that can't be brought over becomes a line in the message; the text is never held back for good. */
import type {Attachment, FileOutcome} from '../contract.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {readFile} from '../store/records.ts';
import {fetchAttachment, safeFileName} from './attachments.ts';
import {withExtension} from './file-extension.ts';
import type {Context} from './publish.ts';

/** An attachment as stored with its delivery: inline bytes were taken out into the file table. */
export type StoredAttachment =
    | Extract<Attachment, {url: string}>
    | {name: string; mime_type?: string | undefined; file_id: string; size: number}
    /** It came in no form that can be used; `code` says why. */
    | {name: string; code: string};

export type FileContext = Context & {
    database: Database;
    maxFileBytes: number;
    timeoutMs: number;
    allowPrivate: boolean;
    /** Tries of this delivery so far. */
    tries: number;
    /** Uploaded by an earlier try of this delivery, by position: an upload is not repeated because the post failed. */
    uploaded: Map<number, string>;
    /** Largest file the Mattermost server takes, bytes. */
    serverLimit: number;
};

/** `ids`: Mattermost's id of each file that came along, by its place in `files`. */
export type Uploaded = {files: FileOutcome[]; ids: Map<number, string>};

/** So often a passing failure is tried again before the message goes without the file. */
const FILE_TRIES = 4;
/** Types that run when opened; Mattermost itself lets them pass. */
const DANGEROUS = /\.(exe|bat|cmd|com|scr|pif|cpl|msi|msp|hta|js|jse|vbs|vbe|wsf|wsh|ps1|lnk|jar|reg)$/i;

/**
 * Uploads what a message brings, and says of each file what became of it.
 *
 * @throws MattermostError or FileNotReady when the whole message is better tried again
 */
export async function uploadAll(context: FileContext, channel_id: string, attachments: StoredAttachment[]): Promise<Uploaded> {
    const files: FileOutcome[] = [];
    const ids = new Map<number, string>();
    for (const [index, attachment] of attachments.entries()) {
        const given = safeFileName(attachment.name);
        const missing = (code: string) => files.push({name: given, state: 'missing', code});
        const known = context.uploaded.get(index);
        if (known) {
            files.push({name: given, state: 'attached'});
            ids.set(index, known);
            continue;
        }
        const got = DANGEROUS.test(given) ? failure('attachment_type_refused', 'type') : await bytesOf(context, attachment);
        if (!got.ok) {
            if (got.retry && context.tries < FILE_TRIES) throw new FileNotReady(got.detail);
            missing(got.code);
            continue;
        }
        try {
            const name = withExtension(given, 'mime_type' in attachment ? attachment.mime_type : undefined, got.mime);
            const file_id = await upload(context.client, channel_id, name, got.bytes);
            context.uploaded.set(index, file_id);
            ids.set(index, file_id);
            files.push({name, state: 'attached'});
        } catch (error) {
            const status = error instanceof MattermostError ? error.status : 0;
            // About the file, not about channel or token: the text goes without it.
            const aboutFile =
                status === 400 || status === 413 || (error as MattermostError).id === 'api.file.attachments.disabled.app_error';
            const givenUp = error instanceof MattermostError && error.kind === 'unknown' && context.tries >= FILE_TRIES;
            if (!aboutFile && !givenUp) throw error;
            missing(status === 413 ? 'attachment_too_large' : 'attachment_refused');
        }
    }
    return {files, ids};
}

/** Mattermost takes 10 files per post. */
const FILES_PER_POST = 10;

/** What goes with each post of a message: the first with its text, the others in posts of their own. */
export function inBatches<T>(files: readonly T[]): T[][] {
    const batches: T[][] = [];
    for (let from = 0; from < files.length; from += FILES_PER_POST) batches.push(files.slice(from, from + FILES_PER_POST));
    return batches;
}

/** A file may still come: try the message again later. */
export class FileNotReady extends Error {}

type Got = {ok: true; bytes: Uint8Array; mime?: string} | {ok: false; retry: boolean; code: string; detail: string};
const failure = (code: string, detail: string): Got => ({ok: false, retry: false, code, detail});

async function bytesOf(context: FileContext, attachment: StoredAttachment): Promise<Got> {
    const maxBytes = Math.min(context.maxFileBytes, context.serverLimit);
    if ('url' in attachment) {
        const {attachment_hosts: hosts} = context.integration.config;
        return fetchAttachment(attachment.url, {hosts, maxBytes, timeoutMs: context.timeoutMs, allowPrivate: context.allowPrivate});
    }
    if ('code' in attachment) return failure(attachment.code, '');
    if (attachment.size > maxBytes) return failure('attachment_too_large', `${attachment.size} bytes, at most ${maxBytes}`);
    const bytes = await readFile(context.database.read, attachment.file_id);
    return bytes ? {ok: true, bytes} : failure('attachment_lost', 'its bytes are no longer stored');
}

async function upload(client: MattermostClient, channel_id: string, name: string, bytes: Uint8Array): Promise<string> {
    if (bytes.length === 0) throw new MattermostError('refused', 'the file is empty', {status: 400});
    const form = new FormData();
    // Before the file: then the server streams, and the part's name is free.
    form.append('channel_id', channel_id);
    form.append('files', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
    const {file_infos} = await client.uploadFile(form);
    const id = file_infos[0]?.id;
    if (!id) throw new MattermostError('unknown', 'Mattermost took the file without naming it');
    return id;
}
