import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {BridgeEvent} from '../contract.ts';
import {applyEvent, type Conversation, newConversation} from './conversation.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const updated = (second: number, data: object): BridgeEvent =>
    ({id: `u${second}`, type: 'conversation.updated', timestamp: at(second), data: {conversation_id: 'c', ...data}}) as BridgeEvent;
const presence = (second: number, value: 'online' | 'away' | 'left'): BridgeEvent => ({
    id: `p${second}`,
    type: 'visitor.presence',
    timestamp: at(second),
    data: {conversation_id: 'c', presence: value},
});
const closed = (second: number): BridgeEvent => ({
    id: `c${second}`,
    type: 'conversation.closed',
    timestamp: at(second),
    data: {conversation_id: 'c', reason: `r${second}`},
});
const play = (events: readonly BridgeEvent[]): Conversation => events.reduce(applyEvent, newConversation('c', 0));

describe('applyEvent', () => {
    it('comes to the same facts in whatever order events arrive', () => {
        const step = fc.constantFrom(
            (second: number) => updated(second, {topic: `t${second}`}),
            (second: number) => updated(second, {topic: null, status: 'open'}),
            (second: number) => updated(second, {language: 'nl', assignee: {name: `a${second}`}}),
            (second: number) => presence(second, second % 2 ? 'away' : 'left'),
            closed,
        );
        const story = fc.array(step, {maxLength: 8}).map((steps) => steps.map((make, index) => make(index + 1)));
        const shuffled = story.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, {minLength: events.length})));
        fc.assert(
            fc.property(shuffled, ([inOrder, anyOrder]) => void expect(play(anyOrder)).toEqual(play(inOrder))),
            {numRuns: 300},
        );
    });

    it('merges what is learned of the visitor piece by piece', () => {
        const {visitor} = play([
            updated(1, {visitor: {name: 'Anna', properties: {a: 1}}}),
            updated(2, {visitor: {email: 'a@b.nl', properties: {b: 2}}}),
        ]);
        expect(visitor).toEqual({name: 'Anna', email: 'a@b.nl', properties: {a: 1, b: 2}});
    });

    it('does not change what it was given, and returns the same object for events that say nothing of the card', () => {
        const before = Object.freeze(newConversation('c', 0));
        applyEvent(before, closed(1));
        expect(before.status).toBe('waiting');
        expect(applyEvent(before, {id: 't', type: 'visitor.typing', timestamp: at(1), data: {conversation_id: 'c'}})).toBe(before);
    });

    it('learns a first name from a message, and keeps the one it has', () => {
        const said = (name: string): BridgeEvent => ({
            id: 'm',
            type: 'message.created',
            timestamp: at(5),
            data: {conversation_id: 'c', message_id: 'm', author: {type: 'visitor', name}, text: '', format: 'plain', attachments: []},
        });
        expect(play([said('Anna'), said('Bob')]).visitor.name).toBe('Anna');
    });
});
