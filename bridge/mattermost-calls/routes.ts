/** What Mattermost itself calls: the slash command, buttons and dialogs. */
import {createAnswering} from './answering.ts';
import {createCommandRoute} from './command.ts';
import type {Desk} from './desk.ts';
import {createDialogRoute} from './dialog.ts';
import {createPressRoute} from './press.ts';

export function createMattermostCalls(desk: Desk) {
    const answering = createAnswering(desk);
    return {
        command: createCommandRoute(desk, answering),
        press: createPressRoute(desk, answering),
        dialog: createDialogRoute(desk, answering),
        /** Resolves when nothing that was asked for is under way. */
        idle: answering.idle,
    };
}
