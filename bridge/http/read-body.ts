/** Request bodies: a document, read whole up to a small limit, or multipart/form-data, taken apart as it comes, up to a larger one. */
import {once} from 'node:events';
import type {IncomingMessage} from 'node:http';
import {createBrotliDecompress, createGunzip, createInflate} from 'node:zlib';
import {Busboy} from '@fastify/busboy';
import express, {type Request, type Response} from 'express';
import {BridgeError} from '../errors.ts';

type Parser = InstanceType<typeof Busboy>;

/** More parts than this are no event and its files. */
const MOST_PARTS = 1000;
/** Bodies with files that are held at once, as a multiple of the largest. */
const HELD_AT_ONCE = 4;

/** One part of multipart/form-data. `fileName`: null where the sender gave none. */
export type BodyPart = {name: string; fileName: string | null; bytes: Buffer};

export type BodyReader = {
    /** Reads the whole body, once. @throws BridgeError (the promise) too_large, malformed_body, unsupported_media_type */
    whole(request: Request, response: Response): Promise<Buffer>;
    /**
     * Reads multipart/form-data part by part, once.
     *
     * @param onBytes is given every byte as it comes, decompressed: for a signature over the body
     * @throws BridgeError (the promise) too_large, malformed_body, unsupported_media_type, overloaded
     */
    parts(request: Request, response: Response, onBytes: (chunk: Buffer) => void): Promise<BodyPart[]>;
};

/** Creates the reader of request bodies. @param limits bytes, after decompression */
export function createBodyReader({maxDocumentBytes, maxRequestBytes}: {maxDocumentBytes: number; maxRequestBytes: number}): BodyReader {
    const documentBytes = Math.min(maxDocumentBytes, maxRequestBytes);
    const raw = express.raw({type: () => true, limit: documentBytes});
    let held = 0;
    return {
        whole: (request, response) =>
            new Promise((resolve, reject) => {
                raw(request, response, (error?: unknown) => {
                    if (!error) {
                        resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
                        return;
                    }
                    const {type} = error as {type?: string};
                    if (type === 'entity.too.large') reject(tooLarge(documentBytes, maxRequestBytes));
                    else if (type === 'encoding.unsupported') reject(unsupportedEncoding());
                    else reject(new BridgeError('malformed_body', 'the body could not be read'));
                });
            }),
        async parts(request, response, onBytes) {
            let size = 0;
            // The parts live until the request is answered.
            response.once('close', () => {
                held -= size;
            });
            return takeApart(request, (chunk) => {
                size += chunk.length;
                held += chunk.length;
                if (size > maxRequestBytes) throw tooLarge(maxRequestBytes, maxRequestBytes);
                if (held > HELD_AT_ONCE * maxRequestBytes)
                    throw new BridgeError('overloaded', 'many files are being received', {retryAfter: 1});
                onBytes(chunk);
            });
        },
    };
}

async function takeApart(request: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<BodyPart[]> {
    const parts: BodyPart[] = [];
    const parser = createParser(request, parts);
    const finished = once(parser, 'finish');
    // It is waited for below; until then nobody else hears of a failure.
    finished.catch(() => undefined);
    try {
        for await (const chunk of decompressed(request)) {
            onChunk(chunk as Buffer);
            if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), finished]);
        }
        parser.end();
        await finished;
    } catch (error) {
        // What still comes is read and dropped: cut off while sending, many clients would see a reset instead of the answer.
        request.unpipe();
        request.resume();
        throw error instanceof BridgeError ? error : new BridgeError('malformed_body', 'the body is not multipart/form-data');
    }
    return parts;
}

function createParser(request: IncomingMessage, parts: BodyPart[]): Parser {
    let parser: Parser;
    try {
        parser = new Busboy({
            headers: {...request.headers, 'content-type': request.headers['content-type'] ?? ''},
            // Every part as its bytes: an event that is not UTF-8 must be refused, not mended.
            isPartAFile: () => true,
            limits: {parts: MOST_PARTS, headerPairs: 100},
        });
    } catch {
        throw new BridgeError('malformed_body', 'the body is not multipart/form-data');
    }
    parser.on('partsLimit', () => parser.destroy(new BridgeError('too_large', `at most ${MOST_PARTS} parts per request`)));
    parser.on('file', (name: string | undefined, stream: NodeJS.ReadableStream, fileName: string | undefined) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', (error: Error) => parser.destroy(error));
        stream.on('end', () => parts.push({name: name ?? '', fileName: fileName ?? null, bytes: Buffer.concat(chunks)}));
    });
    return parser;
}

function decompressed(request: IncomingMessage): AsyncIterable<unknown> {
    const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
    // Not destroyed when it is left early: the answer still has to get out.
    if (encoding === 'identity') return request.iterator({destroyOnReturn: false});
    if (encoding === 'gzip') return request.pipe(createGunzip());
    if (encoding === 'deflate') return request.pipe(createInflate());
    if (encoding === 'br') return request.pipe(createBrotliDecompress());
    throw unsupportedEncoding();
}

const unsupportedEncoding = () => new BridgeError('unsupported_media_type', 'unsupported content encoding');

const tooLarge = (limit: number, withFiles: number) =>
    new BridgeError(
        'too_large',
        limit < withFiles
            ? `at most ${limit} bytes per request; ${withFiles} as multipart/form-data with files as parts`
            : `at most ${limit} bytes per request`,
    );
