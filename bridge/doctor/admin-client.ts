/** A system admin's access to Mattermost, for setup and doctor: a token, or a log-in that ends with the run. Never stored. */
import type {UserProfile} from '@mattermost/types/users';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import {networkFailure} from '../network-error.ts';

export type AdminAccess = {token: string} | {user: string; password: string};
export type Admin = {client: MattermostClient; me: UserProfile; end(): Promise<void>};

/** Why nobody is let in; `next` says what helps. */
export class AdminRefused extends Error {
    readonly next: string;

    constructor(message: string, next: string) {
        super(message);
        this.next = next;
    }
}

/** @throws AdminRefused when another access is needed, MattermostError when Mattermost can't be asked */
export async function openAdmin(servers: Servers, server_url: string, access: AdminAccess): Promise<Admin> {
    const token = 'token' in access ? access.token : await logIn(server_url, access);
    const client = servers.client(server_url, token);
    const end = async () => {
        if ('user' in access) await client.logout().catch(() => undefined);
    };
    const me = await client.getMe().catch((error: unknown) => {
        if (error instanceof MattermostError && error.status === 401)
            throw new AdminRefused(
                'Mattermost refuses the admin’s token.',
                'Personal access tokens of people must be switched on in Mattermost; or give --admin-user and a password.',
            );
        throw error;
    });
    if (!me.roles.split(' ').includes('system_admin')) {
        await end();
        throw new AdminRefused(`@${me.username} is no system admin.`, 'Give the token or log-in of a system admin.');
    }
    return {client, me, end};
}

async function logIn(server_url: string, {user, password}: {user: string; password: string}): Promise<string> {
    const response = await fetch(`${server_url}/api/v4/users/login`, {
        method: 'POST',
        redirect: 'manual',
        body: JSON.stringify({login_id: user, password}),
        signal: AbortSignal.timeout(15_000),
    }).catch((error: Error) => {
        const {kind, message, tls} = networkFailure(error, 'Mattermost');
        throw new MattermostError(kind, message, {tls});
    });
    const token = response.headers.get('token');
    const {id = ''} = (await response.json().catch(() => ({}))) as {id?: string};
    if (response.ok && token) return token;
    if (id.includes('mfa'))
        throw new AdminRefused('The account needs a second factor.', 'Use a personal access token: --admin-token-file FILE.');
    if (response.status === 401)
        throw new AdminRefused(
            'Mattermost refuses user name or password.',
            'Check both; an account that logs in elsewhere (SAML, OpenID) needs a personal access token.',
        );
    throw new MattermostError(
        'unknown',
        `what answers there is not Mattermost, or it is ill: the log-in is answered with ${response.status}`,
    );
}
