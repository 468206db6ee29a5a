/** The ways into the panel. */
import type {Desk} from '../desk/desk.ts';
import {openThread} from '../host.ts';
import {type Mode, NO_DRAFT} from '../state/drafts.ts';
import {mirroredRoot} from '../state/selectors.ts';
import {keyOfShown} from '../state/state.ts';
import type {RightHandSidebar} from '../types/mattermost.ts';

export type Open = ReturnType<typeof createOpen>;

/** @param sidebar none, when the host did not take our panel */
export function createOpen(desk: Desk, sidebar: () => RightHandSidebar | undefined) {
    const {store, conversations, connection, writing, state} = desk;

    function show(action: 'showRHSPlugin' | 'toggleRHSPlugin' = 'showRHSPlugin'): void {
        const rhs = sidebar();
        if (rhs) store.dispatch(rhs[action]);
    }

    return {
        /** Another team may be current now: that first, or it would wipe out what is opened. */
        post(post_id: string, mode?: Mode): void {
            connection.enterTeam();
            void conversations.openPost(post_id, {focus: 'composer'});
            const key = keyOfShown(state().shown);
            if (mode) writing.draft(key, {...(state().kept.drafts[key] ?? NO_DRAFT), mode});
            // Ours takes the place of the thread that may be open there.
            show();
        },
        queue(): void {
            connection.enterTeam();
            conversations.showQueue();
            show();
        },
        /** The button: the conversation whose thread is open, or else the panel as it was left; a second time puts it away. */
        toggle(): void {
            const root_id = openThread(store.getState());
            if (root_id && mirroredRoot(store.getState(), root_id)) this.post(root_id);
            else {
                connection.enterTeam();
                show('toggleRHSPlugin');
            }
        },
    };
}
