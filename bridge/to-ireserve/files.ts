/** An agent's files on their way to i-Reserve: streamed from Mattermost as they come, or taken inline. The bridge keeps no copy. */
import {once} from 'node:events';
import type {FileInfo} from '@mattermost/types/files';
import type {Request, Response as ServerResponse} from 'express';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import {guardHeaders, typeHeaders} from './file-headers.ts';
import {readFileToken} from './file-links.ts';

export type FileRouteOptions = {
    servers: Servers;
    integration: (id: string) => Integration | undefined;
    box: SecretBox;
    now: () => number;
    /** How long either side may keep still: Mattermost before its answer and within it, the client within it. */
    timeoutMs: number;
    /** The kill switch is on. */
    switchedOff: () => boolean;
};

/** Streams at once per integration: each holds two connections, and somebody may collect addresses. */
const MOST_STREAMS = 16;
const RETRY_S = 5;
/** One stretch from somewhere to somewhere. Several at once would come back as multipart, for which nobody asks; they get the whole file. */
const ONE_RANGE = /^bytes=(?:\d+-\d*|-\d+)$/;

/** The Express handler of `FILE_PATH`, for GET and HEAD. Needs no credential: the address itself is one. */
export function createFileRoute({servers, integration: find, box, now, timeoutMs, switchedOff}: FileRouteOptions) {
    const streams = new Map<string, number>();
    return async (request: Request, response: ServerResponse): Promise<void> => {
        // Until it is known to be a file; refusals leave with this one.
        response.set('cache-control', 'no-store');
        const link = readFileToken(box, String(request.params.token), now());
        const integration = find(link.integration_id);
        if (!integration) throw new BridgeError('file_gone', 'its integration was removed');
        if (switchedOff()) throw new BridgeError('switched_off', 'nothing is handed out', {retryAfter: RETRY_S});
        if (integration.state === 'inactive') throw new BridgeError('file_link_inactive', 'it hands out no files');
        const running = streams.get(integration.id) ?? 0;
        if (running >= MOST_STREAMS)
            throw new BridgeError('overloaded', `${MOST_STREAMS} files are being fetched already`, {retryAfter: RETRY_S});
        streams.set(integration.id, running + 1);
        const stop = new AbortController();
        const gone = () => stop.abort(new Error('the client went away'));
        response.once('close', gone);
        const still = setTimeout(() => stop.abort(new DOMException('nothing moved', 'TimeoutError')), timeoutMs);
        try {
            const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
            // On older servers a file outlives its post.
            const [info] = await Promise.all([client.fileInfo(link.file_id), client.getPost(link.post_id)]);
            if (info.post_id !== link.post_id) throw new BridgeError('file_gone', 'it no longer belongs to the post');
            const secondsLeft = Math.max(0, Math.floor((link.expiresAt - now()) / 1000));
            const headers = {...guardHeaders(secondsLeft), ...typeHeaders(info.name, info.mime_type)};
            if (request.method === 'HEAD') response.set({...headers, 'content-length': String(info.size)}).end();
            else await send(client, info, {request, response, headers, signal: stop.signal, moved: () => void still.refresh()});
        } catch (error) {
            // Too late for an answer: cut off, so that nobody takes the part for the whole.
            if (response.headersSent) response.destroy();
            if (!response.destroyed) throw error instanceof MattermostError ? refusalOf(error) : error;
        } finally {
            clearTimeout(still);
            response.off('close', gone);
            const left = (streams.get(integration.id) ?? 1) - 1;
            if (left > 0) streams.set(integration.id, left);
            else streams.delete(integration.id);
            stop.abort();
        }
    };
}

type Sending = {request: Request; response: ServerResponse; headers: Record<string, string>; signal: AbortSignal; moved: () => void};

