/** One open event stream: writes frames, and gives up on a client that does not read them. */
import type {Response} from 'express';

export type StreamEvent = 'hello' | 'conversation' | 'gone' | 'typing' | 'entry' | 'reset' | 'bye';

/** What may wait for a client that reads slowly, bytes. */
const MOST_BUFFERED = 256 * 1024;

export type StreamClient = ReturnType<typeof createStreamClient>;

export function createStreamClient(response: Response, onClosed: () => void) {
    let open = true;
    response.flushHeaders();
    response.on('close', () => {
        open = false;
        onClosed();
    });
    const write = (text: string) => {
        if (!open) return;
        response.write(text);
        // Nobody would read a farewell either. Whoever comes back resumes by the last id.
        if (response.writableLength > MOST_BUFFERED) response.destroy();
    };
    return {
        /** @param id what the client sends back to go on from here */
        send(event: StreamEvent, data: object, id?: number): void {
            write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
        },
        keepAlive: () => write(': keep-alive\n\n'),
        bye(reason: string): void {
            write(`event: bye\ndata: ${JSON.stringify({reason})}\n\n`);
            open = false;
            response.end();
        },
        drop: () => response.destroy(),
    };
}
