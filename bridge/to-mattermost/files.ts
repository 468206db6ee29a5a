/** Attachments → Mattermost files. A file that can't be brought over becomes a line in the message; the text is never held back for it. */
import type {Attachment, FileOutcome} from '../contract.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {readFile} from '../store/records.ts';
import {fetchAttachment, safeFileName} from './attachments.ts';
import {withExtension} from './file-extension.ts';
import type {Context} from './publish.ts';

/** A file Mattermost has: its id there, and its name as uploaded. */
export type UploadedFile = {id: string; name: string};

/** An attachment as stored with its delivery: inline bytes were taken out into the file table. */
export type StoredAttachment = (
    | Extract<Attachment, {url: string}>
    | {name: string; mime_type?: string | undefined; file_id: string; size: number}
    /** It came in no form that can be used; `code` says why. */
    | {name: string; code: string}
) & {
    /** Noted as soon as Mattermost has it: neither a failed create nor a kill makes it be uploaded twice, or the post be taken for one without it. */
    uploaded?: UploadedFile | undefined;
};

export type FileContext = Context & {
    database: Database;
    maxFileBytes: number;
    timeoutMs: number;
    allowPrivate: boolean;
    now: () => number;
    /** Tries of this delivery so far, and whether Mattermost answered the last one 429. */
    tries: number;
    limited: boolean;
    /** The delivery whose attachments these are. */
    seq: number;
    /** Largest file the Mattermost server takes, bytes. */
    serverLimit: number;
};

/** `ids`: Mattermost's id of each file that came along, by its place in `files`. */
export type Uploaded = {files: FileOutcome[]; ids: Map<number, string>};

/** So often a passing failure is tried again before the text goes first and the file follows. */
const FILE_TRIES = 2;
/** So long, ms, the text is held back for files in one try: then those that are left follow. */
const PATIENCE_MS = 5000;
/** Types that run when opened; Mattermost itself lets them pass. */
const DANGEROUS = /\.(exe|bat|cmd|com|scr|pif|cpl|msi|msp|hta|js|jse|vbs|vbe|wsf|wsh|ps1|lnk|jar|reg)$/i;

/**
 * Uploads what a message brings, and says of each file what became of it; `waiting`: the text goes first, the file is to follow.
 *
 * @throws MattermostError or FileNotReady when the whole message is better tried again
 */
export async function uploadAll(context: FileContext, channel_id: string, attachments: readonly StoredAttachment[]): Promise<Uploaded> {
    const files: FileOutcome[] = [];
    const ids = new Map<number, string>();
    const began = context.now();
    const isPatient = () => context.now() - began < PATIENCE_MS;
    // A 429 for an upload holds back the post behind it, for ever when uploads alone are limited.
    const isHeldBack = context.limited && context.tries > FILE_TRIES;
    for (const [place, attachment] of attachments.entries()) {
        if (!attachment.uploaded && (isHeldBack || !isPatient())) {
            files.push({name: safeFileName(attachment.name), state: 'waiting', code: NOT_READY});
            continue;
        }
        const brought = await bring(context, channel_id, attachment);
        if (brought.state === 'later') {
            if (context.tries < FILE_TRIES && isPatient()) throw brought.error;
            files.push({name: brought.name, state: 'waiting', code: brought.code});
        } else if (brought.state === 'missing') {
            files.push(brought);
        } else {
            const {file} = brought;
            if (!attachment.uploaded) await noteUpload(context, place, file);
            ids.set(place, file.id);
            files.push({name: file.name, state: 'attached'});
        }
    }
    return {files, ids};
}

const NOT_READY = 'attachment_not_ready';

type Brought =
    | {state: 'uploaded'; file: UploadedFile}
    /** For good. */
    | {state: 'missing'; name: string; code: string}
    /** It may pass. */
    | {state: 'later'; name: string; code: string; error: MattermostError | FileNotReady};

/**
 * Brings one file to Mattermost, unless it is there.
 *
 * @throws MattermostError when it is about channel, token or server, and nothing could be posted either
 */
export async function bring(context: FileContext, channel_id: string, attachment: StoredAttachment): Promise<Brought> {
    if (attachment.uploaded) return {state: 'uploaded', file: attachment.uploaded};
    const given = safeFileName(attachment.name);
    const got = DANGEROUS.test(given) ? failure('attachment_type_refused', 'type') : await bytesOf(context, attachment);
    if (!got.ok && got.retry) return {state: 'later', name: given, code: got.code, error: new FileNotReady(got.code, got.detail)};
    if (!got.ok) return {state: 'missing', name: given, code: got.code};
    try {
        const name = withExtension(given, 'mime_type' in attachment ? attachment.mime_type : undefined, got.mime);
        return {state: 'uploaded', file: {id: await upload(context.client, channel_id, name, got.bytes), name}};
    } catch (error) {
        if (!(error instanceof MattermostError)) throw error;
        const {status, kind, id} = error;
        // About the file, not about channel or token: the text goes without it.
        if (status === 400 || status === 413 || id === 'api.file.attachments.disabled.app_error')
            return {state: 'missing', name: given, code: status === 413 ? 'attachment_too_large' : 'attachment_refused'};
        if (kind === 'unknown' || kind === 'limited') return {state: 'later', name: given, code: NOT_READY, error};
        throw error;
    }
}

/** Writes into a waiting delivery that Mattermost has one of its files. */
function noteUpload({database, seq}: FileContext, place: number, file: UploadedFile): Promise<void> {
    return database.write(async (tx) => {
        const row = await tx.selectFrom('delivery').select('body').where('seq', '=', seq).where('state', '=', 'queued').executeTakeFirst();
        if (!row) return;
        const event = JSON.parse(row.body) as {data: {attachments?: StoredAttachment[]}};
        const attachment = event.data.attachments?.[place];
        if (!attachment) return;
        attachment.uploaded = file;
        await tx
            .updateTable('delivery')
            .set({body: JSON.stringify(event)})
            .where('seq', '=', seq)
            .where('state', '=', 'queued')
            .execute();
    });
}

/** Mattermost takes 10 files per post. */
export const FILES_PER_POST = 10;

/** What goes with each post of a message: the first with its text, the others in posts of their own. */
export function inBatches<T>(files: readonly T[]): T[][] {
    const batches: T[][] = [];
    for (let from = 0; from < files.length; from += FILES_PER_POST) batches.push(files.slice(from, from + FILES_PER_POST));
    return batches;
}

/** A file's address failed in a way that may pass. */
export class FileNotReady extends Error {
    readonly code: string;
    constructor(code: string, detail: string) {
        super(detail);
        this.code = code;
    }
}

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
