/** A file name's extension by its type: Mattermost goes by the name alone, and a picture called `blob` would not be shown as one. */

/** What browsers and chat widgets send without a name of its own. */
const EXTENSIONS = new Map(
    Object.entries({
        'image/png': 'png',
        'image/jpeg': 'jpg',
        'image/gif': 'gif',
        'image/webp': 'webp',
        'image/bmp': 'bmp',
        'image/heic': 'heic',
        'image/avif': 'avif',
        'audio/mpeg': 'mp3',
        'audio/mp4': 'm4a',
        'audio/ogg': 'ogg',
        'audio/wav': 'wav',
        'audio/webm': 'weba',
        'video/mp4': 'mp4',
        'video/webm': 'webm',
        'video/quicktime': 'mov',
        'application/pdf': 'pdf',
        'application/zip': 'zip',
        'text/plain': 'txt',
        'text/csv': 'csv',
        'application/msword': 'doc',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
    }),
);

/** `.2026` in `plan.2026` says nothing of a type. */
const HAS_EXTENSION = /\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,10}$/;

/**
 * Gives a name without an extension that of its type.
 *
 * @param types MIME types, the most trusted first; the first that says something counts
 */
export function withExtension(name: string, ...types: (string | undefined)[]): string {
    if (HAS_EXTENSION.test(name)) return name;
    for (const type of types) {
        const extension = EXTENSIONS.get((type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '');
        if (extension) return `${name}.${extension}`;
    }
    return name;
}
