import {describe, expect, test} from 'vitest';
import {createClient} from './client.ts';
import {must, type Place} from './place.ts';

/** What setup and doctor ask of a server as an admin. */
export function describeSetup(here: () => Place): void {
    describe('what an admin and a bot see of the settings', () => {
        test('the client configuration says more with a log-in than without', async () => {
            const {url, bot, era} = here();
            const mine = must(await bot.get('/config/client?format=old'), 200).json;
            const anyones = must(await createClient(url, '').get('/config/client?format=old'), 200).json;
            const forAll = ['Version', 'PluginsEnabled', 'EnableBotAccountCreation', ...(era === '5.37' ? [] : ['SiteURL'])];
            const forAccounts = [
                'EnableCommands',
                'EnableOutgoingWebhooks',
                'EnableUserAccessTokens',
                'ShowEmailAddress',
                'PostEditTimeLimit',
                'EnableFileAttachments',
                ...(era === '5.37' ? ['SiteURL'] : []),
            ];
            for (const name of [...forAll, ...forAccounts]) expect(mine, name).toHaveProperty(name);
            for (const name of forAll) expect(anyones, name).toHaveProperty(name);
            for (const name of forAccounts) expect(anyones, name).not.toHaveProperty(name);
        });

        test('the whole configuration is for admins, in sections', async () => {
            const {admin, bot} = here();
            const config = must(await admin.get('/config'), 200).json as Record<string, Record<string, unknown>>;
            expect(typeof config.ServiceSettings?.EnableCommands).toBe('boolean');
            expect(typeof config.PluginSettings?.RequirePluginSignature).toBe('boolean');
            expect(typeof config.RateLimitSettings?.PerSec).toBe('number');
            expect((await bot.get('/config')).status).toBe(403);
        });
    });

    describe('what an admin finds', () => {
        test('all teams, page by page; and the commands of one he need not be in, with their tokens', async () => {
            const {admin, url, teamId} = here();
            const found = new Set<string>();
            for (let page = 0, more = true; more; page++) {
                const listed = must(await admin.get(`/teams?page=${page}&per_page=200&include_total_count=true`), 200).json;
                const {teams, total_count} = listed as unknown as {teams: {id: string}[]; total_count: number};
                expect(total_count).toBeGreaterThanOrEqual(teams.length);
                for (const {id} of teams) found.add(id);
                more = teams.length === 200;
            }
            expect(found).toContain(teamId);
            const made = must(
                await admin.post('/commands', {team_id: teamId, trigger: 'ireserve-regenerated', method: 'P', url: `${url}/nowhere`}),
                201,
            ).json as unknown as {id: string; token: string};
            const {token} = must(await admin.put(`/commands/${made.id}/regen_token`, {}), 200).json as unknown as {token: string};
            expect(token).not.toBe(made.token);
            const commands = must(await admin.get(`/commands?team_id=${teamId}&custom_only=true`), 200).json as unknown as {
                id: string;
                token: string;
            }[];
            // The old one is nowhere any more: there is no overlap.
            expect(commands.find(({id}) => id === made.id)?.token).toBe(token);
            must(await admin.delete(`/commands/${made.id}`), 200);
        });
    });

    describe('what an admin takes away', () => {
        test('for good only where the server allows it: 401 for channels and accounts', async () => {
            const {admin, newChannel, newBot, era} = here();
            const channel = await newChannel('P');
            const disabled = era === '11.6' ? 'not_enabled.for_admin' : 'not_enabled';
            expect(await admin.delete(`/channels/${channel}?permanent=true`)).toMatchObject({
                status: 401,
                json: {id: `api.user.delete_channel.${disabled}.app_error`},
            });
            const {bot} = await newBot();
            expect(await admin.delete(`/users/${bot.userId}?permanent=true`)).toMatchObject({
                status: 401,
                json: {id: `api.user.delete_user.${disabled}.app_error`},
            });
        });

        test('an archived channel keeps its name; it is found by it only when asked for, and can be restored', async () => {
            const {admin, teamId, newChannel} = here();
            const id = await newChannel('P');
            const {name} = must(await admin.get(`/channels/${id}`), 200).json;
            must(await admin.delete(`/channels/${id}`), 200);
            expect((await admin.get(`/teams/${teamId}/channels/name/${String(name)}`)).status).toBe(404);
            expect(must(await admin.get(`/teams/${teamId}/channels/name/${String(name)}?include_deleted=true`), 200).json.id).toBe(id);
            expect((await admin.post('/channels', {team_id: teamId, name, display_name: 'again', type: 'P'})).status).toBe(400);
            must(await admin.post(`/channels/${id}/restore`), 200);
            expect(must(await admin.get(`/channels/${id}`), 200).json.delete_at).toBe(0);
        });

        test('a disabled bot is found only when asked for, and only by admins', async () => {
            const {admin, anna, newBot} = here();
            const {bot} = await newBot();
            must(await admin.post(`/bots/${bot.userId}/disable`), 200);
            expect((await admin.get(`/bots/${bot.userId}`)).status).toBe(404);
            expect(must(await admin.get(`/bots/${bot.userId}?include_deleted=true`), 200).json.delete_at).toBeGreaterThan(0);
            expect((await anna.get(`/bots/${bot.userId}?include_deleted=true`)).status).toBe(404);
        });
    });

    describe('a slash command tried by a bot', () => {
        test('unknown: 404; nobody there: 500 failed; refused: 500 failed_resp', async () => {
            const {admin, bot, teamId, publicChannel, url} = here();
            const run = (command: string) => bot.post('/commands/execute', {channel_id: publicChannel, command, team_id: teamId});
            expect(await run('/nosuchtrigger x')).toMatchObject({
                status: 404,
                json: {id: 'api.command.execute_command.not_found.app_error'},
            });
            const add = async (trigger: string, to: string) =>
                must(await admin.post('/commands', {team_id: teamId, trigger, method: 'P', url: to, display_name: trigger}), 201).json;
            const made = [await add('deadend', 'http://127.0.0.1:9/'), await add('refuser', `${url}/api/v4/users/me`)];
            expect(await run('/deadend x')).toMatchObject({status: 500, json: {id: 'api.command.execute_command.failed.app_error'}});
            expect(await run('/refuser x')).toMatchObject({status: 500, json: {id: 'api.command.execute_command.failed_resp.app_error'}});
            for (const {id} of made) must(await admin.delete(`/commands/${String(id)}`), 200);
        });
    });
}
