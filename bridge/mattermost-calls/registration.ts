/** The slash command as it is set up in Mattermost, once per team. */
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';
import {callWords} from './words.ts';

/** Where Mattermost sends the command. */
export const COMMAND_PATH = '/v1/mattermost/command';

export const TRIGGER = 'ireserve';

/** Fields of `POST /api/v4/commands`. Sent by POST: with GET the token would stand in every access log. */
export const COMMAND_REGISTRATION = (language: BridgeLanguage, publicUrl: string) =>
    ({
        trigger: TRIGGER,
        method: 'P',
        url: publicUrl + COMMAND_PATH,
        display_name: 'i-Reserve',
        auto_complete: true,
        auto_complete_hint: callWords(language).command.hint,
        auto_complete_desc: callWords(language).command.description,
    }) as const;
