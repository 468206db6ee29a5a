/** Where the command line takes a system admin's access from: options first, then the environment. */
import {readFileSync} from 'node:fs';
import type {Command} from 'commander';
import {nextStep} from '../admin/next-steps.ts';
import {type Admin, type AdminAccess, AdminRefused, openAdmin} from '../doctor/admin-client.ts';
import {MattermostError, type Servers} from '../mattermost.ts';
import {CliError} from './failure.ts';

export type AdminOptions = {adminTokenFile?: string; adminUser?: string; adminPasswordFile?: string};

export const ADMIN_HELP = `
A system admin's access is used for this run only and never stored; a log-in is ended with it. Besides
the options: MM_ADMIN_TOKEN, or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD, in the environment.
`;

export const withAdmin = (command: Command): Command =>
    command
        .option('--admin-token-file <file>', 'personal access token of a system admin of Mattermost')
        .option('--admin-user <name>', 'or that person’s user name …')
        .option('--admin-password-file <file>', '… and password');

/** Undefined: nothing was given. @throws CliError when a file can't be read */
export function adminAccess({adminTokenFile, adminUser, adminPasswordFile}: AdminOptions): AdminAccess | undefined {
    const {MM_ADMIN_TOKEN, MM_ADMIN_USERNAME, MM_ADMIN_PASSWORD} = process.env;
    const token = adminTokenFile === undefined ? (adminUser ? undefined : MM_ADMIN_TOKEN) : secretIn(adminTokenFile);
    if (token) return {token};
    const user = adminUser ?? MM_ADMIN_USERNAME;
    const password = adminPasswordFile === undefined ? MM_ADMIN_PASSWORD : secretIn(adminPasswordFile);
    return user && password ? {user, password} : undefined;
}

function secretIn(file: string): string {
    try {
        return readFileSync(file === '-' ? 0 : file, 'utf8').trim();
    } catch (error) {
        throw new CliError('failed', `${file} can’t be read: ${(error as Error).message}.`, 'Check the path and who may read the file.');
    }
}

/** @throws CliError */
export async function admitted(servers: Servers, server_url: string, access: AdminAccess): Promise<Admin> {
    try {
        return await openAdmin(servers, server_url, access);
    } catch (error) {
        throw explained(error, server_url);
    }
}

/** Why nobody was let in, for people; anything else as it is. */
export function explained(error: unknown, server_url: string): unknown {
    if (error instanceof AdminRefused) return new CliError('failed', error.message, error.next);
    if (!(error instanceof MattermostError)) return error;
    const subject = {integration: '', channel: '', server: server_url};
    return new CliError(
        'failed',
        `${error.message}.`,
        error.tls ? nextStep('mattermost_tls', subject) : `Check the Server URL ${server_url}.`,
    );
}
