/** Which agents are typing in a conversation just now, on whichever replica it was heard. */
import type {Typing, Typist} from '../to-ireserve/typing.ts';

export type WhoTypes = ReturnType<typeof createWhoTypes>;

const MOST = 1000;

export function createWhoTypes({typing, now}: {typing: Typing; now: () => number}) {
    const heard = new Map<string, Typist>();
    const stop = typing.watch((typist) => {
        const {integration, conversation_id, user_id} = typist;
        if (heard.size >= MOST) for (const [key, {until}] of heard) if (until <= now()) heard.delete(key);
        if (heard.size >= MOST) heard.clear();
        heard.set(`${integration.id}/${conversation_id}/${user_id}`, typist);
    });
    return {
        in(integration_id: string, conversation_id: string): {user_id: string; name: string; until: number}[] {
            const at = now();
            return [...heard.values()]
                .filter((one) => one.integration.id === integration_id && one.conversation_id === conversation_id && one.until > at)
                .map(({user_id, name, until}) => ({user_id, name, until}));
        },
        stop,
    };
}
