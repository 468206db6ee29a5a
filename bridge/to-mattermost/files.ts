/** Attachments → Mattermost files. A file that can't be brought over becomes a line in the message; the text is never held back for good. */
import type {Attachment} from '../contract.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {readFile} from '../store/records.ts';
import {fetchAttachment, safeFileName} from './attachments.ts';
import {phrases} from './phrases.ts';
import type {Context} from './publish.ts';

/** An attachment as stored with its delivery: inline bytes were taken out into the file table. */
export type StoredAttachment =
    | Extract<Attachment, {url: string}>
    | {name: string; mime_type?: string | undefined; file_id: string; size: number};

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

export type Uploaded = {file_ids: string[]; notices: string[]};

/** So often a passing failure is tried again before the message goes without the file. */
const FILE_TRIES = 4;
/** Types that run when opened; Mattermost itself lets them pass. */
const DANGEROUS = /\.(exe|bat|cmd|com|scr|pif|cpl|msi|msp|hta|js|jse|vbs|vbe|wsf|wsh|ps1|lnk|jar|reg)$/i;

/** @throws MattermostError or FileNotReady when the whole message is better tried again */
export async function uploadAll(context: FileContext, channel_id: string, attachments: StoredAttachment[]): Promise<Uploaded> {
    const file_ids: string[] = [];
    const notices: string[] = [];
    const say = phrases(context.integration.config.language);
    for (const [index, attachment] of attachments.entries()) {
        const name = safeFileName(attachment.name);
        const known = context.uploaded.get(index);
        if (known) {
            file_ids.push(known);
            continue;
        }
        const got = DANGEROUS.test(name) ? failure('attachment_type_refused', 'type') : await bytesOf(context, attachment);
        if (!got.ok) {
            if (got.retry && context.tries < FILE_TRIES) throw new FileNotReady(got.detail);
            notices.push(say.fileNotTransferred(name, got.code, got.detail));
            continue;
        }
        try {
            const file_id = await upload(context.client, channel_id, name, got.bytes);
            context.uploaded.set(index, file_id);
            file_ids.push(file_id);
        } catch (error) {
            const status = error instanceof MattermostError ? error.status : 0;
            // About the file, not about channel or token: the text goes without it.
            const aboutFile =
                status === 400 || status === 413 || (error as MattermostError).id === 'api.file.attachments.disabled.app_error';
            const givenUp = error instanceof MattermostError && error.kind === 'unknown' && context.tries >= FILE_TRIES;
            if (!aboutFile && !givenUp) throw error;
            notices.push(
                say.fileNotTransferred(name, status === 413 ? 'attachment_too_large' : 'attachment_refused', (error as Error).message),
            );
        }
    }
    return {file_ids, notices};
}

/** A file may still come: try the message again later. */
export class FileNotReady extends Error {}

type Got = {ok: true; bytes: Uint8Array} | {ok: false; retry: boolean; code: string; detail: string};
const failure = (code: string, detail: string): Got => ({ok: false, retry: false, code, detail});

async function bytesOf(context: FileContext, attachment: StoredAttachment): Promise<Got> {
    const maxBytes = Math.min(context.maxFileBytes, context.serverLimit);
    if ('url' in attachment) {
        const {attachment_hosts: hosts} = context.integration.config;
        return fetchAttachment(attachment.url, {hosts, maxBytes, timeoutMs: context.timeoutMs, allowPrivate: context.allowPrivate});
    }
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
