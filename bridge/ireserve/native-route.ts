/** Takes calls of i-Reserve's own webhooks. Nothing is documented of them but that any 2xx ends them: so the answer comes at once, whatever came. */
import type {Request, Response} from 'express';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Log} from '../log.ts';
import {sameSecret} from '../secrets.ts';
import {readBounded} from '../to-ireserve/form.ts';
import {nativeNotification} from './native-notification.ts';

export const NATIVE_HOOK_PATH = '/v1/ireserve/hook';

const LONGEST_BODY = 256 * 1024;

export type NativeRouteOptions = {
    integrations: () => readonly Integration[];
    /** Takes it like an event i-Reserve pushed. */
    accept: (integration: Integration, event: object) => Promise<unknown>;
    log: Log;
    now: () => number;
};

/** `POST /v1/ireserve/hook/:token`, with `?event=` naming the event the address was subscribed for. */
export function createNativeRoute({integrations, accept, log, now}: NativeRouteOptions) {
    return async (request: Request, response: Response): Promise<void> => {
        const token = String(request.params.token ?? '');
        const integration = integrations().find(({secrets}) => secrets.native_hook_tokens.some((known) => sameSecret(known, token)));
        if (!integration) throw new BridgeError('not_found', 'no such address');
        const body = await readBounded(request, LONGEST_BODY);
        const event = typeof request.query.event === 'string' ? request.query.event : undefined;
        const {native_mapping, ireserve_url, booking_link} = integration.config;
        const read = nativeNotification(body, native_mapping, {
            ...(event === undefined ? {} : {event}),
            ...(ireserve_url && booking_link
                ? {
                      link: (id: string) =>
                          booking_link.replaceAll('{base}', ireserve_url.replace(/\/+$/, '')).replaceAll('{id}', encodeURIComponent(id)),
                  }
                : {}),
        });
        if (read.kind === 'unusable') {
            log.warn({integration: integration.name, detail: read.detail}, 'a webhook of i-Reserve’s own could not be read');
            response.status(200).json({});
            return;
        }
        const {data} = read;
        await accept(integration, {id: data.notification_id, type: 'notification.created', timestamp: new Date(now()).toISOString(), data});
        response.status(200).json({});
    };
}
