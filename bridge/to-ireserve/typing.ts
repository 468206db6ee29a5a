/**
 * An agent is typing: told to i-Reserve and to colleagues who look at the same conversation, on whichever replica; never stored, never repeated.
 * Mattermost tells it to the one replica that listens, a panel to the one it is connected to.
 */
import {randomUUID} from 'node:crypto';
import {z} from 'zod';
import type {Integration} from '../integration.ts';
import type {Servers} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import type {Signals} from '../store/signals.ts';
import type {Agents} from './agents.ts';
import {type Caller, call, callbackSecrets} from './call.ts';
import {authorOf, typingCallback} from './callback.ts';
import type {People, Person} from './people.ts';

export type TypingOptions = {
    database: Database;
    servers: Servers;
    people: People;
    agents: Agents;
    caller: Caller;
    signals: Signals;
    integration: (id: string) => Integration | undefined;
    now: () => number;
};

export type Typist = {integration: Integration; conversation_id: string; user_id: string; name: string; until: number};

/** Each person and conversation at most this often, ms; and how long it counts. */
const EVERY_MS = 3000;
const SHOWN_MS = 6000;
const MOST = 1000;

const TOPIC = 'typing';
const Told = z.object({integration_id: z.string(), conversation_id: z.string(), user_id: z.string(), name: z.string(), until: z.number()});

export type Typing = ReturnType<typeof createTyping>;

export function createTyping({database, servers, people, agents, caller, signals, integration: integrationOf, now}: TypingOptions) {
    const last = new Map<string, number>();
    const watchers = new Set<(typist: Typist) => void>();

    /** @returns false when it was told a moment ago */
    function isDue(key: string): boolean {
        const at = now();
        if (at - (last.get(key) ?? 0) < EVERY_MS) return false;
        if (last.size >= MOST) last.clear();
        last.set(key, at);
        return true;
    }

    function show(typist: Typist): void {
        for (const watcher of watchers) watcher(typist);
    }

    const stop = signals.hear(TOPIC, (body) => {
        const {data} = Told.safeParse(body);
        const integration = data && integrationOf(data.integration_id);
        if (!data || !integration) return;
        const {conversation_id, user_id, name, until} = data;
        // However another clock goes, it is shown no longer than that.
        show({integration, conversation_id, user_id, name, until: Math.min(until, now() + SHOWN_MS)});
    });

    async function tell(integration: Integration, conversation_id: string, person: Person): Promise<void> {
        const {user_id, name} = person;
        const until = now() + SHOWN_MS;
        show({integration, conversation_id, user_id, name, until});
        signals.tell(TOPIC, {integration_id: integration.id, conversation_id, user_id, name, until} satisfies z.infer<typeof Told>);
        const {callback_url} = integration.config;
        if (!callback_url || integration.state !== 'active' || callbackSecrets(integration).length === 0) return;
        const id = `typing_${randomUUID()}`;
        const callback = typingCallback(id, integration, conversation_id, await authorOf(agents, integration, person), now());
        await call({...caller, timeoutMs: 2000}, integration, {id, body: JSON.stringify(callback)});
    }

    return {
        /** From the event stream: somebody types in a thread. */
        heard(integration: Integration, root_id: string, user_id: string): void {
            if (!isDue(`${integration.id}/${root_id}/${user_id}`)) return;
            const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
            (async () => {
                const thread = await database.read
                    .selectFrom('thread')
                    .select('conversation_id')
                    .where('root_id', '=', root_id)
                    .where('integration_id', '=', integration.id)
                    .executeTakeFirst();
                const person = thread && (await people.find(client, user_id));
                if (thread && person && !person.isBot && person.active) await tell(integration, thread.conversation_id, person);
                // A lost typing sign is no loss.
            })().catch(() => undefined);
        },
        /** From the side panel. */
        said(integration: Integration, conversation_id: string, person: Person): void {
            if (isDue(`${integration.id}/${conversation_id}/${person.user_id}`))
                tell(integration, conversation_id, person).catch(() => undefined);
        },
        /** @returns stops it */
        watch(watcher: (typist: Typist) => void): () => void {
            watchers.add(watcher);
            return () => watchers.delete(watcher);
        },
        /** Hears nothing of other replicas any more. */
        stop,
    };
}
