import {gzipSync} from 'node:zlib';
import {SERVICE_MS} from '../conditions/latency.ts';
import {presentFile} from '../posts/present.ts';
import {ApiError, badBody, badUrl, forbidden} from '../state/api-error.ts';
import {addFile} from '../state/files.ts';
import {isValidId} from '../state/ids.ts';
import {mayPost, mayRead} from '../state/permissions.ts';
import type {StoredFile} from '../state/records.ts';
import type {World} from '../state/world.ts';
import type {Answer, Call} from './call.ts';
import type {Router} from './routes.ts';

export function addFileRoutes(route: Router): void {
    route(
        'POST',
        '/files',
        async (call) => {
            const {world} = call;
            if (!world.config.enableFileAttachments) {
                throw new ApiError(403, 'api.file.attachments.disabled.app_error', 'File attachments have been disabled on this server.');
            }
            const type = call.req.headers['content-type'] ?? '';
            const files = type.startsWith('multipart/form-data') ? await uploadForm(call, type) : [await uploadBody(call)];
            const clientIds = files.flatMap(({clientId}) => (clientId === '' ? [] : [clientId]));
            // An empty Go slice that was never made is null.
            return {
                status: 201,
                json: {
                    file_infos: files.map(({file}) => presentFile(world, file)),
                    client_ids: clientIds.length === 0 && !type.startsWith('multipart/') ? null : clientIds,
                },
            };
        },
        {costs: 0},
    );

    route('GET', '/files/:file_id/info', (call) => ({json: presentFile(call.world, readable(call))}));
    route('GET', '/files/:file_id', (call) => download(call, readable(call, true)), {costs: SERVICE_MS.readPost});
    for (const variant of ['thumbnail', 'preview'] as const) {
        route('GET', `/files/:file_id/${variant}`, (call) => {
            const file = readable(call);
            if (!file.has_preview_image) {
                throw new ApiError(400, `api.file.get_file_${variant}.no_${variant}.app_error`);
            }
            return {bytes: file.bytes, type: file.mime_type, headers: {'X-Content-Type-Options': 'nosniff'}};
        });
    }
}

/** `FileInfoCacheSec` of 11.6's local cache. */
const FILE_CACHE_MS = 30 * 60_000;

type Uploaded = {file: StoredFile; clientId: string};

/** Raw body: one file, named in the query. */
async function uploadBody(call: Call): Promise<Uploaded> {
    const channelId = call.query('channel_id') ?? '';
    const name = call.query('filename') ?? '';
    if (name === '') {
        throw badUrl('filename');
    }
    if (!isValidId(channelId)) {
        throw badUrl('channel_id');
    }
    const bytes = await call.body(call.world.config.maxFileSize + 1);
    if (bytes.length === 0) {
        throw new ApiError(
            400,
            'api.file.upload_file.read_request.app_error',
            'Unable to upload file(s). Error reading or parsing request data.',
        );
    }
    return {file: await store(call, channelId, name, bytes), clientId: call.query('client_id') ?? ''};
}

/**
 * Multipart. With `channel_id` before the files every file part counts; with a file first (the legacy order) only parts
 * named `files` do, and others are lost without a word.
 */
async function uploadForm(call: Call, type: string): Promise<Uploaded[]> {
    const body = await call.body(Number.POSITIVE_INFINITY);
    const form = await new Response(new Uint8Array(body), {headers: {'Content-Type': type}}).formData().catch(() => {
        throw new ApiError(400, 'api.file.upload_file.read_request.app_error');
    });
    const parts = [...form.entries()];
    const legacy = typeof parts[0]?.[1] !== 'string';
    let channelId = call.query('channel_id') ?? '';
    const clientIds: string[] = [];
    for (const [name, value] of parts) {
        if (typeof value !== 'string') {
            continue;
        }
        if (name === 'channel_id') {
            if (channelId !== '') {
                throw new ApiError(400, 'api.file.upload_file.multiple_channel_ids.app_error');
            }
            channelId = value;
        } else if (name === 'client_ids') {
            clientIds.push(value);
        } else if (!legacy) {
            throw badBody(name);
        }
    }
    const uploaded: Uploaded[] = [];
    for (const [name, value] of parts) {
        if (typeof value !== 'string' && (!legacy || name === 'files')) {
            const bytes = Buffer.from(await value.arrayBuffer());
            uploaded.push({file: await store(call, channelId, value.name, bytes), clientId: clientIds[uploaded.length] ?? ''});
        }
    }
    if (uploaded.length === 0 && !mayPost(call.world, call.user, channelId)) {
        throw forbidden();
    }
    return uploaded;
}

