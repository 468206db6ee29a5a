import {describe, expect, it} from 'vitest';
import {Detail, Mark, Reply} from './bridge.ts';
import {oneOf} from './read.ts';

const reply = {
    ...{reply_id: 'R1', post_id: null, user_id: 'u', state: 'delivered', remote_state: null, reason: null},
    ...{hold_until: null, asked_until: null, can: []},
};

describe('what a newer bridge says and this web app does not know', () => {
    it('is unknown, never the last of what it knows', () => {
        expect(oneOf('delivered', 'seen')('read_aloud')).toBe('unknown');
        expect(Reply({...reply, remote_state: 'read_aloud'}).remote_state).toBe('unknown');
        expect(Reply({...reply, state: 'scheduled', can: ['retry', 'reschedule']})).toMatchObject({
            state: 'unknown',
            can: ['retry', 'unknown'],
        });
        expect(Mark({integration: 'i', conversation: 'C', kind: 'poll', author: 'assistant'})).toMatchObject({
            kind: 'unknown',
            author: 'unknown',
        });
        expect(
            Detail({
                ...{conversation_id: 'C', visitor: {name: null, language: null, properties: {}}, page: null, topic: null, assignee: null},
                ...{status: 'snoozed', waiting_since: null, started_at: '2026-11-30T10:00:00Z', activity_at: '2026-11-30T10:00:00Z'},
                ...{
                    presence: 'typing',
                    thread: null,
                    failed: 0,
                    asked: 0,
                    preview: null,
                    closed_reason: null,
                    booking_id: null,
                    booking: null,
                },
                ...{earlier: [], threads: [], replies: [], allowed: ['claim', 'snooze'], typing: []},
            }),
        ).toMatchObject({status: 'unknown', presence: 'unknown', allowed: ['claim', 'unknown']});
    });
});
