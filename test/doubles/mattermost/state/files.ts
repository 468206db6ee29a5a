import {ApiError} from './api-error.ts';
import {imageSize} from './image-size.ts';
import type {StoredFile, User} from './records.ts';
import type {World} from './world.ts';

/** Largest image in pixels, by version. */
const MAX_PIXELS = {'11.6': 33_177_600, '11.1': 33_177_600, '5.37': 24_385_536} as const;

/** The type follows from the name's extension only; neither the declared type nor the content counts. */
const TYPES: Readonly<Record<string, string>> = {
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    svg: 'image/svg+xml',
    pdf: 'application/pdf',
    txt: 'text/plain; charset=utf-8',
    html: 'text/html; charset=utf-8',
    htm: 'text/html; charset=utf-8',
    md: 'text/markdown; charset=utf-8',
    log: 'text/x-log; charset=utf-8',
    gz: 'application/gzip',
    css: 'text/css; charset=utf-8',
    csv: 'text/csv; charset=utf-8',
    js: 'text/javascript; charset=utf-8',
    json: 'application/json',
    xml: 'text/xml; charset=utf-8',
    zip: 'application/zip',
    mp3: 'audio/mpeg',
    wav: 'audio/x-wav',
    mp4: 'video/mp4',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Keeps an upload that has passed the permission checks. */
export function addFile(world: World, user: User, channelId: string, givenName: string, bytes: Buffer): StoredFile {
    if (bytes.length > world.config.maxFileSize) {
        throw new ApiError(413, 'api.file.upload_file.too_large_detailed.app_error', 'Unable to upload file. File is too large.');
    }
    const name = givenName.split(/[\\/]/).at(-1) ?? givenName;
    const extension = name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : '';
    const mimeType = TYPES[extension] ?? '';
    const size = mimeType.startsWith('image/') ? imageSize(bytes) : undefined;
    if (size !== undefined && size.width * size.height > MAX_PIXELS[world.version]) {
        throw new ApiError(400, 'api.file.upload_file.large_image_detailed.app_error', 'Image dimensions exceed the limit.');
    }
    const now = world.now();
    const file: StoredFile = {
        id: world.newId(),
        user_id: user.id,
        post_id: '',
        channel_id: channelId,
        create_at: now,
        update_at: now,
        delete_at: 0,
        name,
        extension,
        size: bytes.length,
        mime_type: mimeType,
        width: size?.width ?? 0,
        height: size?.height ?? 0,
        has_preview_image: size !== undefined,
        bytes,
    };
    world.files.set(file.id, file);
    return file;
}