async function send(client: MattermostClient, info: FileInfo, {request, response, headers, signal, moved}: Sending): Promise<void> {
    const upstream = await client.openFile(info.id, {headers: rangeOf(request), signal});
    moved();
    const part = upstream.headers.get('content-range');
    if (upstream.status === 416) {
        response
            .status(416)
            .set({'accept-ranges': 'bytes', 'content-range': part ?? `bytes */${info.size}`})
            .end();
        return;
    }
    const length = lengthOf(upstream, info.size);
    response.status(upstream.status).set({...headers, 'content-length': String(length), ...(part ? {'content-range': part} : {})});
    for (const name of ['etag', 'last-modified']) {
        const value = upstream.headers.get(name);
        if (value !== null) response.set(name, value);
    }
    for await (const piece of piecesOf(upstream, length)) {
        moved();
        // The next one is asked for when this one is out of our hands.
        if (!response.write(piece)) await once(response, 'drain', {signal});
        moved();
    }
    response.end();
}

/** The body, to the byte. @throws MattermostError when it breaks off, ends early or goes on */
async function* piecesOf(upstream: Response, length: number): AsyncGenerator<Uint8Array> {
    let got = 0;
    try {
        for await (const piece of upstream.body ?? []) {
            got += piece.byteLength;
            if (got > length) break;
            yield piece;
        }
    } catch (error) {
        throw new MattermostError('unknown', `the file broke off: ${(error as Error).message}`);
    }
    if (got !== length) throw new MattermostError('unknown', `${got} bytes of ${length} came`);
}

/** What of the file the client wants, as far as we pass it on. */
function rangeOf(request: Request): Record<string, string> {
    const {range, 'if-range': condition} = request.headers;
    if (!range || !ONE_RANGE.test(range)) return {};
    return typeof condition === 'string' ? {range, 'if-range': condition} : {range};
}

/**
 * How many bytes have to come. Mattermost's own record counts, not the answer's Content-Length: that is missing or wrong when something
 * in between packs what it passes on.
 */
function lengthOf(upstream: Response, size: number): number {
    const [, from, to] = /^bytes (\d+)-(\d+)\//.exec(upstream.headers.get('content-range') ?? '') ?? [];
    const length = upstream.status === 206 ? Number(to) - Number(from) + 1 : size;
    const packed = (upstream.headers.get('content-encoding') ?? 'identity') !== 'identity';
    const said = upstream.headers.get('content-length');
    if (!(length >= 0) || (said !== null && !packed && Number(said) !== length))
        throw new MattermostError('unknown', 'what came is not the file that was asked for', {status: upstream.status});
    return length;
}

/** Mattermost itself says that it has the file no more, or hides it. */
export const isFileGone = ({kind, status}: MattermostError): boolean => kind === 'refused' && (status === 404 || status === 403);

function refusalOf(error: MattermostError): BridgeError {
    if (isFileGone(error))
        return new BridgeError('file_gone', error.status === 404 ? 'Mattermost has it no more' : 'the bot may not read it');
    const retryAfter = Math.max(RETRY_S, Math.ceil((error.retryAfterMs ?? 0) / 1000));
    return new BridgeError('mattermost_unavailable', 'the file can’t be fetched', {retryAfter, cause: error});
}

/**
 * The bytes of a file as base64, to go inside an event.
 *
 * @param most - in bytes; a larger file is not read
 * @returns null when it is larger
 * @throws MattermostError when it can't be had, within `timeoutMs`
 */
export async function inlineFile(client: MattermostClient, file_id: string, most: number, timeoutMs = 30_000): Promise<string | null> {
    const info = await client.fileInfo(file_id);
    if (info.size > most) return null;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException('not complete in time', 'TimeoutError')), timeoutMs);
    try {
        const upstream = await client.openFile(file_id, {signal: stop.signal});
        const pieces: Uint8Array[] = [];
        for await (const piece of piecesOf(upstream, lengthOf(upstream, info.size))) pieces.push(piece);
        return Buffer.concat(pieces).toString('base64');
    } finally {
        clearTimeout(timer);
        stop.abort();
    }
}
