import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createTrouble} from './trouble.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function trouble() {
    const told: string[] = [];
    const state = {isBack: false};
    const tell = (detail: object, text: string) => void told.push(`${text} ${JSON.stringify(detail)}`);
    const one = createTrouble({
        log: {error: tell, info: tell} as unknown as Parameters<typeof createTrouble>[0]['log'],
        isBack: async () => {
            if (!state.isBack) throw new Error('still away');
            return true;
        },
        ticks: Date.now,
        everyMs: 1000,
    });
    return {one, told, state};
}

test('whatever fails, it is told once; and once that it is back, after how long', async () => {
    const {one, told, state} = trouble();
    for (let n = 0; n < 30; n++) {
        one.failed(new Error(`failure ${n}`));
        await vi.advanceTimersByTimeAsync(1000);
    }
    expect(told).toEqual(['the store is away; what failed is tried again {"detail":"failure 0"}']);
    state.isBack = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(told.slice(1)).toEqual(['the store is back {"seconds":31}']);
    one.failed(new Error('again'));
    expect(told).toHaveLength(3);
    one.stop();
});

test('stopped, it looks no more', async () => {
    const {one, told, state} = trouble();
    one.failed(new Error('away'));
    one.stop();
    state.isBack = true;
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
});
