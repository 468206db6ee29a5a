/** Looks at the server as an admin, before anything is planned. */
import {randomBytes} from 'node:crypto';
import type {Integrations} from '../integrations.ts';
import type {MattermostClient, Servers} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import type {SetupAnswers} from './answers.ts';
import {createMade} from './made.ts';
import {orNone, type Site} from './site.ts';

export type OpenSite = {
    answers: SetupAnswers;
    admin: MattermostClient;
    servers: Servers;
    plugin: Site['plugin'];
    /** Absent: only a plan is wanted, and there is no store yet. */
    store?: {integrations: Integrations; database: Database; now: () => number};
};

/** @throws MattermostError */
export async function openSite({answers, admin, servers, plugin, store}: OpenSite): Promise<Site> {
    const meOf = async (token: string) => orNone(servers.client(answers.server_url, token).getMe(), 401);
    const integration = store?.integrations.named(answers.name);
    const bot = integration ? await meOf(integration.secrets.bot_token) : undefined;
    return {
        answers,
        admin,
        config: await admin.getConfig(),
        integrations: store?.integrations,
        made: store ? createMade(store.database, answers.name, answers.server_url, store.now) : undefined,
        random: randomBytes,
        meOf,
        plugin,
        known: {
            integration,
            bot: bot && {id: bot.id, username: bot.username},
            teams: new Map(),
            channels: new Map(),
            switchedOn: new Set(),
            secrets: {},
        },
    };
}
