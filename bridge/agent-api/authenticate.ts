/** Who is calling the agent API: a living session, of an integration that is in use, of a person who may still log in. */
import type {IncomingHttpHeaders} from 'node:http';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Person} from '../to-ireserve/people.ts';
import type {Access} from './access.ts';
import type {AgentSession, AgentSessions} from './sessions.ts';

export type AgentCaller = {token: string; session: AgentSession; integration: Integration; person: Person};

export type Authenticate = (headers: IncomingHttpHeaders) => Promise<AgentCaller>;

export type AuthenticateOptions = {
    sessions: AgentSessions;
    access: Access;
    integration: (id: string) => Integration | undefined;
};

/** The shape of what `sessions.issue` makes: nothing else is looked up. */
const SESSION = /^iras_[\w-]{43}$/;

export function bearerOf({authorization}: IncomingHttpHeaders): string | null {
    return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** @throws BridgeError (the promise) unauthenticated, session_expired, not_an_agent, mattermost_unavailable */
export function createAuthenticate({sessions, access, integration: integrationOf}: AuthenticateOptions): Authenticate {
    return async (headers) => {
        const token = bearerOf(headers);
        // Never in the address or a cookie: those are logged, and sent along by browsers for strangers.
        if (token === null) throw new BridgeError('unauthenticated', 'no bearer was sent');
        const session = SESSION.test(token) ? await sessions.find(token) : null;
        if (!session) throw new BridgeError('session_expired', 'unknown, expired or revoked');
        const integration = integrationOf(session.integration_id);
        if (!integration || integration.state === 'inactive') throw new BridgeError('session_expired', 'its integration is not in use');
        return {token, session, integration, person: await access.person(integration, session.user_id)};
    };
}
