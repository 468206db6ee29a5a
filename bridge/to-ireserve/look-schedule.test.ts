import {expect, it} from 'vitest';
import {isLookDue, LOOK_MS, WATCH_MS, waitBeforeLook} from './look-schedule.ts';

const at = Date.UTC(2026, 0, 1);

it('without the stream, an answer is looked for within ten seconds, also right after failures', () => {
    expect(LOOK_MS.down + WATCH_MS).toBeLessThanOrEqual(5000);
    for (let failures = 0; failures < 50; failures++) expect(waitBeforeLook(failures, 0.999)).toBeLessThanOrEqual(5000);
});

it('failures wait longer each time, and apart from each other', () => {
    expect([0, 1, 2, 3].map((failures) => waitBeforeLook(failures, 1))).toEqual([0, 500, 1000, 2000]);
    expect(waitBeforeLook(3, 0)).toBe(1000);
});

it('a look is due after so long without one: sooner while the stream is down', () => {
    const after = (ms: number, isUp: boolean) => isLookDue(at + ms, {isUp, lookedAt: at});
    expect([after(LOOK_MS.down, false), after(LOOK_MS.down + 1, false)]).toEqual([false, true]);
    expect([after(LOOK_MS.up, true), after(LOOK_MS.up + 1, true)]).toEqual([false, true]);
});

it('a clock that is set makes one due, in either direction', () => {
    for (const jump of [-3_600_000, 3_600_000])
        for (const isUp of [true, false]) expect(isLookDue(at + jump, {isUp, lookedAt: at})).toBe(true);
});
