/**
 * Set-up of every file of this project. The files of a worker share one page (`isolate: false`: loading jsdom and React for each took longer than its
 * tests), so what a test leaves there is taken away after it.
 */
import {cleanup, configure} from '@testing-library/react';
import {afterEach, vi} from 'vitest';
import {stopDesks} from './desks.ts';

configure({
    // How long a machine may be busy, and not how long anything takes: what is found ends the wait.
    asyncUtilTimeout: 15_000,
    // Not the whole page, which nobody reads to its end. The name has the place in the test shown, and not this one.
    getElementError: (message) =>
        Object.assign(new Error(message?.split('\n\n', 1)[0] ?? 'not found'), {name: 'TestingLibraryElementError'}),
});

// What webpack has in the bundle.
Object.assign(globalThis, {__webpack_public_path__: 'http://localhost:3000/static/plugins/com.i-reserve.conversations/'});

afterEach(() => {
    vi.useRealTimers();
    cleanup();
    stopDesks();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    localStorage.clear();
    sessionStorage.clear();
});
