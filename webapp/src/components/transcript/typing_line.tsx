import React from 'react';
import {useOurs} from '../../hooks/useDesk.ts';
import {useNow} from '../../hooks/useNow.ts';
import {VISITOR} from '../../state/state.ts';
import type {Typing} from '../../types/bridge.ts';
import {useWords, Words} from '../words.tsx';

/** Who types just now. Its room is always there, so that nothing jumps. */
export function TypingLine({conversation_id, root_id, visitor}: {conversation_id: string; root_id: string; visitor: string}) {
    const words = useWords();
    const typing = useOurs((state) => state.typing);
    const here = Object.values(typing).filter((one) => one.conversation_id === conversation_id || one.conversation_id === root_id);
    const now = useNow(here.length > 0);
    const living = here.filter(({until}) => until > now);
    const names = living.map(({user_id, name}: Typing) => (user_id === VISITOR ? visitor || words('ireserve.visitor.unnamed') : name));
    return (
        <p className="IReserve__typing" role="status">
            {names.length > 0 && <Words id="ireserve.typing" values={{names: names.join(', ')}} />}
        </p>
    );
}
