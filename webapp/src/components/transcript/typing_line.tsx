import React from 'react';
import {useOurs} from '../../hooks/useDesk.ts';
import {useNow} from '../../hooks/useNow.ts';
import {VISITOR} from '../../state/state.ts';
import {useWords, Words} from '../words.tsx';

/** Whether the visitor types just now; colleagues who do are told of at the composer. Its room is always there, so that nothing jumps. */
export function TypingLine({conversation_id, root_id, visitor}: {conversation_id: string; root_id: string; visitor: string}) {
    const words = useWords();
    const typing = useOurs((state) => state.typing);
    const here = Object.values(typing).filter(
        (one) => one.user_id === VISITOR && (one.conversation_id === conversation_id || one.conversation_id === root_id),
    );
    const now = useNow(here.length > 0);
    return (
        <p className="IReserve__typing" role="status">
            {here.some(({until}) => until > now) && (
                <Words id="ireserve.typing" values={{names: visitor || words('ireserve.visitor.unnamed')}} />
            )}
        </p>
    );
}
