/** Broken in one place on the way to i-Reserve or in the store. */
import {chmodSync, renameSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {storeRoundTrip} from '../../bridge/doctor/stored.ts';
import {raiseNotice} from '../../bridge/store/records.ts';
import {examineEachBroken} from './broken.ts';

const DAY = 86_400_000;

examineEachBroken([
    // i-Reserve.
    {
        name: 'i-Reserve has nothing to call with',
        break: async (here) => {
            await here.bridge.change({secrets: {signing_secrets: [], callback_secrets: [here.bridge.signingSecret]}});
            here.ireserve.setCallbackSecrets([here.bridge.signingSecret]);
            await here.bridge.database.write((tx) => tx.updateTable('token').set({revoked_at: Date.now()}).execute());
        },
        expected: ['credential_missing'],
        words: ['token create aurora-test'],
    },
    {
        name: 'i-Reserve’s token is about to expire',
        break: async (here) => {
            await here.bridge.change({secrets: {signing_secrets: [], callback_secrets: [here.bridge.signingSecret]}});
            here.ireserve.setCallbackSecrets([here.bridge.signingSecret]);
            await here.bridge.database.write((tx) =>
                tx
                    .updateTable('token')
                    .set({expires_at: Date.now() + 3 * DAY})
                    .execute(),
            );
        },
        expected: ['token_expires'],
        words: ['before the old one ends'],
    },
    {
        name: 'no Callback URL',
        break: (here) => here.bridge.change({config: {callback_url: ''}}),
        expected: ['callback_missing'],
        words: ['--callback-url'],
    },
    {
        name: 'the callback address is dead',
        break: (here) => here.bridge.change({config: {callback_url: 'http://127.0.0.1:9/callback'}}),
        expected: ['callback_unreachable'],
        words: ['firewall'],
    },
    {
        name: 'the callback address is wrong',
        break: (here) => here.bridge.change({config: {callback_url: `${here.ireserve.url}/nowhere`}}),
        expected: ['callback_wrong_address'],
        words: ['--callback-url'],
    },
    {
        name: 'i-Reserve has another secret',
        break: (here) => here.ireserve.setCallbackSecrets([`whsec_${Buffer.alloc(24, 1).toString('base64')}`]),
        expected: ['callback_refuses_us'],
        words: ['callback_secrets --generate'],
    },
    {
        name: 'i-Reserve verifies nothing',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {answer: {status: 200, body: '{}'}})}}),
        expected: ['callback_not_verifying'],
        words: ['docs/callbacks.md'],
    },
    {
        name: 'the callback address redirects',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {redirectTo: 'https://new.example.com'})}}),
        expected: ['callback_redirects'],
        words: ['--callback-url https://new.example.com'],
    },
    {
        name: 'i-Reserve answers with errors',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {answer: {status: 500, body: ''}})}}),
        expected: ['callback_failing'],
        words: ['type ping'],
    },
    {
        name: 'i-Reserve wants no more',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {answer: {status: 410, body: ''}})}}),
        expected: ['callback_gone'],
        words: ['new address'],
    },
    {
        name: 'https callback where there is no TLS',
        break: (here) => here.bridge.change({config: {callback_url: here.ireserve.callbackUrl.replace('http:', 'https:')}}),
        expected: ['callback_tls'],
        words: ['certificate'],
    },
    {
        name: 'i-Reserve’s clock is off',
        break: async (here) => {
            const url = await here.front(here.ireserve.url, {clockMs: -120_000});
            await here.bridge.change({config: {callback_url: here.ireserve.callbackUrl.replace(here.ireserve.url, url)}});
        },
        expected: ['clock_skew_ireserve'],
        words: [/-1[12]\d s off/],
    },
    {
        name: 'the agents’ list can’t be fetched',
        break: (here) => here.bridge.change({config: {agents_url: `${here.ireserve.url}/nowhere`}}),
        expected: ['agents_url_failing'],
        words: ['--agents-url'],
    },
    {
        name: 'i-Reserve’s API can’t be reached',
        break: (here) => here.bridge.change({config: {ireserve_url: 'http://127.0.0.1:9', ireserve_user: 'api'}}),
        expected: ['bookings_unavailable'],
        words: ['two-factor'],
    },
    {
        name: 'the last round trip broke',
        break: ({bridge}) =>
            storeRoundTrip(
                bridge.database,
                bridge.integration.id,
                {
                    at: '2026-11-22T10:00:00.000Z',
                    integration: 'aurora-test',
                    channel_id: 'c',
                    ok: false,
                    broken: 'heard',
                    ms: 20_000,
                    hops: [
                        {
                            hop: 'heard',
                            title: 'The bridge hears the answer',
                            state: 'broken',
                            ms: 20_000,
                            code: 'not_listening',
                            text: 'nothing was heard',
                        },
                    ],
                },
                Date.now(),
            ),
        expected: ['round_trip_failed'],
        words: ['The bridge hears the answer', 'not_listening', '--round-trip'],
    },
    // The store.
    {
        name: 'others may read the key',
        break: (here) => chmodSync(join(here.bridge.settings.DATA_DIR, 'secret.key'), 0o644),
        expected: ['key_readable'],
        words: ['chmod 600'],
    },
    {
        name: 'the key is gone while the bridge runs on',
        break: (here) => renameSync(join(here.bridge.settings.DATA_DIR, 'secret.key'), join(here.bridge.settings.DATA_DIR, 'away')),
        expected: ['key_missing'],
        words: ['Restore', 'secret.key'],
    },
    {
        name: 'the key is two years old',
        break: (here) => utimesSync(join(here.bridge.settings.DATA_DIR, 'secret.key'), 1, Date.now() / 1000 - 800 * 86_400),
        expected: [],
        words: ['key_old', 'rotate'],
    },
    {
        name: 'the database is slow',
        given: ({bridge}) => ({
            database: {
                ...bridge.database,
                write: async (work) => {
                    await new Promise((resolve) => setTimeout(resolve, 300));
                    return bridge.database.write(work);
                },
            },
        }),
        expected: ['database_slow'],
        words: ['network file system'],
    },
    {
        name: 'something stands',
        break: ({bridge}) =>
            bridge.database.write((tx) =>
                raiseNotice(tx, {
                    integration_id: bridge.integration.id,
                    code: 'bot_not_in_channel',
                    subject: 'x',
                    detail: 'gone',
                    since: Date.now(),
                }),
            ),
        expected: ['notice_stands'],
        words: ['bot_not_in_channel since', 'ireserve-bridge status'],
    },
    {
        name: 'messages wait for long, and one was given up',
        break: async ({bridge, ireserve}) => {
            await bridge.change({state: 'inactive'});
            await ireserve.openConversation();
            const {database} = bridge;
            await database.write((tx) =>
                tx
                    .updateTable('delivery')
                    .set({received_at: Date.now() - 600_000, state: 'queued'})
                    .execute(),
            );
            const row = await database.read.selectFrom('delivery').selectAll().executeTakeFirstOrThrow();
            await database.write((tx) =>
                tx
                    .insertInto('delivery')
                    .values({...row, seq: undefined as never, source_id: 'dead', state: 'dead'})
                    .execute(),
            );
        },
        expected: ['integration_not_active', 'queue_old', 'dead_letters'],
        words: ['deliveries list --integration aurora-test --state dead'],
    },
]);
