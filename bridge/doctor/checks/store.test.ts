import {expect, it} from 'vitest';
import {isNearlyFull} from './store.ts';

it('a disk is nearly full in time, whatever its size', () => {
    const GB = 1e9;
    expect(isNearlyFull(0.1 * GB, 1 * GB)).toBe(true);
    expect(isNearlyFull(0.3 * GB, 1 * GB)).toBe(false);
    expect(isNearlyFull(4 * GB, 100 * GB)).toBe(true);
    expect(isNearlyFull(6 * GB, 100 * GB)).toBe(false);
    expect(isNearlyFull(6 * GB, 4000 * GB)).toBe(false);
});
