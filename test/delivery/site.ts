/** What a bridge in a process of its own needs: a folder, a database with an integration and a token, and the environment to start it with. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {databaseOf, readSettings} from '../../bridge/settings.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';

export type Site = {
    readonly environment: Record<string, string>;
    readonly folder: string;
    readonly token: string;
    /** Looks into the database; on SQLite also while a bridge owns it. */
    look<T>(read: (database: Database) => Promise<T>): Promise<T>;
    remove(): void;
};

export type SiteOptions = {
    /** The double, or what stands for another server. */
    readonly mattermost: {
        readonly url: string;
        readonly seeded: {
            readonly bot: {readonly token: string};
            readonly channels: Record<'mirror' | 'notifications', {readonly id: string}>;
        };
    };
    readonly databaseUrl?: string | undefined;
    readonly environment?: Record<string, string>;
    readonly config?: object;
    readonly secrets?: object;
    readonly folder?: string;
};

export async function makeSite({mattermost, databaseUrl, environment, config, secrets, folder: given}: SiteOptions): Promise<Site> {
    const folder = given ?? mkdtempSync(join(tmpdir(), 'ireserve-crash-'));
    const {seeded} = mattermost;
    const all = {
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: folder,
        // No balancer has to notice a stop.
        ...(databaseUrl ? {DATABASE_URL: databaseUrl, DRAIN_MS: '0'} : {}),
        ...environment,
    };
    const settings = readSettings(all);
    const look: Site['look'] = async (read) => {
        const database = await openDatabase(databaseOf(settings));
        try {
            return await read(database);
        } finally {
            await database.close();
        }
    };
    const token = await look(async (database) => {
        const integrations = createIntegrations(database, createSecretBox(loadKey(undefined, join(folder, 'secret.key'))), Date.now);
        const {id} = await integrations.add({
            name: 'aurora-test',
            licence: 'aurora',
            environment: 'test',
            config: {
                server_url: mattermost.url,
                channel_id: seeded.channels.mirror.id,
                notifications: {booking_confirmation: seeded.channels.notifications.id},
                language: 'en',
                ...config,
            },
            secrets: {bot_token: seeded.bot.token, ...secrets},
        });
        return (await integrations.addToken(id, 'tests', null)).token;
    });
    return {environment: all, folder, token, look, remove: () => rmSync(folder, {recursive: true, force: true})};
}
