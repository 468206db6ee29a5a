/** The second direction as a whole: ears, door, actions and outbox, put together for main.ts. */
import {createAdminSessions} from '../admin-api/admin-sessions.ts';
import {createAccess} from '../agent-api/access.ts';
import {createAgentSessions} from '../agent-api/sessions.ts';
import type {AgentList} from '../callbacks.ts';
import {type Integration, unusablePatterns} from '../integration.ts';
import {type Integrations, queueOf} from '../integrations.ts';
import type {Log} from '../log.ts';
import type {MattermostClient, Servers} from '../mattermost.ts';
import {createMattermostCalls} from '../mattermost-calls/routes.ts';
import type {Notices} from '../notices.ts';
import type {Metrics} from '../operations.ts';
import {createOutbox, type Outbox, type OutboxOptions} from '../outbox.ts';
import type {SecretBox} from '../secrets.ts';
import type {Settings} from '../settings.ts';
import {writeLog} from '../store/lanes.ts';
import type {Database} from '../store/open.ts';
import type {Signals} from '../store/signals.ts';
import {createSessions} from '../to-mattermost/session.ts';
import {createActions} from './actions.ts';
import {createAgents, saveAgentList} from './agents.ts';
import {fetchSigned} from './call.ts';
import {createPerform} from './catalogue.ts';
import {createDeliver} from './deliver.ts';
import {createFileRoute} from './files.ts';
import {createHookRoute} from './hook.ts';
import {createEars} from './listen.ts';
import {createPeople} from './people.ts';
import {createReactions} from './reactions.ts';
import {alongside} from './reply-outcome.ts';
import {createTake} from './take.ts';
import {createTyping} from './typing.ts';
import type {Door, Taken} from './visit.ts';

export type RelayOptions = {
    settings: Settings;
    database: Database;
    integrations: Integrations;
    servers: Servers;
    box: SecretBox;
    log: Log;
    metrics: Metrics;
    now: () => number;
    random: () => number;
    publicUrl: () => string;
    outbox: Omit<OutboxOptions, 'deliver' | 'alongside' | 'slots'>;
    toMattermost: Outbox;
    notices: Pick<Notices, 'set'>;
    signals: Signals;
    /** How often what was said is looked for, ms. */
    look?: {down: number; up: number};
    /** How often it is looked which replica listens, and for how long one does, ms. */
    election?: {everyMs: number; termMs: number};
};

/** Conversations i-Reserve is called for at once, per integration. */
const SLOTS = 16;
const QUESTIONS_MS = 2000;

export type Relay = ReturnType<typeof createRelay>;

