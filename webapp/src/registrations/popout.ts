/** The panel in a window of its own (11.3 and later): a new page with an empty store, which asks what was shown. Drafts are the browser's anyway. */
import manifest from '../../../plugin.json';
import type {Desk} from '../desk/desk.ts';
import {popoutSide} from '../host.ts';
import type {PluginRegistry} from '../types/mattermost.ts';
import {attempt, fields, orNull, text} from '../types/read.ts';

const ASK = 'ireserve_what_is_shown';
const TELL = 'ireserve_shown';
const Told = fields({conversation_id: orNull(text), root_id: orNull(text)});

export function registerPopout(registry: PluginRegistry, desk: Desk): void {
    registry.registerRHSPluginPopoutListener?.(manifest.id, (_team, _channel, {onMessageFromPopout, sendToPopout}) => {
        onMessageFromPopout((channel) => {
            const {shown} = desk.state();
            if (channel === ASK) sendToPopout(TELL, shown.kind === 'canned' ? shown.back : shown);
        });
    });
    const popout = popoutSide();
    popout?.onMessageFromParent((channel, shown) => {
        const told = channel === TELL ? attempt(Told, shown) : undefined;
        if (told?.conversation_id || told?.root_id) void desk.conversations.open(told.conversation_id, told.root_id);
    });
    popout?.sendToParent(ASK);
}
