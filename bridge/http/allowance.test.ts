import {expect, test} from 'vitest';
import type {BridgeError} from '../errors.ts';
import {createAllowance} from './allowance.ts';

const refusal = (ask: () => void): BridgeError | null => {
    try {
        ask();
        return null;
    } catch (error) {
        return error as BridgeError;
    }
};

test('so many within the window, then none until it ends; other keys are not held to account', () => {
    let at = 1000;
    const allow = createAllowance({now: () => at, most: 2, windowMs: 10_000});
    expect(refusal(() => allow('anna'))).toBeNull();
    at += 4500;
    expect(refusal(() => allow('anna'))).toBeNull();
    expect(refusal(() => allow('anna'))).toMatchObject({code: 'too_many_requests', extras: {retryAfter: 6}});
    expect(refusal(() => allow('bram'))).toBeNull();
    at += 5500;
    expect(refusal(() => allow('anna'))).toBeNull();
});

test('a clock that was set back keeps nobody waiting longer than a window', () => {
    let at = 100_000;
    const allow = createAllowance({now: () => at, most: 1, windowMs: 10_000});
    allow('anna');
    at = 1000;
    expect(refusal(() => allow('anna'))).toBeNull();
    expect(refusal(() => allow('anna'))?.extras.retryAfter).toBe(10);
});

test('0 is no limit', () => {
    const allow = createAllowance({now: () => 0, most: 0, windowMs: 10_000});
    for (let times = 0; times < 1000; times++) expect(refusal(() => allow('anna'))).toBeNull();
});

test('shared by replicas, each allows its part, at least one', () => {
    let replicas = 2;
    const allow = createAllowance({now: () => 0, most: 4, windowMs: 1000, replicas: () => replicas});
    allow('a');
    allow('a');
    expect(() => allow('a')).toThrow('more than 4');
    replicas = 9;
    allow('b');
    expect(() => allow('b')).toThrow('more than 4');
});
