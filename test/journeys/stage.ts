/** Everything a journey needs: both doubles, a real bridge with its slash command, the host page with the plugin as it is released, a browser. */
import {inject} from 'vitest';
import {openPanel} from '../agent-api/panel.ts';
import {freePort} from '../demo/ports.ts';
import {type IreserveDouble, startIreserve} from '../doubles/ireserve/start.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {installPlugin, registerCommand} from '../host/install.ts';
import {type Host, startHost} from '../host/start.ts';
import {startTestBridge, type TestBridge} from '../support/bridge.ts';
import {startBrowser, type TabOptions, WITHIN_MS} from './browser.ts';
import {type Desk, deskIn} from './desk.ts';

export type Stage = {
    mattermost: MattermostDouble;
    ireserve: IreserveDouble;
    bridge: TestBridge;
    host: Host;
    /** Logs an agent in, in a browser of his own, with Mattermost in front of him. */
    agent(username: string, asked?: Record<string, string>, options?: TabOptions): Promise<Desk>;
    /** A page of the host, in a browser of its own. */
    open(path: string, options?: TabOptions): Promise<Desk>;
    /** A visitor's chat, with its first words, once it stands in Mattermost. */
    chat(
        name: string,
        text: string,
        more?: {topic?: string; language?: string; email?: string},
    ): Promise<{conversation_id: string; root_id: string}>;
    /** Waits until the bridge has read a change of its configuration. */
    configure(config: object): Promise<void>;
    stop(): Promise<void>;
};

export async function setStage(config: object = {}): Promise<Stage> {
    const undo: (() => unknown)[] = [];
    const stop = async () => {
        for (const step of undo.splice(0).reverse()) await step();
    };
    try {
        const mattermost = await startMattermost();
        undo.push(mattermost.stop);
        const signingSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
        const ireserve = await startIreserve({integration: 'aurora-test', signingSecret});
        undo.push(ireserve.stop);
        // Before the bridge, which asks the server once for the address people have it under.
        const host = await startHost({mattermost, built: inject('hostPage')});
        undo.push(host.stop);
        const port = await freePort(0);
        const publicUrl = `http://127.0.0.1:${port}`;
        const commandToken = await registerCommand(mattermost, publicUrl);
        await installPlugin(mattermost, inject('pluginArchive'));
        const bridge = await startTestBridge({
            mattermost,
            environment: {PORT: String(port), PUBLIC_URL: publicUrl},
            config: {
                callback_url: ireserve.callbackUrl,
                attachment_hosts: [ireserve.url],
                card_email: true,
                panel_undo_seconds: 0,
                ...config,
            },
            secrets: {signing_secrets: [signingSecret], command_tokens: [commandToken]},
        });
        undo.push(bridge.stop);
        ireserve.connect(bridge.url);
        await bridge.listening();
        const browser = await startBrowser();
        undo.push(browser.stop);

        const mirror = mattermost.seeded.channels.mirror.id;
        const rootOf = (conversation_id: string) =>
            mattermost.look
                .roots(mirror)
                .find(({props}) => (props.ireserve as {conversation?: string} | undefined)?.conversation === conversation_id);

        return {
            mattermost,
            ireserve,
            bridge,
            host,
            agent: async (username, asked = {}, options = {}) => deskIn(await browser.open(host.pageFor(username, asked), options)),
            open: async (path, options = {}) => deskIn(await browser.open(`${host.url}${path}`, options)),
            async chat(name, text, more = {}) {
                const {conversation_id} = await ireserve.openConversation({name, language: 'en', ...more});
                await ireserve.say(conversation_id, text);
                const root = await mattermost.until(() => rootOf(conversation_id), WITHIN_MS);
                await mattermost.until(() => mattermost.look.thread(root.id).length > 1, WITHIN_MS);
                return {conversation_id, root_id: root.id};
            },
            async configure(change) {
                await bridge.change({config: change});
                const panel = await openPanel(bridge, mattermost.seeded.agents[0].id);
                const wanted = Object.entries(change);
                for (let tries = 0; tries < 300; tries++) {
                    const {integration} = (await panel.get('/me')).body as {integration: Record<string, unknown>};
                    if (wanted.every(([name, value]) => !(name in integration) || integration[name] === value)) return;
                    await new Promise((resolve) => setTimeout(resolve, 20));
                }
                throw new Error('the bridge does not read its configuration again');
            },
            stop,
        };
    } catch (error) {
        await stop();
        throw error;
    }
}