export function createRelay(options: RelayOptions) {
    const {settings, database, integrations, servers, box, log, metrics, now, random, publicUrl, toMattermost} = options;
    const sessions = createSessions();
    const session = (client: MattermostClient) => sessions.of(client);
    const people = createPeople(now);
    const caller = {timeoutMs: settings.IRESERVE_TIMEOUT_MS, now};
    const listeners = new Set<(integration: Integration) => void>();

    /** Told to lists and streams. */
    const onStored = (integration: Integration) => {
        toMattermost.kick(queueOf(integration.id, 'to-mattermost'));
        outbox.kick(queueOf(integration.id, 'to-ireserve'));
        for (const tell of listeners) tell(integration);
    };
    /** So that an admin who is asked "why did the visitor not get this" finds the answer. */
    const explain = (integration: Integration, source_id: string, detail: string) => {
        const entry = {
            at: now(),
            integration_id: integration.id,
            direction: 'to-ireserve' as const,
            level: 'info' as const,
            code: 'not_relayed',
            detail,
            type: null,
            conversation_id: null,
            source_id,
            delivery_seq: null,
            attempt: null,
            duration_ms: null,
        };
        database.write((tx) => writeLog(tx, [entry])).catch(options.outbox.onError);
    };
    const agents = createAgents({
        database,
        now,
        fetchList: (integration) => fetchSigned(caller, integration, integration.config.agents_url),
        onHidden: ({id, name}) =>
            options.notices.set(
                {
                    integration_id: id,
                    code: 'emails_hidden',
                    subject: 'agents',
                    detail: `Mattermost hides e-mail addresses from the bot: agents of ${name} answer under their Mattermost names. Show them (Site Configuration → Users and Teams → Show Email Address), or match by hand: ireserve-bridge agent pin`,
                    since: now(),
                },
                true,
            ),
        onError: options.outbox.onError,
    });
    const outbox = createOutbox({
        ...options.outbox,
        deliver: createDeliver({
            database,
            servers,
            integration: integrations.get,
            agents,
            box,
            publicUrl,
            caller,
            maxFileBytes: settings.MAX_FILE_BYTES,
            now,
        }),
        alongside: alongside(now),
        slots: SLOTS,
    });
    const door: Door = {
        database,
        servers,
        session,
        people,
        box,
        now,
        onStored,
        onTaken(integration, {reply_id, did}) {
            metrics.heard.inc({outcome: did});
            log.debug({integration: integration.name, post: reply_id, did}, 'heard');
            if (WORTH_A_LINE.has(did)) explain(integration, reply_id, did);
        },
    };
    const take = createTake(door);
    const actions = createActions({database, agents, now, onStored});
    const perform = createPerform({actions, take});
    const agentSessions = createAgentSessions({database, now});
    const adminSessions = createAdminSessions({database, now});
    const access = createAccess({database, servers, people});
    const typing = createTyping({database, servers, people, agents, caller, signals: options.signals, integration: integrations.get, now});
    const ears = createEars({
        database,
        servers,
        session,
        take,
        log,
        now,
        random,
        onTyping: typing.heard,
        onReaction: createReactions({database, servers, session, take, perform, people, onError: options.outbox.onError}),
        onNotice: options.notices.set,
        ...(options.look ? {look: options.look} : {}),
        ...(options.election ? {election: options.election} : {}),
        owner: options.outbox.owner,
        signals: options.signals,
        onError: options.outbox.onError,
        switchedOff: integrations.switchedOff,
        onHeard: (event) => metrics.events.inc({event: KNOWN_EVENTS.has(event) ? event : 'other'}),
    });
    const calls = createMattermostCalls({
        database,
        servers,
        session,
        integrations: integrations.all,
        integration: integrations.get,
        switchedOff: integrations.switchedOff,
        access,
        actions,
        perform,
        people,
        take,
        agentSessions,
        adminSessions,
        box,
        publicUrl,
        now,
        onStored,
        onCall: (kind, outcome) => metrics.calls.inc({kind, outcome}),
        log,
    });
    /** What an older version let an admin set and this one can't match holds replies: an admin is told while it stands. */
    const tellPatterns = async (which: readonly string[]) => {
        const notice = {code: 'guard_pattern_unusable', subject: 'guard_patterns'};
        const standing = await database.read.selectFrom('notice').select('integration_id').where('code', '=', notice.code).execute();
        for (const {id, name, config} of integrations.all().filter((one) => which.includes(one.id))) {
            const unusable = unusablePatterns(config);
            if (unusable.length === 0 && !standing.some(({integration_id}) => integration_id === id)) continue;
            const detail = `${name}: ${unusable.join('; ')}`;
            options.notices.set({...notice, integration_id: id, detail, since: now()}, unusable.length > 0);
        }
    };
    let questions: NodeJS.Timeout | undefined;

    return {
        outbox,
        door,
        take,
        actions,
        perform,
        agentSessions,
        adminSessions,
        access,
        people,
        agents,
        typing,
        ears,
        calls,
        session,
        onStored,
        /** One signed GET of i-Reserve. @throws when it can't be had */
        fetch: (integration: Integration, url: string) => fetchSigned(caller, integration, url),
        /** Calls back after every change of an integration's conversations. @returns stops it */
        watch(tell: (integration: Integration) => void): () => void {
            listeners.add(tell);
            return () => listeners.delete(tell);
        },
        hook: createHookRoute({
            integrations: integrations.all,
            take,
            onHook: (outcome) => metrics.hooks.inc({outcome}),
            switchedOff: integrations.switchedOff,
            onMissed(integration, error) {
                log.warn({integration: integration.name, err: error}, 'a hook’s post could not be read; catching up');
                ears.nudge(integration.id);
            },
        }),
        files: createFileRoute({
            ...{servers, integration: integrations.get, box, now, timeoutMs: settings.MATTERMOST_TIMEOUT_MS},
            switchedOff: integrations.switchedOff,
        }),
        saveAgents: (integration: Integration, list: AgentList) => database.write((tx) => saveAgentList(tx, integration.id, list, now())),
        async follow(changed: readonly string[]): Promise<void> {
            await tellPatterns(changed);
            await ears.follow(integrations.all(), changed);
        },
        async start(): Promise<void> {
            await outbox.start();
            await tellPatterns(integrations.all().map(({id}) => id));
            await ears.follow(integrations.all(), []);
            questions = setInterval(() => {
                actions.expireQuestions(integrations.get).catch(options.outbox.onError);
            }, QUESTIONS_MS);
        },
        /** Stops listening; what was heard is stored. The outbox is stopped by its owner. */
        async stop(): Promise<void> {
            clearInterval(questions);
            await ears.close();
            typing.stop();
            await calls.idle();
            await take.idle();
        },
    };
}

/** Why a post in a mirrored thread stays there, where its author may have meant it for the visitor. Nothing is kept of a note. */
const WORTH_A_LINE = new Set<Taken['did']>([
    'other_bot',
    'other_type',
    'deactivated_user',
    'unmarked',
    'empty',
    'deleted_before_relay',
    'thread_deleted',
]);

/** Labels of a metric must be few. */
const KNOWN_EVENTS = new Set(['hello', 'posted', 'post_edited', 'post_deleted', 'reaction_added', 'typing', 'user_added', 'user_removed']);
