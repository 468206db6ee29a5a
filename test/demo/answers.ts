/** The second half of the script: an agent works in Mattermost, and the visitor's page must show it, and nothing else. */
import type {ChatMessage} from '../doubles/ireserve/conversations.ts';
import type {IreserveDouble} from '../doubles/ireserve/start.ts';
import type {DemoAgent} from './agent.ts';
import {lakePicture} from './picture.ts';

export type AnswerScene = {
    ireserve: IreserveDouble;
    conversation_id: string;
    agent: DemoAgent;
    /** Post ids by the step's key. */
    posted: Map<string, string>;
};

export type AnswerStep = {
    key: string;
    title: string;
    /** What the agent does. @returns the post's id, if it makes one */
    act: (scene: AnswerScene) => Promise<string | undefined>;
    /** Waits until the visitor sees it. @returns what is wrong */
    seen: (scene: AnswerScene) => Promise<string[]>;
};

const ANSWER = 'Dag Sanne, zondag 19 juli is de **Zilvermeeuw** voor jullie. :sailboat:';
const EDITED = 'Dag Sanne, zondag 19 juli vanaf 10:00 is de **Zilvermeeuw** voor jullie. :sailboat:';
const MAP_TEXT = 'Hier ligt hij, aan steiger 3.';
const NOTE = '// Vaste klant, vorig jaar ook in juli. Korting?';
const LAST = 'Fijne vaart!';
const WITHIN_MS = 20_000;
const map = lakePicture();

const message = ({ireserve, conversation_id}: AnswerScene, fits: (message: ChatMessage) => boolean) =>
    ireserve.waitForMessage(conversation_id, (one) => one.author.type === 'agent' && fits(one), WITHIN_MS);

export const ANSWERS: readonly AnswerStep[] = [
    {
        key: 'claim',
        title: 'Agent presses Claim on the card',
        act: async ({agent}) => void (await agent.press('claim')),
        async seen({ireserve, conversation_id}) {
            await ireserve.waitForConversation(conversation_id, ({assignee}) => assignee !== null, WITHIN_MS);
            return [];
        },
    },
    {
        key: 'answer',
        title: 'Agent answers in the thread',
        act: ({agent}) => agent.say(ANSWER),
        async seen(scene) {
            const said = await message(scene, ({text}) => text.includes('zondag 19 juli is'));
            return said.text.includes('⛵') ? [] : [`the emoji did not become a character: ${said.text}`];
        },
    },
    {
        key: 'map',
        title: 'Agent sends a picture',
        act: ({agent}) => agent.say(MAP_TEXT, {name: 'steiger 3.png', bytes: map}),
        async seen(scene) {
            const {files} = await message(scene, ({text}) => text === MAP_TEXT);
            const [file] = files;
            if (!file) return ['the picture did not arrive'];
            const response = await fetch(file.url);
            const bytes = Buffer.from(await response.arrayBuffer());
            return response.ok && bytes.equals(map)
                ? []
                : [`the picture’s address answers ${response.status} with ${bytes.length} bytes instead of ${map.length}`];
        },
    },
    {
        key: 'edit',
        title: 'Agent edits the answer',
        async act({agent, posted}) {
            await agent.edit(posted.get('answer') ?? '', EDITED);
            return undefined;
        },
        async seen(scene) {
            await message(scene, ({text, edited}) => edited && text.includes('vanaf 10:00'));
            return [];
        },
    },
    {
        key: 'note',
        title: 'Agent writes a note: it stays',
        act: ({agent}) => agent.say(NOTE),
        // Nothing to wait for; the next answer, and the whole, show that it did not leave.
        seen: async () => [],
    },
    {
        key: 'last',
        title: 'Agent says goodbye, and the post shows that it arrived',
        act: ({agent}) => agent.say(LAST),
        async seen(scene) {
            await message(scene, ({text}) => text === LAST);
            const post_id = scene.posted.get('last') ?? '';
            const end = Date.now() + WITHIN_MS;
            while (Date.now() < end) {
                if ((await scene.agent.reactions(post_id)).includes('white_check_mark')) return [];
                await new Promise((resolve) => setTimeout(resolve, 20));
            }
            return ['the bot did not mark the post as delivered'];
        },
    },
    {
        key: 'close',
        title: 'Agent presses Close on the card',
        act: async ({agent}) => void (await agent.press('close')),
        async seen({ireserve, conversation_id}) {
            await ireserve.waitForConversation(conversation_id, ({status}) => status === 'closed', WITHIN_MS);
            return [];
        },
    },
];

/** Of the whole: each answer once, in order, and nothing of the note in any request. */
export function answerProblems({ireserve, conversation_id}: AnswerScene): string[] {
    const texts = ireserve
        .conversation(conversation_id)
        .messages.filter(({author, source_id}) => author.type === 'agent' && source_id !== null);
    const ends = ['voor jullie. ⛵', MAP_TEXT, LAST];
    const inOrder = texts.length === ends.length && texts.every(({text}, index) => text.endsWith(ends[index] ?? ''));
    const leaked = ireserve.callbackAttempts.some(({body}) => body.includes('Vaste klant'));
    return [
        ...(inOrder ? [] : [`the visitor sees ${texts.length} answers where ${ends.length} were given, or their order is another`]),
        ...(leaked ? ['the note left Mattermost'] : []),
    ];
}
