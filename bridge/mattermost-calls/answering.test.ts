import {expect, test} from 'vitest';
import {createLog} from '../log.ts';
import {createAnswering, MOST_CALLS} from './answering.ts';
import {callWords} from './words.ts';

const say = (text: string, code: string) => ({text, code});

test('one person asks so often, then is told to wait; others are answered, and so is the same person later', async () => {
    let at = 0;
    let worked = 0;
    const outcomes: string[] = [];
    const answering = createAnswering({
        log: createLog('silent'),
        onCall: (_kind, outcome) => outcomes.push(outcome),
        now: () => at,
    });
    const ask = (user_id: string) =>
        answering.answer(
            'command',
            user_id,
            callWords('en'),
            async () => {
                worked++;
                return say('done', '');
            },
            say,
        );
    for (let times = 0; times < MOST_CALLS; times++) expect((await ask('anna')).text).toBe('done');
    expect(await ask('anna')).toMatchObject({code: 'too_many_requests', text: expect.stringContaining('too_many_requests')});
    expect({worked, last: outcomes.at(-1)}).toEqual({worked: MOST_CALLS, last: 'too_many_requests'});
    expect((await ask('bram')).text).toBe('done');
    at += 10_000;
    expect((await ask('anna')).text).toBe('done');
});
