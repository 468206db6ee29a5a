/** What a failed step means for its delivery: try again, wait for an admin, or give up. */

import type {Result} from '../attempt.ts';
import type {Integration} from '../integration.ts';
import {MattermostError} from '../mattermost.ts';
import {isArchived, isRootGone} from './gone.ts';

/** Ids (in part) of refusals that lie in the post itself: no repetition helps. */
const BAD_POST =
    /^(model\.post\.is_valid|app\.post\.save|api\.context\.(invalid_body_param|request_body_too_large)|api\.context\.invalid_param)/;

export function classify(error: unknown, integration: Integration): Result {
    if (!(error instanceof MattermostError)) throw error;
    const {config} = integration;
    const channel = error.channel_id || config.channel_id;
    switch (error.kind) {
        case 'limited':
            return retry('mattermost_rate_limited', error.message, {afterMs: error.retryAfterMs});
        case 'unsent':
            if (error.tls) return waitForAdmin('mattermost_tls', '', `${config.server_url}: ${error.message}`, true);
            return retry('mattermost_unreachable', error.message, {queueWide: true});
        case 'unknown':
            if (error.status === 404) {
                return waitForAdmin(
                    'mattermost_url_wrong',
                    '',
                    `${config.server_url} does not answer like a Mattermost server: check the server URL`,
                    true,
                );
            }
            return retry(error.status ? 'mattermost_error' : 'mattermost_no_answer', error.message, {
                uncertain: true,
                afterMs: error.retryAfterMs,
            });
        case 'refused':
            break;
    }
    if (error.status === 401) {
        const detail = `the bot token of ${integration.name} is refused by ${config.server_url}: it was revoked, or the bot was disabled`;
        return waitForAdmin(
            'mattermost_token_refused',
            '',
            `${detail}. Set a new one: ireserve-bridge secret add ${integration.name} bot_token --file FILE`,
            true,
        );
    }
    if (isArchived(error)) {
        return waitForAdmin('channel_archived', channel, `channel ${channel} is archived: unarchive it, or set another channel`);
    }
    if (error.status === 403) {
        return waitForAdmin(
            'bot_not_in_channel',
            channel,
            `the bot may not post in channel ${channel}: add it to the channel (and its team)`,
        );
    }
    // Healing was tried and refused again: somebody may be deleting roots as fast as they come.
    if (isRootGone(error)) return retry('root_gone', error.message, {});
    if (BAD_POST.test(error.id) || error.status === 413 || error.status === 400)
        return {kind: 'never', reason: {code: 'post_refused', detail: error.message}};
    return retry('mattermost_error', error.message, {uncertain: true});
}

function retry(
    code: string,
    detail: string,
    {afterMs, uncertain = false, queueWide = false}: {afterMs?: number | undefined; uncertain?: boolean; queueWide?: boolean},
): Result {
    return {kind: 'retry', reason: {code, detail}, afterMs, uncertain, queueWide};
}

function waitForAdmin(code: string, subject: string, detail: string, queueWide = false): Result {
    return {kind: 'retry', reason: {code, detail}, uncertain: false, notice: {code, subject, detail}, queueWide};
}
