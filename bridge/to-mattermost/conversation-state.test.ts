import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {type Conversation, newConversation, readFacts} from './conversation.ts';
import {answered, answeredThere, asked, closed, declared, postedUpTo, reopened, stateOf, withdrawn} from './conversation-state.ts';

/** What can happen. A reply is given, and later delivered, taken back or failed. */
type Step =
    | {kind: 'message'}
    | {kind: 'withdraw'; which: number}
    | {kind: 'reply'; elsewhere: boolean}
    | {kind: 'settle'; which: number; how: 'delivered' | 'undone' | 'failed'}
    | {kind: 'answer_there' | 'close' | 'reopen' | 'says_open' | 'says_waiting'};

const step: fc.Arbitrary<Step> = fc.oneof(
    {weight: 3, arbitrary: fc.record({kind: fc.constant('message' as const)})},
    fc.record({kind: fc.constant('withdraw' as const), which: fc.nat(5)}),
    {weight: 3, arbitrary: fc.record({kind: fc.constant('reply' as const), elsewhere: fc.boolean()})},
    {
        weight: 3,
        arbitrary: fc.record({
            kind: fc.constant('settle' as const),
            which: fc.nat(5),
            how: fc.constantFrom('delivered' as const, 'undone' as const, 'failed' as const),
        }),
    },
    fc.record({
        kind: fc.constantFrom('answer_there' as const, 'close' as const, 'reopen' as const, 'says_open' as const, 'says_waiting' as const),
    }),
);

/** The rule, told another way: each message is answered or not, by itself. */
type Model = {
    closed: boolean;
    began: boolean;
    messages: {id: string; at: number; live: boolean}[];
    replies: {given: number; answers: number}[];
};

/** i-Reserve's clock runs this far ahead of Mattermost's: no rule may notice. */
const AHEAD = 10_000_000;

function play(steps: readonly Step[]): {facts: Conversation; model: Model} {
    let facts = newConversation('c', AHEAD);
    const model: Model = {closed: false, began: true, messages: [], replies: []};
    const settle = () => {
        for (const one of model.messages) one.live = false;
        model.began = false;
    };
    for (const [index, one] of steps.entries()) {
        const now = (index + 1) * 1000;
        switch (one.kind) {
            case 'message': {
                const id = `m${index}`;
                facts = asked(facts, {message_id: id, at: now + AHEAD, posted_at: now});
                model.closed = false;
                model.messages.push({id, at: model.began ? AHEAD : now + AHEAD, live: true});
                model.began = false;
                break;
            }
            case 'withdraw': {
                const message = model.messages[one.which];
                if (!message) break;
                facts = withdrawn(facts, message.id);
                message.live = false;
                break;
            }
            case 'reply':
                model.replies.push({given: index, answers: one.elsewhere ? postedUpTo(facts) : now});
                break;
            case 'settle': {
                const [reply] = model.replies.splice(one.which, 1);
                if (!reply || one.how !== 'delivered') break;
                facts = answered(facts, reply.answers);
                for (const message of model.messages) if (Number(message.id.slice(1)) < reply.given) message.live = false;
                model.began = false;
                break;
            }
            case 'answer_there':
                facts = answeredThere(facts, now + AHEAD);
                settle();
                break;
            case 'close':
                facts = closed(facts, now + AHEAD, undefined);
                settle();
                model.closed = true;
                break;
            case 'reopen':
                facts = reopened(facts, now + AHEAD);
                model.closed = false;
                break;
            case 'says_open':
                facts = declared(facts, now + AHEAD, 'open');
                model.closed = false;
                model.began = false;
                break;
            case 'says_waiting': {
                const waits = model.began || model.messages.some(({live}) => live);
                facts = declared(facts, now + AHEAD, 'waiting');
                model.closed = false;
                if (!waits) model.began = true;
                break;
            }
        }
    }
    return {facts, model};
}

