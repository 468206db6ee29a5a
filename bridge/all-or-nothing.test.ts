import {expect, it} from 'vitest';
import {allOrNothing} from './all-or-nothing.ts';

it('undoes the steps before the one that failed, the last first, also when undoing fails', async () => {
    const done: string[] = [];
    const started = allOrNothing(async (undo) => {
        undo(() => done.push('store closed'));
        undo(() => {
            throw new Error('already closed');
        });
        undo(async () => done.push('server closed'));
        throw new Error('the store is away');
    });
    await expect(started).rejects.toThrow('the store is away');
    expect(done).toEqual(['server closed', 'store closed']);
});

it('undoes nothing when all went well', async () => {
    const done: string[] = [];
    const started = await allOrNothing(async (undo) => {
        undo(() => done.push('undone'));
        return 'started';
    });
    expect(started).toBe('started');
    expect(done).toEqual([]);
});
