/** One rule for a new bot token on every surface: it must work, and be the same bot's while that bot lives. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import {type Database, openDatabase} from '../store/open.ts';
import {knownBot, rememberBot, verifyBotToken} from './verify-bot-token.ts';

let folder = '';
let database: Database;
beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ireserve-token-'));
    database = await openDatabase(join(folder, 'bridge.sqlite'));
});
afterAll(async () => {
    await database.close();
    rmSync(folder, {recursive: true});
});
beforeEach(() => database.write((tx) => tx.deleteFrom('health').execute()));

const SERVER = 'https://chat.example.com';
const refused = (status: number) => new MattermostError('refused', `answered ${status}`, {status});

/** Tokens and whose they are, and accounts with when they were deleted; a token of nobody's is refused. */
const serversWith = (tokens: Record<string, string>, accounts: Record<string, number> = {anna: 0, ben: 0}): Servers =>
    ({
        client: (_url: string, token: string) =>
            ({
                getMe: async () => {
                    const id = tokens[token];
                    if (id === undefined) throw refused(401);
                    return {id};
                },
                getUser: async (id: string) => {
                    const delete_at = accounts[id];
                    if (delete_at === undefined) throw refused(404);
                    return {id, delete_at};
                },
            }) as unknown as MattermostClient,
    }) as unknown as Servers;

const current = {id: 'i', config: {server_url: SERVER}, secrets: {bot_token: 'old'}} as unknown as Integration;
const verify = (servers: Servers, given: object = {}) =>
    verifyBotToken({servers, database, current, server_url: SERVER, token: 'new', ...given});

it.each([
    ['a dead token', serversWith({old: 'anna'}), null, 'bot_token_refused'],
    ['another bot’s', serversWith({old: 'anna', new: 'ben'}), null, 'other_bot'],
    ['another bot’s, when the old token is dead but it is known whose it was', serversWith({new: 'ben'}), 'anna', 'other_bot'],
])('%s is refused', async (_what, servers, remembered, code) => {
    if (remembered) await rememberBot(database, 'i', remembered);
    await expect(verify(servers)).rejects.toMatchObject({code});
    expect(await knownBot(database, 'i')).toBe(remembered);
});

it.each([
    ['the same bot’s', serversWith({old: 'anna', new: 'anna'}), null, 'anna'],
    ['the same bot’s, when the old one is dead', serversWith({new: 'anna'}), 'anna', 'anna'],
    ['another bot’s, when the old one is dead and nobody knows whose it was', serversWith({new: 'ben'}), null, 'ben'],
    ['another bot’s, when the old account is gone', serversWith({new: 'ben'}, {ben: 0}), 'anna', 'ben'],
    ['another bot’s, when the old account is deactivated', serversWith({new: 'ben'}, {anna: 1, ben: 0}), 'anna', 'ben'],
])('%s is taken, and the account remembered', async (_what, servers, remembered, account) => {
    if (remembered) await rememberBot(database, 'i', remembered);
    expect(await verify(servers)).toBe(account);
    expect(await knownBot(database, 'i')).toBe(account);
});

it('on another server it is another account, and of a new integration any bot’s', async () => {
    expect(await verify(serversWith({old: 'anna', new: 'ben'}), {server_url: 'https://other.example.com'})).toBe('ben');
    expect(await verify(serversWith({new: 'ben'}), {current: undefined})).toBe('ben');
});
