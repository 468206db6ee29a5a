/**
 * The second ear: Mattermost's outgoing webhook. It is told of public channels only, once, in no order, without edits (mattermost-server.md 1), so
 * it only ever says "look at this post". The answer is always 200 `{}`, within milliseconds: anything else would become a post, or be lost.
 */
import type {Request, Response} from 'express';
import {z} from 'zod';
import type {Integration} from '../integration.ts';
import {sameSecret} from '../secrets.ts';
import {readFields} from './form.ts';
import type {Take} from './take.ts';

export const HOOK_PATH = '/v1/mattermost/hook';

const Hook = z.object({token: z.string().min(1).max(128), post_id: z.string().regex(/^[a-z0-9]{26}$/)});

export type HookOptions = {
    integrations: () => readonly Integration[];
    take: Take;
    /** Counted: what came of it, without a word of what was said. */
    onHook: (outcome: 'taken' | 'wrong_token' | 'malformed' | 'busy' | 'switched_off') => void;
    switchedOff: () => boolean;
    /** The post could not be read now: catching up will find it. */
    onMissed: (integration: Integration, error: unknown) => void;
};

/** Posts being read for hooks; what is beyond is left to catching up. */
const MOST_READING = 100;

export function createHookRoute({integrations, take, onHook, switchedOff, onMissed}: HookOptions) {
    let reading = 0;

    return async (request: Request, response: Response): Promise<void> => {
        // Before anything else: Mattermost tries once, and does not care what came of it.
        const fields = Hook.safeParse(await readFields(request).catch(() => null));
        response.status(200).json({});
        if (!fields.success) return onHook('malformed');
        const {token, post_id} = fields.data;
        const integration = byWebhookToken(integrations(), token);
        if (!integration) return onHook('wrong_token');
        // Catching up finds it once the switch is off again.
        if (switchedOff()) return onHook('switched_off');
        if (reading >= MOST_READING) return onHook('busy');
        onHook('taken');
        reading++;
        try {
            await take.take(integration, post_id);
        } catch (error) {
            onMissed(integration, error);
        } finally {
            reading--;
        }
    };
}

const byWebhookToken = (all: readonly Integration[], token: string): Integration | undefined =>
    all.find(({secrets}) => secrets.webhook_tokens.some((known) => sameSecret(known, token)));
