import {expect, test} from 'vitest';
import {createFileTurns, type Turn} from './file-turns.ts';

const leave = (turn: Turn) => 'leave' in turn && turn.leave();

test('so many at once, per integration; a turn that ends is somebody else’s', () => {
    const turns = createFileTurns({most: 2, now: () => 1000});
    const first = turns.enter('a');
    expect([first, turns.enter('a'), turns.enter('b')].map((turn) => 'leave' in turn)).toEqual([true, true, true]);
    expect(turns.enter('a')).toEqual({until: 1125});
    leave(first);
    expect('leave' in turns.enter('a')).toBe(true);
});

test('who is sent away comes back after those before, as fast as turns end, and within half a minute', () => {
    let at = 0;
    const turns = createFileTurns({most: 2, now: () => at});
    const first = turns.enter('a');
    at = 10_000;
    leave(first);
    turns.enter('a');
    turns.enter('a');
    const away = () => turns.enter('a');
    expect([away(), away()]).toEqual([{until: 15_000}, {until: 20_000}]);
    for (let left = 20; left > 0; left--) away();
    expect(away()).toEqual({until: 40_000});
    // The clock is set back by an hour.
    at -= 3_600_000;
    expect(away()).toEqual({until: at + 5000});
});
