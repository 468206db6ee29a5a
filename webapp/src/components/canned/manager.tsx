import React, {useEffect, useRef, useState} from 'react';
import type {BridgeError} from '../../client/bridge.ts';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {search} from '../../state/canned.ts';
import type {Shown} from '../../state/state.ts';
import {MoreWords} from '../more_words.tsx';
import {Problem} from '../problem.tsx';
import {Words as PanelWords, useWords as usePanelWords} from '../words.tsx';
import {Entry} from './entry.tsx';
import {Form} from './form.tsx';
import {useWords, Words, wordsIn} from './words.ts';
import './canned.css';

type Props = {shown: Extract<Shown, {kind: 'canned'}>};

/** All canned replies: adding, changing and deleting them. */
export function CannedManager({shown}: Props) {
    return (
        <MoreWords wordsIn={wordsIn}>
            <Manager shown={shown} />
        </MoreWords>
    );
}

type Done = {id: 'ireserve.canned.changed' | 'ireserve.canned.deleted'; title: string};

/** So many fit on a screen: more are searched. */
const FEW = 6;

function Manager({shown}: Props) {
    const desk = useDesk();
    const words = useWords();
    const panelWords = usePanelWords();
    const heading = useRef<HTMLHeadingElement>(null);
    const all = useOurs((state) => state.canned);
    const name = useOurs((state) => state.me?.integration.name ?? '');
    const [error, setError] = useState<BridgeError | null>(null);
    const [term, setTerm] = useState('');
    /** The one that is changed; null is a new one. */
    const [changing, setChanging] = useState<string | null | undefined>(undefined);
    const [done, setDone] = useState<Done | null>(null);
    const load = () => desk.canned.load().then(setError);
    useEffect(() => {
        heading.current?.focus();
        void desk.canned.load().then(setError);
    }, [desk]);
    const found = search(all ?? [], term.trim());

    function finish(what: Done | null): void {
        setChanging(undefined);
        setDone(what);
        heading.current?.focus();
    }

    return (
        <div className="IReserve__queue">
            <div className="IReserve__bar">
                <button
                    type="button"
                    className="btn btn-tertiary btn-sm"
                    onClick={() => void desk.conversations.open(shown.back.conversation_id, shown.back.root_id, {focus: 'composer'})}
                >
                    <i className="icon icon-chevron-left" aria-hidden="true" />
                    <Words id="ireserve.canned.back" />
                </button>
            </div>
            <div className="IReserveCanned">
                <h2 ref={heading} tabIndex={-1}>
                    <PanelWords id="ireserve.canned.name" />
                </h2>
                <p className="IReserve__soft">
                    <Words id="ireserve.canned.shared" values={{name}} />
                </p>
                <p role="status">{done && <Words id={done.id} values={{title: done.title}} />}</p>
                {error && (
                    <p role="alert" className="IReserve__notice error">
                        <Problem error={error} />
                        <button type="button" className="btn btn-tertiary btn-sm" onClick={() => void load()}>
                            <PanelWords id="ireserve.connection.retry" />
                        </button>
                    </p>
                )}
                {!all && !error && (
                    <p role="status" className="IReserve__empty">
                        <PanelWords id="ireserve.loading" />
                    </p>
                )}
                {changing === null && (
                    <Form reply={null} onDone={(title) => finish({id: 'ireserve.canned.changed', title})} onCancel={() => finish(null)} />
                )}
                {all && changing !== null && (
                    <div>
                        <button type="button" className="btn btn-primary btn-sm" onClick={() => setChanging(null)}>
                            <i className="icon icon-plus" aria-hidden="true" />
                            <Words id="ireserve.canned.add" />
                        </button>
                    </div>
                )}
                {all && (all.length > FEW || term) && (
                    <input
                        type="search"
                        className="form-control"
                        aria-label={words('ireserve.canned.search')}
                        placeholder={words('ireserve.canned.search')}
                        value={term}
                        onChange={({target}) => setTerm(target.value)}
                    />
                )}
                {all && all.length === 0 && changing === undefined && (
                    <p className="IReserve__empty">
                        <Words id="ireserve.canned.empty" />
                    </p>
                )}
                {all && all.length > 0 && found.length === 0 && (
                    <p role="status" className="IReserve__empty">
                        <Words id="ireserve.canned.nothing_found" values={{term}} />
                    </p>
                )}
                {found.length > 0 && (
                    <ul aria-label={panelWords('ireserve.canned.name')}>
                        {found.map((one) =>
                            one.id === changing ? (
                                <li key={one.id}>
                                    <Form
                                        reply={one}
                                        onDone={(title) => finish({id: 'ireserve.canned.changed', title})}
                                        onCancel={() => finish(null)}
                                    />
                                </li>
                            ) : (
                                <Entry
                                    key={one.id}
                                    reply={one}
                                    onEdit={() => setChanging(one.id)}
                                    onDeleted={() => finish({id: 'ireserve.canned.deleted', title: one.title})}
                                />
                            ),
                        )}
                    </ul>
                )}
            </div>
        </div>
    );
}
