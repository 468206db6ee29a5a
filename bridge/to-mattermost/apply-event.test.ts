import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import type {BridgeEvent} from '../contract.ts';
import {applyEvent, learnEvent} from './apply-event.ts';
import {type Conversation, newConversation} from './conversation.ts';
import {assigned, closed as closedHere, stateOf} from './conversation-state.ts';

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
    it('comes to the same facts in whatever order events arrive', async () => {
        const step = fc.constantFrom(
            (second: number) => updated(second, {topic: `t${second}`}),
            (second: number) => updated(second, {topic: null, status: 'open'}),
            (second: number) => updated(second, {language: 'nl', assignee: {name: `a${second}`}}),
            (second: number) => presence(second, second % 2 ? 'away' : 'left'),
            closed,
        );
        const story = fc.array(step, {maxLength: 8}).map((steps) => steps.map((make, index) => make(index + 1)));
        const shuffled = story.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, {minLength: events.length})));
        await check(
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
        expect(stateOf(before).status).toBe('waiting');
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

    it('takes what says nothing of a fact as no news of it: a reason, a title, the identity of who has it', () => {
        const claimed = assigned(newConversation('c', 0), 1000, {name: 'Anna', user_id: 'u1', email: 'Anna@a.nl'});
        const echo = applyEvent(claimed, updated(2, {assignee: {name: 'Anna Keller', email: 'anna@a.nl'}}));
        expect(echo.assignee).toEqual({name: 'Anna Keller', user_id: 'u1', email: 'anna@a.nl'});
        expect(applyEvent(claimed, updated(2, {assignee: {name: 'Anna', email: 'other@a.nl'}})).assignee?.user_id).toBeUndefined();
        expect(applyEvent(claimed, updated(2, {assignee: {id: 'A7', name: 'Anna', email: 'anna@a.nl'}})).assignee).toMatchObject({
            user_id: 'u1',
            id: 'A7',
        });
        expect(applyEvent(claimed, updated(2, {assignee: null})).assignee).toBeNull();
        const shut = closedHere(newConversation('c', 0), 1000, 'solved', {here: true});
        expect(applyEvent(shut, {...closed(2), data: {conversation_id: 'c'}} as BridgeEvent).closed_reason).toBe('solved');
        expect(applyEvent(shut, updated(2, {status: 'closed'})).closed_reason).toBe('solved');
        const page = {url: 'https://a.nl/boats', title: 'Boats'};
        expect(play([updated(1, {page}), updated(2, {page: {url: page.url}})]).page).toEqual(page);
        expect(play([updated(1, {page}), updated(2, {page: {url: 'https://a.nl/'}})]).page).toEqual({url: 'https://a.nl/'});
    });

    it('lets what an agent did here stand against what was stamped before, and says that it was ignored', () => {
        const shut = closedHere(applyEvent(newConversation('c', 0), updated(50, {status: 'open'})), 20_000, undefined, {here: true});
        const late = learnEvent(shut, updated(19, {status: 'open'}));
        expect([stateOf(late.facts).status, late.stale]).toEqual(['closed', true]);
        expect(learnEvent(shut, updated(19, {status: 'open', topic: 'new'})).stale).toBe(false);
        const after = learnEvent(shut, updated(21, {status: 'open'}));
        expect([stateOf(after.facts).status, after.stale]).toEqual(['open', false]);
    });
});
