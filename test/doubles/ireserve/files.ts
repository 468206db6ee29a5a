/** Files of the web chat, in memory: uploaded by visitors, or come with an agent's answer. */
import type {Attachment} from '../../../bridge/contract.ts';

/** A file as a test or the page hands it over. `by` says how it travels to the bridge; left out: inline when small. */
export type NewFile = {name: string; mime_type: string; bytes: Uint8Array; by?: 'url' | 'inline'};
export type StoredFile = NewFile & {id: string};
/** What the visitor's page is told of a file. */
export type ShownFile = {name: string; mime_type: string; size: number | null; url: string};

/** Up to this many bytes a file goes inside the event; above it the bridge fetches it from us. */
const INLINE_BYTES = 16 * 1024;

export type Files = {
    keep: (file: NewFile) => StoredFile;
    get: (id: string) => StoredFile | undefined;
    shown: (file: StoredFile) => ShownFile;
    attachment: (file: StoredFile) => Attachment;
    /** A file that came with a callback. The bytes may be in it, or at an address. */
    received: (attachment: Record<string, unknown>) => ShownFile;
};

/** @param baseUrl - the double's own address, known once it listens */
export function createFiles(newId: (prefix: string) => string, baseUrl: () => string): Files {
    const files = new Map<string, StoredFile>();

    const path = (file: StoredFile) => `/files/${file.id}/${encodeURIComponent(file.name)}`;
    const shown = (file: StoredFile) => ({name: file.name, mime_type: file.mime_type, size: file.bytes.length, url: path(file)});
    const keep = (file: NewFile) => {
        const stored = {...file, id: newId('file')};
        files.set(stored.id, stored);
        return stored;
    };

    return {
        keep,
        shown,
        get: (id) => files.get(id),
        attachment(file) {
            const facts = {name: file.name, mime_type: file.mime_type};
            const by = file.by ?? (file.bytes.length <= INLINE_BYTES ? 'inline' : 'url');
            if (by === 'inline') return {...facts, content_base64: Buffer.from(file.bytes).toString('base64')};
            return {...facts, url: baseUrl() + path(file)};
        },
        received(attachment) {
            const name = typeof attachment.name === 'string' ? attachment.name : 'file';
            const mime_type = typeof attachment.mime_type === 'string' ? attachment.mime_type : 'application/octet-stream';
            if (typeof attachment.content_base64 === 'string') {
                return shown(keep({name, mime_type, bytes: Buffer.from(attachment.content_base64, 'base64')}));
            }
            const url = typeof attachment.url === 'string' && /^https?:/.test(attachment.url) ? attachment.url : '';
            return {name, mime_type, size: typeof attachment.size === 'number' ? attachment.size : null, url};
        },
    };
}
