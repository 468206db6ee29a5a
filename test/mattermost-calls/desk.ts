/** A scene in which Mattermost really calls the bridge: with its slash command registered, buttons under the cards, and a clock to turn. */
import {join} from 'node:path';
import {createIntegrations} from '../../bridge/integrations.ts';
import {COMMAND_PATH, COMMAND_REGISTRATION} from '../../bridge/mattermost-calls/registration.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import type {ButtonContext} from '../../bridge/to-mattermost/buttons.ts';
import type {Client} from '../contract/mattermost/client.ts';
import {openStream, type Stream} from '../contract/mattermost/socket.ts';
import {freePort} from '../demo/ports.ts';
import type {ServerVersion} from '../doubles/mattermost/start.ts';
import {markOf, startScene} from '../to-ireserve/scene.ts';

export type Desk = Awaited<ReturnType<typeof startDesk>>;
type Person = {id: string; token: string};
type Answer = {status: number; type: string; body: Record<string, unknown>};

export async function startDesk({
    version = '11.1',
    config,
    environment,
}: {
    version?: ServerVersion;
    config?: object;
    environment?: Record<string, string>;
} = {}) {
    let ahead = 0;
    const port = await freePort(0);
    const scene = await startScene({
        server: {version},
        config: {undo_seconds: 0, ...config},
        environment: {PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, ...environment},
        overrides: {now: () => Date.now() + ahead},
    });
    const {mattermost, bridge, ireserve, mirror} = scene;
    const {team, admin} = mattermost.seeded;
    const streams: Stream[] = [];
    const box = createSecretBox(loadKey(undefined, join(bridge.settings.DATA_DIR, 'secret.key')));

    async function call(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
        const response = await fetch(bridge.url + path, {method: 'POST', body, headers});
        return {
            status: response.status,
            type: response.headers.get('content-type') ?? '',
            body: (await response.json()) as Record<string, unknown>,
        };
    }
    /** Registers the command as an admin does, and gives the bridge its token. */
    async function register(team_id: string): Promise<string> {
        const response = await fetch(`${mattermost.url}/api/v4/commands`, {
            method: 'POST',
            headers: {authorization: `Bearer ${admin.token}`},
            body: JSON.stringify({team_id, ...COMMAND_REGISTRATION('en', bridge.url)}),
        });
        return ((await response.json()) as {token: string}).token;
    }
    const token = await register(team.id);
    const form = (fields: Record<string, string>) =>
        new URLSearchParams({
            channel_id: mirror.id,
            team_id: team.id,
            user_id: scene.anna.id,
            command: '/ireserve',
            text: '',
            token,
            ...fields,
        }).toString();
    const command = (fields: Record<string, string> = {}, authorization = `Token ${fields.token ?? token}`) =>
        call(COMMAND_PATH, form(fields), {
            'content-type': 'application/x-www-form-urlencoded',
            ...(authorization ? {authorization} : {}),
        });
    /** Until the bridge has read its integrations again. */
    async function takesToken(known: string): Promise<void> {
        for (let tries = 0; tries < 400; tries++) {
            if ((await command({token: known, text: 'help'})).status === 200) return;
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        throw new Error('the bridge does not take the command’s token');
    }
    await bridge.change({secrets: {command_tokens: [token]}});
    await takesToken(token);

    return {
        ...scene,
        version,
        box,
        token,
        call,
        command,
        takesToken,
        /** Runs the command as a person, through Mattermost. */
        run: async (user: Person, text: string, {root_id, channel_id = mirror.id}: {root_id?: string; channel_id?: string} = {}) =>
            mattermost.act.runCommand(user.id, channel_id, `/ireserve ${text}`, root_id),
        /** Where the conversation is named: by the thread where Mattermost tells it, else by hand. */
        about: ({conversation_id, root_id}: {conversation_id: string; root_id: string}) =>
            version === '11.1' ? {named: '', at: {root_id}} : {named: `#${conversation_id} `, at: {}},
        /** What a person's own client is told. */
        async listen(user: Person): Promise<Stream> {
            const stream = await openStream(mattermost.url, {token: user.token} as Client);
            await stream.waitFor('hello');
            streams.push(stream);
            return stream;
        },
        /** The context behind a button, which no client ever sees. */
        contextOf(post_id: string, action: string): ButtonContext {
            const {attachments} = (mattermost.look.post(post_id)?.props ?? {attachments: []}) as unknown as {
                attachments: {actions: {id: string; integration: {context: ButtonContext}}[]}[];
            };
            const found = attachments.flatMap(({actions}) => actions).find(({id}) => id === action);
            if (!found) throw new Error(`there is no button ${action}`);
            return found.integration.context;
        },
        buttonsOf(post_id: string): string[] {
            const {attachments = []} = (mattermost.look.post(post_id)?.props ?? {}) as unknown as {
                attachments?: {actions: {id: string}[]}[];
            };
            return attachments.flatMap(({actions}) => actions.map(({id}) => id));
        },
        /** Waits until a card shows these buttons. */
        shows(root_id: string, ...buttons: string[]) {
            return mattermost.until(() => this.buttonsOf(root_id).join() === buttons.join());
        },
        /** A reply that mentions a colleague, and the question about it. */
        async asked(root_id: string) {
            const post = await mattermost.act.reply(scene.anna.id, root_id, `@${scene.bram.username} can you help?`);
            const question = await scene.botPost(({kind, key}) => kind === 'question' && (key ?? '').includes(post.id));
            return {post, question};
        },
        /** A reply i-Reserve does not want, and the hint about it. */
        async failed(root_id: string, text = 'Good morning') {
            ireserve.failCallbacks({status: 422, type: 'message.created'});
            const post = await mattermost.act.reply(scene.anna.id, root_id, text);
            const hint = await scene.botPost(({kind, key}) => kind === 'hint' && (key ?? '').includes(post.id));
            return {post, hint};
        },
        gone: (post_id: string) => mattermost.until(() => (mattermost.look.post(post_id)?.delete_at ?? 0) > 0),
        /** Lines of the bridge in a thread. */
        lines: (root_id: string) =>
            mattermost.look
                .thread(root_id)
                .filter((post) => markOf(post)?.kind === 'line')
                .map(({message}) => message),
        /** What i-Reserve was sent for a conversation since, up to a reply sent now: nothing overtakes within a conversation. */
        async sentBy(
            act: () => Promise<unknown>,
            {conversation_id, root_id}: {conversation_id: string; root_id: string},
        ): Promise<string[]> {
            const before = ireserve.callbackAttempts.length;
            await act();
            const fence = await mattermost.act.reply(scene.anna.id, root_id, 'this far');
            await ireserve.waitForCallback('message.created', ({data}) => data.message_id === fence.id);
            return ireserve.callbackAttempts
                .slice(before)
                .map(({body}) => JSON.parse(String(body)) as {type: string; data: {conversation_id: string; message_id?: string}})
                .filter(({data}) => data.conversation_id === conversation_id && data.message_id !== fence.id)
                .map(({type}) => type);
        },
        /** A second licence on the same Mattermost, with a command of its own. */
        async addIntegration(name: string, command_token: string) {
            const integrations = createIntegrations(bridge.database, box, Date.now);
            const {config, secrets} = bridge.integration;
            const added = await integrations.add({
                name,
                licence: name,
                environment: 'test',
                config: {...config, callback_url: ''},
                secrets: {...secrets, command_tokens: [command_token]},
            });
            await takesToken(command_token);
            return added;
        },
        /** Turns the bridge's clock on. */
        later(ms: number) {
            ahead += ms;
        },
        now: () => Date.now() + ahead,
        async stop() {
            await Promise.all(streams.map((stream) => stream.close()));
            await scene.stop();
        },
    };
}
