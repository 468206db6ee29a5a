/** Agents' answers to the bridge's questions: the functions behind the buttons, run beside the bridge as another replica would. */
import {join} from 'node:path';
import type {IntegrationConfig} from '../../bridge/integration.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {findThread} from '../../bridge/store/records.ts';
import {createActions} from '../../bridge/to-ireserve/actions.ts';
import {createPeople} from '../../bridge/to-ireserve/people.ts';
import {createTake} from '../../bridge/to-ireserve/take.ts';
import {createSessions} from '../../bridge/to-mattermost/session.ts';
import type {TestBridge} from '../support/bridge.ts';

/** @param beforeJudging runs when a post was read, and is not stored yet */
export function presses(
    {database, integration: its, settings}: TestBridge,
    config: Partial<IntegrationConfig> = {},
    beforeJudging: () => Promise<unknown> = async () => undefined,
) {
    const integration = {...its, config: {...its.config, ...config}};
    const now = Date.now;
    const onStored = () => undefined;
    const sessions = createSessions();
    const people = createPeople(now);
    const actions = createActions({database, agents: null as never, now, onStored});
    const {take, threads, wrote} = createTake({
        database,
        servers: createServers({createsInFlight: 8, timeoutMs: 2000, now}),
        session: (client) => sessions.of(client),
        people: {
            ...people,
            async find(...about) {
                await beforeJudging();
                return people.find(...about);
            },
        },
        box: createSecretBox(loadKey(undefined, join(settings.DATA_DIR, 'secret.key'))),
        now,
        onStored,
        onTaken: () => undefined,
    });
    return {
        /** What an ear of a replica does. */
        hear: (post_id: string) => take(integration, post_id),
        /** A post was told as it was written; its thread is read later, or never. */
        wrote,
        /** An edit was told. */
        hearEdit: (post_id: string, root_id: string) => take(integration, post_id, {root_id, edited: true}),
        /** The whole thread is looked through, as after a restart. */
        async catchUp(conversation_id: string): Promise<void> {
            const mirrored = await findThread(database.read, integration.id, conversation_id, 1);
            if (mirrored) await threads(integration, [mirrored]);
        },
        /** "Send to visitor" below a question. */
        send: (post_id: string) => take(integration, post_id, {choice: 'confirmed'}),
        /** "Keep internal". @throws BridgeError when nothing is asked */
        keep: (reply_id: string) => actions.keep(integration, reply_id, {user_id: '', username: '', name: '', email: ''}),
    };
}
