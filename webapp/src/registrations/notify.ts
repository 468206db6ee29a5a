/** A visitor begins to wait: told on the desktop to those who want that. */
import manifest from '../../../plugin.json';
import type {WordId} from '../components/words.tsx';
import type {Desk} from '../desk/desk.ts';
import {notifyDesktop, siteUrl} from '../host.ts';
import {preference, teamName} from '../state/selectors.ts';
import type {PluginRegistry} from '../types/mattermost.ts';

/** Mattermost cuts it to 32 characters; ours is shorter. */
const CATEGORY = `pp_${manifest.id}`;
const NAME = 'waiting';

export type Say = (id: WordId) => string;

export function registerSettings(registry: PluginRegistry, say: Say): void {
    registry.registerUserSettings?.({
        id: manifest.id,
        uiName: say('ireserve.settings.title'),
        sections: [
            {
                title: say('ireserve.settings.section'),
                settings: [
                    {
                        type: 'radio',
                        name: NAME,
                        title: say('ireserve.settings.notify'),
                        default: 'off',
                        options: (['off', 'silent', 'sound'] as const).map((value) => ({text: say(`ireserve.settings.${value}`), value})),
                    },
                ],
            },
        ],
    });
}

/** @returns stops it */
export function notifyOfWaiting(desk: Desk, say: Say): () => void {
    let before = desk.state().counts?.waiting;
    return desk.store.subscribe(() => {
        const {counts, team_id, me} = desk.state();
        const waiting = counts?.waiting;
        if (waiting === before) return;
        const more = waiting !== undefined && before !== undefined && waiting > before;
        before = waiting;
        const state = desk.store.getState();
        const wish = preference(state, CATEGORY, NAME);
        if (!more || (wish !== 'silent' && wish !== 'sound')) return;
        const title = me?.integration.name ?? say('ireserve.panel.title');
        const url = `${siteUrl()}/${teamName(state, team_id)}`;
        notifyDesktop(title, say('ireserve.settings.section'), {teamId: team_id, sound: wish === 'sound', url});
    });
}
