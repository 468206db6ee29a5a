/** Both peers and a bridge between them, with the words tests of the second direction need. */
import {startIreserve} from '../doubles/ireserve/start.ts';
import {type MattermostOptions, type PlainPost, startMattermost} from '../doubles/mattermost/start.ts';
import {startTestBridge, type TestBridgeOptions} from '../support/bridge.ts';

export const MARKS = {waiting: 'hourglass_flowing_sand', delivered: 'white_check_mark', seen: 'eyes', failed: 'x'};

/** Until a new chat’s thread stands, on a busy machine. */
const OPEN_MS = 20_000;

export type Scene = Awaited<ReturnType<typeof startScene>>;

type Options = Partial<Omit<TestBridgeOptions, 'mattermost'>> & {server?: MattermostOptions};

/** The mark the bridge left on a post of its own. */
export const markOf = (post: PlainPost) => (post.props as {ireserve?: {conversation?: string; key?: string; kind?: string}}).ireserve;

export async function startScene({server, config, secrets, ...more}: Options = {}) {
    const mattermost = await startMattermost(server);
    const signingSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const ireserve = await startIreserve({integration: 'aurora-test', signingSecret});
    const bridge = await startTestBridge({
        mattermost,
        config: {callback_url: ireserve.callbackUrl, ...config},
        secrets: {signing_secrets: [signingSecret], ...secrets},
        ...more,
    });
    ireserve.connect(bridge.url);
    const [anna, bram, cleo] = mattermost.seeded.agents;
    const {mirror} = mattermost.seeded.channels;

    return {
        mattermost,
        ireserve,
        bridge,
        anna,
        bram,
        cleo,
        mirror,
        /** A visitor's new chat, and its thread once the bridge listens. */
        async open(opening: Parameters<typeof ireserve.openConversation>[0] = {name: 'Sanne'}) {
            const {conversation_id} = await ireserve.openConversation(opening);
            const root = await mattermost.until(
                () => mattermost.look.roots(mirror.id).find((post) => markOf(post)?.conversation === conversation_id),
                OPEN_MS,
            );
            await bridge.listening();
            return {conversation_id, root_id: root.id};
        },
        /** Waits for a post of the bridge in the mirror channel. */
        botPost: (fits: (mark: NonNullable<ReturnType<typeof markOf>>, post: PlainPost) => boolean) =>
            mattermost.until(() =>
                mattermost.look.posts(mirror.id).find((post) => {
                    const mark = markOf(post);
                    return mark !== undefined && fits(mark, post);
                }),
            ),
        /** Waits until a post bears a reaction of the bot's. */
        marked: (post_id: string, emoji: string) =>
            mattermost.until(() => mattermost.look.post(post_id)?.reactions.some((one) => one.emoji === emoji)),
        /** Everything that ever went out to i-Reserve, as one text. */
        outbound: () => JSON.stringify(ireserve.callbackAttempts.map(({body, headers}) => [body, headers])),
        async stop() {
            await bridge.stop();
            await ireserve.stop();
            await mattermost.stop();
        },
    };
}
