import {expect, it, vi} from 'vitest';
import {firstIntegration} from './first-integration.ts';
import type {Integrations} from './integrations.ts';
import type {Log} from './log.ts';
import {readSettings} from './settings.ts';

it('a service without any integration says the next step, and nothing once there is one', async () => {
    const log = {warn: vi.fn(), info: vi.fn()};
    const start = (all: unknown[]) =>
        firstIntegration(readSettings({}), {all: () => all} as unknown as Integrations, log as unknown as Log);
    await start([{}]);
    expect(log.warn).not.toHaveBeenCalled();
    await start([]);
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining('ireserve-bridge setup'));
});
