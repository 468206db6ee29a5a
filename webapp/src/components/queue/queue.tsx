import React, {type KeyboardEvent, useEffect, useRef, useState} from 'react';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {useStableOrder} from '../../hooks/useStableOrder.ts';
import {VIEWS, type View} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {useWords, Words} from '../words.tsx';
import {QueueRow} from './queue_row.tsx';

const TYPED_MS = 250;

export function Queue() {
    const desk = useDesk();
    const words = useWords();
    const me = useOurs((state) => state.me);
    const view = useOurs((state) => state.view);
    return (
        <div className="IReserve__queue">
            <div className="IReserve__bar">
                <h2>{me?.integration.name ?? words('ireserve.queue.title')}</h2>
                {me?.integration.environment === 'test' && (
                    <span className="IReserve__badge test">
                        <Words id="ireserve.queue.test" />
                    </span>
                )}
            </div>
            <Tabs view={view} onChoose={(chosen) => void desk.queue.show(chosen, desk.state().search)} />
            <Search />
            <div role="tabpanel" id="ireserve-list" aria-labelledby={`ireserve-tab-${view}`} className="IReserve__list">
                <List view={view} />
            </div>
        </div>
    );
}

function Tabs({view, onChoose}: {view: View; onChoose: (view: View) => void}) {
    const words = useWords();
    const counts = useOurs((state) => state.counts);
    const bar = useRef<HTMLDivElement>(null);

    function onKeyDown({key}: KeyboardEvent): void {
        const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        const next = (VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length;
        onChoose(VIEWS[next] as View);
        bar.current?.querySelectorAll('button')[next]?.focus();
    }

    return (
        <div role="tablist" aria-label={words('ireserve.queue.views')} className="IReserve__tabs" ref={bar} onKeyDown={onKeyDown}>
            {VIEWS.map((one) => (
                <button
                    key={one}
                    type="button"
                    role="tab"
                    id={`ireserve-tab-${one}`}
                    aria-selected={one === view}
                    aria-controls="ireserve-list"
                    tabIndex={one === view ? 0 : -1}
                    onClick={() => onChoose(one)}
                >
                    <Words id={`ireserve.view.${one}`} />{' '}
                    {counts && <span className="IReserve__count">{counts[one] >= 1000 ? '999+' : counts[one]}</span>}
                </button>
            ))}
        </div>
    );
}

function Search() {
    const desk = useDesk();
    const words = useWords();
    const [text, setText] = useState(() => desk.state().search);
    useEffect(() => {
        if (text.trim() === desk.state().search) return;
        const timer = setTimeout(() => void desk.queue.show(desk.state().view, text.trim()), TYPED_MS);
        return () => clearTimeout(timer);
    }, [text, desk]);
    return (
        // biome-ignore lint/a11y/useSemanticElements: <search> is too new for some browsers that run Mattermost.
        <div role="search" className="IReserve__search">
            <input
                type="search"
                className="form-control"
                aria-label={words('ireserve.queue.search')}
                placeholder={words('ireserve.queue.search')}
                value={text}
                onChange={({target}) => setText(target.value)}
            />
        </div>
    );
}

function List({view}: {view: View}) {
    const desk = useDesk();
    const words = useWords();
    const list = useOurs((state) => state.list);
    const search = useOurs((state) => state.search);
    const hasFailed = useOurs((state) => state.connection.kind === 'failed');
    const [isHeld, setHeld] = useState(false);
    const ids = useStableOrder(list.ids, isHeld);
    if (ids.length === 0) {
        if (list.status === 'loading' && !hasFailed) {
            return (
                <p role="status" className="IReserve__empty">
                    <Words id="ireserve.loading" />
                </p>
            );
        }
        if (list.status !== 'ready') return list.error && !hasFailed ? <Failed onRetry={() => void desk.queue.load()} /> : null;
        return (
            <p className="IReserve__empty">
                {search ? <Words id="ireserve.queue.nothing_found" values={{search}} /> : <Words id={`ireserve.queue.empty.${view}`} />}
            </p>
        );
    }
    return (
        <>
            <ul
                aria-label={words('ireserve.queue.title')}
                onPointerEnter={() => setHeld(true)}
                onPointerLeave={() => setHeld(false)}
                onFocus={() => setHeld(true)}
                onBlur={() => setHeld(false)}
            >
                {ids.map((id) => (
                    <QueueRow key={id} id={id} />
                ))}
            </ul>
            {list.error && <Failed onRetry={() => void desk.queue.load()} />}
            {list.next_cursor && (
                <button
                    type="button"
                    className="btn btn-tertiary"
                    disabled={list.status === 'loading'}
                    onClick={() => void desk.queue.loadMore()}
                >
                    <Words id="ireserve.queue.more" />
                </button>
            )}
        </>
    );
}

function Failed({onRetry}: {onRetry: () => void}) {
    const error = useOurs((state) => state.list.error);
    return (
        <p role="alert" className="IReserve__notice error">
            {error && <Problem error={error} />}
            <button type="button" className="btn btn-tertiary btn-sm" onClick={onRetry}>
                <Words id="ireserve.connection.retry" />
            </button>
        </p>
    );
}
