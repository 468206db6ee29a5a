import React from 'react';
import type {BridgeError} from '../client/bridge.ts';
import {Words} from './words.tsx';

const KNOWN = [
    'already_claimed',
    'callback_not_set',
    'conversation_closed',
    'is_a_note',
    'not_a_member',
    'not_an_agent',
    'too_many_requests',
    'unknown_conversation',
    'unreachable',
] as const;
type KnownCode = (typeof KNOWN)[number];

/** What the bridge refused, in words; the code is for whoever is asked for help. */
export function Problem({error}: {error: BridgeError}) {
    const known = KNOWN.find((code): code is KnownCode => code === (error.code === 'no_session' ? 'unreachable' : error.code));
    return (
        <span>
            {known ? <Words id={`ireserve.problem.${known}`} /> : <Words id="ireserve.problem.other" values={{code: error.code}} />}
        </span>
    );
}
