/** A visitor begins to wait: told on the desktop to those who want that. */
import manifest from '../../../plugin.json';
import type {WordId} from '../components/words.tsx';
import type {Desk} from '../desk/desk.ts';
import {desktopNotification, storage, takeTurns} from '../host.ts';
import type {KeyValue} from '../state/drafts.ts';
import {currentUserId, preference, teamName} from '../state/selectors.ts';
import type {PluginRegistry, PluginStore} from '../types/mattermost.ts';
import {attempt, fields, number} from '../types/read.ts';

/** Mattermost cuts it to 32 characters; ours is shorter. */
const CATEGORY = `pp_${manifest.id}`;
const NAME = 'waiting';

export type Say = (id: WordId) => string;

/** In the language of whom is there: nobody on the page one logs in on, which is not loaded anew afterwards. @returns stops it */
export function registerSettings(registry: PluginRegistry, say: Say, store: Pick<PluginStore, 'subscribe'>): () => void {
    let said = '';
    function register(): void {
        const title = say('ireserve.settings.notify');
        if (title === said) return;
        said = title;
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
                            title,
                            default: 'off',
                            options: (['off', 'silent', 'sound'] as const).map((value) => ({
                                text: say(`ireserve.settings.${value}`),
                                value,
                            })),
                        },
                    ],
                },
            ],
        });
    }
    register();
    return store.subscribe(register);
}

/** A tab that only glances hears of it so much later than one with the panel open (desk/connection.ts). */
const TOLD_MS = 90_000;
const Told = fields({waiting: number, at: number});

/** The tabs of one browser share what they know of how many wait: the first that hears of one more says it, the others stay silent. */
export function notifyOfWaiting(
    desk: Desk,
    say: Say,
    options: {storage: KeyValue; takeTurns: typeof takeTurns} = {storage, takeTurns},
): () => void {
    let now = desk.state().counts?.waiting;
    let before = now;
    let hasAsked = false;

    function isNews(waiting: number, key: string): boolean {
        const told = attempt(Told, parsed(options.storage.get(key)));
        options.storage.set(key, JSON.stringify({waiting, at: Date.now()}));
        return !told || told.waiting < waiting || Date.now() - told.at > TOLD_MS;
    }

    /** @param isMore than this tab knew of when it had its last turn */
    function tell(waiting: number, isMore: boolean, key: string): void {
        const {team_id, me} = desk.state();
        const state = desk.store.getState();
        const wish = preference(state, CATEGORY, NAME);
        if (!isNews(waiting, key) || !isMore || (wish !== 'silent' && wish !== 'sound')) return;
        const title = me?.integration.name ?? say('ireserve.panel.title');
        const body = `${say('ireserve.view.waiting')}: ${waiting} · ${new Date().toLocaleTimeString()}`;
        const told = desktopNotification(title, body, {teamId: team_id, sound: wish === 'sound', path: `/${teamName(state, team_id)}`});
        if (told) desk.store.dispatch(told);
    }

    return desk.store.subscribe(() => {
        const waiting = desk.state().counts?.waiting;
        if (waiting === now) return;
        now = waiting;
        // Another team: its number is not compared with this one's.
        if (waiting === undefined) before = undefined;
        if (hasAsked || waiting === undefined) return;
        hasAsked = true;
        const key = `ireserve.told.${currentUserId(desk.store.getState())}.${desk.state().team_id}`;
        options.takeTurns(key, () => {
            hasAsked = false;
            // As it is by now: what was true when the turn was asked for may be past.
            if (now !== undefined) tell(now, before !== undefined && now > before, key);
            before = now;
        });
    });
}

function parsed(json: string | null): unknown {
    try {
        return JSON.parse(json ?? 'null');
    } catch {
        return null;
    }
}
