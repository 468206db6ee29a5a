/** Agents' answers to the bridge's questions: the functions behind the buttons, run beside the bridge as another replica would. */
import {join} from 'node:path';
import {createServers} from '../../bridge/mattermost.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {createActions} from '../../bridge/to-ireserve/actions.ts';
import {createPeople} from '../../bridge/to-ireserve/people.ts';
import {createTake} from '../../bridge/to-ireserve/take.ts';
import {createSessions} from '../../bridge/to-mattermost/session.ts';
import type {TestBridge} from '../support/bridge.ts';

export function presses({database, integration, settings}: TestBridge) {
    const now = Date.now;
    const onStored = () => undefined;
    const sessions = createSessions();
    const actions = createActions({database, agents: null as never, now, onStored});
    const {take} = createTake({
        database,
        servers: createServers({createsInFlight: 8, timeoutMs: 2000, now}),
        session: (client) => sessions.of(client),
        people: createPeople(now),
        box: createSecretBox(loadKey(undefined, join(settings.DATA_DIR, 'secret.key'))),
        now,
        onStored,
        onTaken: () => undefined,
    });
    return {
        /** What an ear of a replica does. */
        hear: (post_id: string) => take(integration, post_id),
        /** "Send to visitor" below a question. */
        send: (post_id: string) => take(integration, post_id, {choice: 'confirmed'}),
        /** "Keep internal". @throws BridgeError when nothing is asked */
        keep: (reply_id: string) => actions.keep(integration, reply_id, {user_id: '', username: '', name: '', email: ''}),
    };
}
