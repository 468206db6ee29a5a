/** How i-Reserve can misbehave when the bridge delivers an agent's answer. */
export type CallbackFault = {
    /** Answer this status instead of taking the message. */
    status?: number;
    /** With `status`: it is taken all the same, and a proxy answers so. */
    taken?: boolean;
    /** Seconds, in a Retry-After header; with `status`. */
    retryAfter?: number;
    /** Answer this late. */
    delayMs?: number;
    /** Cut the connection before the message is taken, or after it was taken but before the answer: the unknown outcome. */
    reset?: 'before' | 'after';
    /** How many callbacks it hits; left out: one. Infinity: until cleared. */
    times?: number;
    /** Only callbacks of this type, or for this conversation. */
    type?: string;
    conversation_id?: string;
};

export type CallbackFaults = {
    add: (fault: CallbackFault) => void;
    clear: () => void;
    /** The first fault that fits, used up by one. */
    take: (type: unknown, conversation_id: unknown) => CallbackFault | null;
};

export function createCallbackFaults(): CallbackFaults {
    let waiting: {fault: CallbackFault; left: number}[] = [];
    return {
        add: (fault) => void waiting.push({fault, left: fault.times ?? 1}),
        clear: () => {
            waiting = [];
        },
        take(type, conversation_id) {
            const hit = waiting.find(
                ({fault}) =>
                    (fault.type === undefined || fault.type === type) &&
                    (fault.conversation_id === undefined || fault.conversation_id === conversation_id),
            );
            if (!hit) return null;
            hit.left -= 1;
            if (hit.left <= 0) waiting = waiting.filter((other) => other !== hit);
            return hit.fault;
        },
    };
}
