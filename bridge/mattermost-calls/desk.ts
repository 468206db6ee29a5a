/** What commands, buttons and dialogs share: who may do what, and the functions that do it. */
import type {AdminSessions} from '../admin-api/admin-sessions.ts';
import type {Access} from '../agent-api/access.ts';
import type {AgentSessions} from '../agent-api/sessions.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Log} from '../log.ts';
import type {MattermostClient, Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import type {Actions} from '../to-ireserve/actions.ts';
import type {Perform} from '../to-ireserve/catalogue.ts';
import type {People, Person} from '../to-ireserve/people.ts';
import type {Speaker} from '../to-ireserve/queue.ts';
import type {Take} from '../to-ireserve/take.ts';
import {phrases} from '../to-mattermost/phrases.ts';
import type {Session} from '../to-mattermost/session.ts';
import {tameName} from '../to-mattermost/tame.ts';
import {callWords} from './words.ts';

export type Desk = {
    database: Database;
    servers: Servers;
    session: (client: MattermostClient) => Promise<Session>;
    integrations: () => readonly Integration[];
    integration: (id: string) => Integration | undefined;
    /** The kill switch is on. */
    switchedOff: () => boolean;
    access: Access;
    actions: Actions;
    perform: Perform;
    people: People;
    take: Take;
    agentSessions: AgentSessions;
    adminSessions: AdminSessions;
    box: SecretBox;
    publicUrl: () => string;
    now: () => number;
    onStored: (integration: Integration) => void;
    /** Counted: what came of a call, without a word of what was said. */
    onCall: (kind: CallKind, outcome: string) => void;
    log: Log;
};

export type CallKind = 'command' | 'button' | 'dialog';

/** Something the caller is told instead of what was asked for, in words ready to be shown. */
export class Told extends Error {}

export const clientOf = ({servers}: Pick<Desk, 'servers'>, {config, secrets}: Integration): MattermostClient =>
    servers.client(config.server_url, secrets.bot_token);

export const speakerOf = ({user_id, username, name, email}: Person): Speaker => ({user_id, username, name, email});

/** A real person who is a member of a channel with conversations of the integration. @throws BridgeError not_an_agent, mattermost_unavailable */
export async function agentOf({access}: Desk, integration: Integration, user_id: string): Promise<{person: Person; channels: string[]}> {
    const [person, channels] = await Promise.all([access.person(integration, user_id), access.channels(integration, user_id)]);
    if (channels.length === 0) throw new BridgeError('not_an_agent', 'a member of none of the channels');
    return {person, channels};
}

/** @throws Told when nothing may be done for the integration now */
export function mustBeOn({switchedOff}: Desk, {state, config}: Integration): void {
    if (state === 'inactive' || switchedOff()) throw new Told(callWords(config.language).inactive);
}

/** The visitor's name as it may stand in a line. */
export const visitorName = ({config}: Integration, name: string | undefined): string =>
    tameName(name, phrases(config.language).unnamed.visitor);

export const agentName = ({config}: Integration, name: string | undefined): string =>
    tameName(name, phrases(config.language).unnamed.agent);
