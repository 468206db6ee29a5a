/** Replies that are sent often; all agents of the integration share them. */
import type {BridgeError} from '../client/bridge.ts';
import type {Canned, CannedInput} from '../types/bridge.ts';
import type {Context} from './context.ts';

export function createCanned({bridge, state, change, noticed}: Context) {
    /** @returns why they could not be had; what is known already stays */
    async function load(): Promise<BridgeError | null> {
        const answer = await bridge.canned();
        if (!answer.ok) {
            noticed(answer.error);
            return answer.error;
        }
        change({type: 'canned', canned: answer.data.items});
        return null;
    }

    function put(id: string | null, saved: Canned | null): void {
        const others = (state().canned ?? []).filter((one) => one.id !== id);
        const all = saved ? [...others, saved] : others;
        change({type: 'canned', canned: all.sort((a, b) => a.title.localeCompare(b.title))});
    }

    return {
        load,
        /** @param id of the one to change; null adds one */
        async save(id: string | null, input: CannedInput): Promise<BridgeError | null> {
            const answer = id === null ? await bridge.addCanned(input) : await bridge.changeCanned(id, input);
            if (answer.ok) put(id, answer.data);
            else noticed(answer.error);
            return answer.ok ? null : answer.error;
        },
        /** That somebody else was faster is just as well. */
        async remove(id: string): Promise<BridgeError | null> {
            const answer = await bridge.removeCanned(id);
            if (!answer.ok && answer.error.status !== 404) {
                noticed(answer.error);
                return answer.error;
            }
            put(id, null);
            return null;
        },
        /** Shows where they are kept; what was shown is gone back to. */
        manage(): void {
            const {shown} = state();
            if (shown.kind === 'conversation') change({type: 'shown', shown: {kind: 'canned', back: shown}});
        },
    };
}
