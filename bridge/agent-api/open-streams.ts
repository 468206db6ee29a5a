/** The streams that are open: how many there may be, one thing after another in each, and how each ends. */
import type {Response} from 'express';
import {BridgeError} from '../errors.ts';
import type {AgentCaller} from './authenticate.ts';
import {createStreamClient, type StreamClient} from './stream-client.ts';

const MOST_PER_USER = 5;
const MOST = 500;
/** Events a stream may have waiting to be checked. */
const MOST_WAITING = 1000;

export type Stream = {
    caller: AgentCaller;
    client: StreamClient;
    /** Channels the user was a member of at the last look. */
    channels: Set<string>;
    work: Promise<void>;
    waiting: number;
};

/** @param onEmpty the last one has gone */
export function createOpenStreams({onEmpty, onError}: {onEmpty: () => void; onError: (error: unknown) => void}) {
    const streams = new Set<Stream>();

    function forget(stream: Stream): boolean {
        const was = streams.delete(stream);
        if (was && streams.size === 0) onEmpty();
        return was;
    }

    /** Says why, and ends it. */
    function end(stream: Stream, reason: string): void {
        if (forget(stream)) stream.client.bye(reason);
    }

    return {
        all: (): Stream[] => [...streams],
        none: (): boolean => streams.size === 0,
        end,
        /** @throws BridgeError too_many_requests, overloaded */
        mustHaveRoom({integration, person}: AgentCaller): void {
            const theirs = [...streams].filter(
                ({caller}) => caller.integration.id === integration.id && caller.person.user_id === person.user_id,
            );
            if (theirs.length >= MOST_PER_USER) {
                throw new BridgeError('too_many_requests', `at most ${MOST_PER_USER} streams each`, {retryAfter: 30});
            }
            if (streams.size >= MOST) throw new BridgeError('overloaded', 'too many streams are open', {retryAfter: 30});
        },
        add(caller: AgentCaller, response: Response): Stream {
            const client = createStreamClient(response, () => forget(stream));
            const stream: Stream = {caller, client, channels: new Set(), work: Promise.resolve(), waiting: 0};
            streams.add(stream);
            return stream;
        },
        /** So that events keep their order while each is checked. What can't be checked is not shown: the stream ends, and may be resumed. */
        inTurn(stream: Stream, work: () => Promise<void>): void {
            if (++stream.waiting > MOST_WAITING) {
                stream.client.drop();
                return;
            }
            stream.work = stream.work
                .then(() => (streams.has(stream) ? work() : undefined))
                .catch((error: unknown) => {
                    if (!(error instanceof BridgeError)) onError(error);
                    end(stream, error instanceof BridgeError ? error.code : 'internal');
                })
                .finally(() => {
                    stream.waiting--;
                });
        },
    };
}
