/** Visitors and i-Reserve: they say, edit and take back, send files, and read what agents answered. */
import {setTimeout as after} from 'node:timers/promises';
import type {Done, IreserveDouble} from '../doubles/ireserve/start.ts';
import {type Chat, type Ledger, newChat, newToken, type VisitorSaid} from './ledger.ts';

type Parts = {
    readonly ireserve: IreserveDouble;
    readonly ledger: Ledger;
    readonly random: () => number;
    readonly goesOn: () => boolean;
};

/** Two posts of at most 16,000 code points. */
const LONG = Array.from({length: 2400}, (_, index) => `word${index}`).join(' ');
/** Above what the double sends inside an event. */
const BIG_FILE_BYTES = 40_000;
/** How many of the last things said somebody may still change. */
const RECENT = 6;

/** One visitor, from the opening of the chat on. */
export async function visit({ireserve, ledger, random, goesOn}: Parts): Promise<void> {
    const {conversation_id} = await ireserve.openConversation({name: 'Kim'});
    const chat = newChat(conversation_id);
    ledger.chats.push(chat);
    const accepted = async (what: string, done: Promise<Done>) => {
        const {accepted: answer} = await done;
        if (!answer.ok && answer.status !== 0)
            ledger.complaints.push(`${what} was refused: ${answer.status} ${JSON.stringify(answer.problem)}`);
    };
    while (goesOn()) {
        await after(200 + random() * 1400);
        const own = chat.visitor.slice(-RECENT).filter(({withdrawn, file}) => !withdrawn && file === null);
        const target = own[Math.floor(random() * own.length)];
        const what = random();
        if (what < 0.1 && target) {
            const token = newToken('v');
            target.tokens.push(token);
            await accepted(`edit ${target.message_id}`, ireserve.edit(chat.id, target.message_id, `${token} now`));
        } else if (what < 0.14 && target) {
            target.withdrawn = true;
            await accepted(`withdraw ${target.message_id}`, ireserve.withdraw(chat.id, target.message_id));
        } else {
            const said = newSaid(chat, what > 0.88);
            const [token] = said.tokens;
            const text = what < 0.17 ? `${token} ${LONG}` : `${token} said`;
            const files = said.file ? [{name: said.file, mime_type: 'text/plain', bytes: bytesFor(said.file, random)}] : [];
            await accepted(said.message_id, ireserve.say(chat.id, {text, files, message_id: said.message_id}));
        }
    }
}

function newSaid(chat: Chat, withFile: boolean): VisitorSaid {
    const token = newToken('v');
    // Ids are those of the order: what was said first has the lowest number.
    const message_id = `M${chat.visitor.length + 1}`;
    const said = {message_id, tokens: [token], withdrawn: false, file: withFile ? `${token}.txt` : null, at: Date.now()};
    chat.visitor.push(said);
    return said;
}

/** Some inside the event, some to be fetched. */
const bytesFor = (name: string, random: () => number): Buffer => Buffer.from(name.padEnd(random() < 0.5 ? 200 : BIG_FILE_BYTES, '.'));

/** i-Reserve tells that visitors have read some of what it took, at once or a little later, by either id. */
export async function read({ireserve, ledger, random, goesOn}: Parts, knowsOwnId: (webhook_id: string) => boolean): Promise<void> {
    let seen = 0;
    const telling = new Set<Promise<unknown>>();
    while (goesOn()) {
        const count = ireserve.callbackAttempts.length;
        for (; seen < ireserve.received.length; seen++) {
            const one = ireserve.received[seen];
            const chat = ledger.chats.find(({id}) => id === one?.data.conversation_id);
            if (!one || !chat || one.type !== 'message.created' || random() < 0.5) continue;
            const source = String(one.data.message_id);
            const id = one.message_id && random() < 0.5 && knowsOwnId(one.webhook_id) ? one.message_id : source;
            const pause = random() < 0.5 ? 0 : random() * 2000;
            const tell = after(pause).then(async () => {
                const event = {
                    id: `seen-${one.webhook_id}`,
                    type: 'message.state',
                    timestamp: new Date().toISOString(),
                    data: {conversation_id: chat.id, message_id: id, state: 'seen'},
                };
                chat.read.add(source);
                const {ok, status, problem} = await ireserve.push(event);
                if (!ok && status !== 0) ledger.complaints.push(`the receipt for ${id} was refused: ${status} ${JSON.stringify(problem)}`);
            });
            telling.add(tell);
            void tell.finally(() => telling.delete(tell));
        }
        await ireserve.waitForAttempts(count + 1, 500).catch(() => undefined);
    }
    await Promise.all(telling);
}
