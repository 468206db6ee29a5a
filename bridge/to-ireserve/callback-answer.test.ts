import {expect, test} from 'vitest';
import {readCallbackAnswer} from './callback-answer.ts';

test.each([
    ['nothing', null, {}],
    ['an empty object', {}, {}],
    ['keys nobody knows', {ok: true}, {}],
    ['both', {message_id: 'M-9', state: 'seen'}, {message_id: 'M-9', state: 'seen'}],
    ['a numeric id, as databases give it', {message_id: 12345}, {message_id: '12345'}],
    ['empty values', {message_id: '', state: ''}, {}],
    ['nulls', {message_id: null, state: null}, {message_id: null, state: null}],
])('%s: used as far as it goes, nothing to report', (_what, body, answer) => {
    expect(readCallbackAnswer(body)).toEqual({answer, notes: []});
});

test.each([
    ['an id that is an object', {message_id: {id: 7}, state: 'seen'}, {state: 'seen'}, 'message_id (object)'],
    ['an id that lost its digits', {message_id: 2 ** 60}, {}, 'message_id (number)'],
    ['an id that is too long', {message_id: 'x'.repeat(129)}, {}, 'message_id (text of 129 characters)'],
    ['a state of later versions', {message_id: 5, state: 'read by the dog'}, {message_id: '5'}, 'state (text of 15 characters)'],
])('%s is left out, the rest kept, and the log told without the value', (_what, body, answer, named) => {
    const read = readCallbackAnswer(body);
    expect(read.answer).toEqual(answer);
    expect(read.notes).toEqual([{code: 'answer_unusable', detail: `not understood, and left out: ${named}`}]);
});
