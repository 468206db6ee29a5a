import {expect, it} from 'vitest';
import {REFUSALS} from '../errors.ts';
import {COMMAND_REGISTRATION} from './registration.ts';
import {callWords} from './words.ts';

it.each(['en', 'nl', 'de'] as const)('in %s, what has a limit in Mattermost keeps it', (language) => {
    const {dialog, command, refusals} = callWords(language);
    // Mattermost refuses a dialog whose title or label is longer.
    for (const text of [dialog.title, dialog.label, dialog.submit]) expect(text.length, text).toBeLessThanOrEqual(24);
    expect(command.description.length).toBeLessThanOrEqual(128);
    for (const code of Object.keys(refusals)) expect(REFUSALS).toHaveProperty(code);
    const {url, method, trigger} = COMMAND_REGISTRATION(language, 'https://bridge.example');
    expect({url, method, trigger}).toEqual({url: 'https://bridge.example/v1/mattermost/command', method: 'P', trigger: 'ireserve'});
});