/** 5.37 and 11.1 both take files for an archived channel. */
async function store(call: Call, channelId: string, name: string, bytes: Buffer): Promise<StoredFile> {
    const {world, user} = call;
    if (!isValidId(channelId)) {
        throw badBody('channel_id');
    }
    if (!mayPost(world, user, channelId)) {
        throw forbidden();
    }
    await call.work(SERVICE_MS.uploadOf(bytes.length));
    return addFile(world, user, channelId, name, bytes);
}

/**
 * The uploader's own, and those of posts in channels the caller may read.
 *
 * @param cached the answer may be from the cache of 11.6, which nothing that is deleted leaves before its time
 */
function readable({world, user, id}: Call, cached = false): StoredFile {
    const file = world.files.get(id('file_id'));
    const isGone = file !== undefined && (cached ? isGoneOrCachedAsSuch(world, file) : file.delete_at !== 0);
    if (file === undefined || isGone) {
        throw new ApiError(404, 'app.file_info.get.app_error', 'Unable to get the file info.');
    }
    // 11.1 asks about the channel it was uploaded for, 5.37 about that of the post it hangs on.
    const channelId = world.version === '5.37' ? (world.posts.get(file.post_id)?.channel_id ?? '') : file.channel_id;
    const channel = world.channels.get(channelId);
    if (file.user_id !== user.id && (channel === undefined || !mayRead(world, user, channel))) {
        throw forbidden();
    }
    return file;
}

/** 11.6 remembers what it knows of a file from the first download on, whether it is deleted included. */
function isGoneOrCachedAsSuch(world: World, file: StoredFile): boolean {
    const now = world.now();
    if (!world.differs.cachesFiles) {
        return file.delete_at !== 0;
    }
    if (file.cached === undefined || file.cached.until <= now) {
        file.cached = {isGone: file.delete_at !== 0, until: now + FILE_CACHE_MS};
    }
    return file.cached.isGone;
}

/** What a browser would run is handed out as plain text. */
const RISKY = /^(?:text\/html|.*(?:java|ecma)script)/;
/** What a browser may show by itself. */
const INLINE = {
    '5.37': /^(?:image\/(?:jpeg|png|bmp|gif|tiff)|video\/(?:avi|mpeg|mp4)|audio\/(?:mpeg|wav))/,
    '11.1': /^(?:image\/(?:jpeg|png|bmp|gif|tiff|webp)|video\/(?:avi|mpeg|mp4)|audio\/(?:mpeg|wav))/,
    '11.6': /^(?:image\/(?:jpeg|png|bmp|gif|tiff|webp)|video\/(?:avi|mpeg|mp4)|audio\/(?:mpeg|wav))/,
} as const;

function download(call: Call, file: StoredFile): Answer {
    const risky = RISKY.test(file.mime_type);
    const inline = INLINE[call.world.version].test(file.mime_type) && call.query('download') !== '1';
    // The real server, too, writes it percent-encoded in both places.
    const name = encodeURIComponent(file.name.toWellFormed());
    const headers = {
        'X-Content-Type-Options': 'nosniff',
        'Accept-Ranges': 'bytes',
        'Last-Modified': new Date(file.update_at).toUTCString(),
        'Cache-Control': call.world.version === '5.37' ? 'private, no-cache' : 'private, max-age=86400',
        'Content-Disposition': `${inline ? 'inline' : 'attachment'};filename="${name}"; filename*=UTF-8''${name}`,
    };
    const type = risky ? 'text/plain' : file.mime_type || 'application/octet-stream';
    const condition = call.req.headers['if-range'];
    const wanted = condition === undefined || condition === headers['Last-Modified'] ? (call.req.headers.range ?? '') : '';
    const range = /^bytes=(\d*)-(\d*)$/.exec(wanted);
    if (range === null || (range[1] === '' && range[2] === '')) {
        // The real server packs whatever it sends, unless asked not to.
        return /\bgzip\b/.test(call.req.headers['accept-encoding'] ?? '')
            ? {bytes: gzipSync(file.bytes), type, headers: {...headers, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding'}}
            : {bytes: file.bytes, type, headers};
    }
    const start = range[1] === '' ? Math.max(0, file.size - Number(range[2])) : Number(range[1]);
    const end = range[1] === '' || range[2] === '' ? file.size - 1 : Math.min(Number(range[2]), file.size - 1);
    if (start >= file.size || start > end) {
        return {
            status: 416,
            bytes: Buffer.from('invalid range: failed to overlap\n'),
            type: 'text/plain; charset=utf-8',
            headers: {'Content-Range': `bytes */${file.size}`},
        };
    }
    return {
        status: 206,
        bytes: file.bytes.subarray(start, end + 1),
        type,
        headers: {...headers, 'Content-Range': `bytes ${start}-${end}/${file.size}`},
    };
}
