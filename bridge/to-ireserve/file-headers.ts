/** The headers an agent's file is handed out with: it may be shown or kept, and never run, whatever it holds. */
import {safeFileName} from '../to-mattermost/attachments.ts';

/** What a browser may show in place: pictures without scripts (no SVG), sound, film. */
const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp)|audio\/(?:mpeg|mp4|aac|ogg|wav|x-wav|webm|flac)|video\/(?:mp4|webm|ogg|quicktime))$/;
/** What no browser runs by itself once it is an attachment, so its type may be told. All else is bytes. */
const KEPT =
    /^(?:text\/(?:plain|csv)|application\/(?:pdf|zip|gzip|msword|vnd\.ms-(?:excel|powerpoint)|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.[a-z.-]+))$/;

/** `Content-Type` and `Content-Disposition` for a file of this name, whose type Mattermost told from its extension. */
export function typeHeaders(name: string, mime_type: string): {'content-type': string; 'content-disposition': string} {
    const mime = mime_type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const shown = SHOWN.test(mime);
    const type = shown || KEPT.test(mime) ? mime : 'application/octet-stream';
    return {
        'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
        'content-disposition': disposition(shown ? 'inline' : 'attachment', name),
    };
}

/** RFC 6266: a plain name for old clients, and the real one (RFC 8187). Neither can leave its place in the header. */
function disposition(kind: 'inline' | 'attachment', name: string): string {
    const safe = safeFileName(name);
    const plain = safe.replace(/[^\x20-\x7E]|["\\%]/gu, '_');
    const real = encodeURIComponent(safe).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
    return `${kind}; filename="${plain}"; filename*=UTF-8''${real}`;
}

/** What holds for every file. `secondsLeft`: how long the address stays valid, and so how long a copy may be kept. */
export const guardHeaders = (secondsLeft: number): Record<string, string> => ({
    'x-content-type-options': 'nosniff',
    // Opened as a page of its own, it has no origin, no scripts, and loads nothing.
    'content-security-policy': "sandbox; default-src 'none'",
    // The visitor's page shows it from another site.
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': `private, max-age=${secondsLeft}`,
    // The address is the key: it is told to nobody.
    'referrer-policy': 'no-referrer',
    'accept-ranges': 'bytes',
});