describe('stateOf', () => {
    it('says waiting exactly while something is unanswered, whatever the order of messages, undo, failure, delivery, close and reopen', async () => {
        await check(
            fc.property(fc.array(step, {maxLength: 14}), (steps) => {
                const {facts, model} = play(steps);
                const waits = model.began || model.messages.some(({live}) => live);
                const {status, waiting_since} = stateOf(facts);
                expect(status).toBe(model.closed ? 'closed' : waits ? 'waiting' : 'open');
                expect(waiting_since !== null).toBe(status === 'waiting');
                // And after it was stored and read again.
                expect(stateOf(readFacts(JSON.stringify(facts)))).toEqual({status, waiting_since});
            }),
            {numRuns: 1000},
        );
    });

    const m = (number: number, at: number) => ({message_id: `m${number}`, at, posted_at: at});
    const open = declared(newConversation('c', 0), 1, 'open');

    it('counts from the oldest unanswered message, and keeps counting what came after the answer was given', () => {
        const three = asked(asked(asked(open, m(1, 10)), m(2, 20)), m(3, 30));
        expect(stateOf(three).waiting_since).toBe(10);
        expect(stateOf(answered(three, 25))).toEqual({status: 'waiting', waiting_since: 30});
        expect(stateOf(withdrawn(answered(three, 25), 'm3'))).toEqual({status: 'open', waiting_since: null});
    });

    it('opens a closed conversation when the visitor writes, but not for what was said before and came late', () => {
        const there = closed(open, 100_000, 'done');
        expect(stateOf(asked(there, m(1, 100_000)))).toEqual({status: 'waiting', waiting_since: 100_000});
        expect(asked(there, m(1, 100_000)).closed_reason).toBeNull();
        expect(asked(there, m(1, 99_999))).toBe(there);
        // An agent's close is by another clock, which i-Reserve's may be behind.
        const here = closed(open, 100_000, 'done', {here: true});
        expect(stateOf(asked(here, m(1, 50_000))).status).toBe('waiting');
        expect(asked(here, m(1, 30_000))).toBe(here);
    });

    it('does not count a message twice, nor forget who waits longest when there are many', () => {
        const once = asked(open, m(1, 10));
        expect(asked(once, m(1, 10))).toEqual(once);
        const many = Array.from({length: 500}, (_, index) => m(index, index + 1)).reduce(asked, open);
        expect(many.unanswered.length).toBe(50);
        expect([many.unanswered[0]?.message_id, many.unanswered.at(-1)?.message_id]).toEqual(['m0', 'm499']);
    });

    it('reads what earlier versions stored, one state out of their two facts', () => {
        const {closed: _, unanswered: __, ...rest} = newConversation('c', 5);
        const old = (more: object) => stateOf(readFacts(JSON.stringify({...rest, answered_at: 0, ...more})));
        expect(old({status: 'waiting', waiting_since: 7})).toEqual({status: 'waiting', waiting_since: 7});
        expect(old({status: 'open', waiting_since: 7})).toEqual({status: 'waiting', waiting_since: 7});
        expect(old({status: 'waiting', waiting_since: null, stamps: {status: 9}})).toEqual({status: 'waiting', waiting_since: 9});
        expect(old({status: 'open', waiting_since: null})).toEqual({status: 'open', waiting_since: null});
        expect(old({status: 'closed', waiting_since: 7})).toEqual({status: 'closed', waiting_since: null});
    });
});

it('who writes after an agent’s answer of the same second waits; what came before that answer is answered', () => {
    const at = 10_000;
    const before = asked(newConversation('C', at), {message_id: 'M-1', at, posted_at: 1});
    const after = answeredThere(before, at);
    expect(stateOf(after).status).toBe('open');
    expect(stateOf(asked(after, {message_id: 'M-2', at, posted_at: 2})).status).toBe('waiting');
    expect(stateOf(asked(after, {message_id: 'M-0', at: at - 1, posted_at: 2})).status).toBe('open');
});
