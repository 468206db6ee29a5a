/** `setup --remove`. */
import {createServers} from '../../mattermost.ts';
import {createMade} from '../../setup/made.ts';
import {remove} from '../../setup/remove.ts';
import {CliError, EXIT, usage} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {paint, present, print} from '../output.ts';
import {harmless} from '../table.ts';
import {confirmed} from '../terminal.ts';
import {admitSomebody, canAsk} from './ask.ts';
import type {SetupOptions} from './options.ts';

export async function removeSetup(name: string | undefined, options: SetupOptions): Promise<void> {
    if (name === undefined) throw usage('Which integration?', 'ireserve-bridge setup NAME --remove');
    await withStore(async (store) => {
        const {database, now} = store;
        const integrations = await store.integrations();
        const rows = await createMade(database, name, '', now).rows();
        if (rows.length === 0)
            throw new CliError(
                'not_found',
                `Setup has made nothing for ${name}.`,
                'What was set up by hand is removed by hand: ireserve-bridge integration remove.',
            );
        if (!options.json) print(`Made by setup for ${name}, and removed now:`, ...rows.map(({key}) => `  ${key}`).reverse());
        const isSure = options.yes || (canAsk(options) && (await confirmed('Remove all of it, with what the bridge holds of it?')));
        if (!isSure)
            throw new CliError(
                'usage',
                `Nothing was removed yet: ${name} is removed only with --yes.`,
                `ireserve-bridge setup ${name} --remove --yes`,
            );
        const server_url = rows[0]?.server_url ?? '';
        const servers = createServers({createsInFlight: 1, timeoutMs: 15_000, now: Date.now});
        const admin = await admitSomebody(servers, server_url, options);
        try {
            const made = createMade(database, name, server_url, now);
            const removed = await remove({admin: admin.client, integrations, made, permanent: options.permanent === true});
            const failed = removed.filter(({outcome}) => outcome === 'failed');
            present(options.json, {ok: failed.length === 0, integration: name, removed}, () =>
                removed.map(
                    ({key, outcome, text}) =>
                        `${paint(outcome === 'failed' ? 'bad' : 'good', outcome.padEnd(8))}  ${key}: ${harmless(text)}`,
                ),
            );
            if (failed.length > 0) process.exitCode = EXIT.failed;
        } finally {
            await admin.end();
        }
    });
}
