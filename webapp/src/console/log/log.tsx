import React, {useEffect, useRef, useState} from 'react';
import {openStream} from '../../client/stream.ts';
import {attempt} from '../../types/read.ts';
import type {Query} from '../admin.ts';
import {LogEntry} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Button} from '../parts/controls.tsx';
import {Nothing, Refusal, Whether} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';
import {Entry} from './entry.tsx';
import {Filters, type LogFilters, NO_FILTERS} from './filters.tsx';

const PAGE = 50;
/** So many stay on the page while it is followed. */
const MOST = 500;

/** The integration log: every attempt, and everything refused, ignored or worth a look. Newest first. */
export function Log() {
    const say = useSay();
    const {admin, chosen} = useConsole();
    const [filters, setFilters] = useState<LogFilters>({...NO_FILTERS, integration: chosen?.name ?? ''});
    const [isFollowing, setFollowing] = useState(false);
    const [trouble, setTrouble] = useState(false);
    const {since, until, ...rest} = filters;
    const query: Query = {...rest, since: since && new Date(since).toISOString(), until: until && new Date(until).toISOString()};
    const key = JSON.stringify(query);
    const loaded = useLoaded(key, () => admin.log({...query, limit: PAGE}));
    const more = useAction();
    const current = useRef(loaded);
    current.current = loaded;

    useEffect(() => {
        if (!isFollowing) return;
        const {since: _since, until: _until, ...wanted} = JSON.parse(key) as Query;
        const stream = openStream({
            open: (lastId, signal) => admin.followLog(wanted, lastId, signal),
            onEvent({event, data}) {
                const entry = event === 'entry' ? attempt(LogEntry, data) : undefined;
                const list = current.current.data;
                if (!entry || !list || list.items.some(({id}) => id === entry.id)) return;
                current.current.set({...list, items: [entry, ...list.items].slice(0, MOST)});
            },
            async onResync() {
                await current.current.reload();
                return current.current.error === null;
            },
            onLive: (live) => setTrouble(live === 'down'),
            now: () => Date.now(),
            random: Math.random,
        });
        return () => stream.stop();
    }, [isFollowing, key, admin]);

    async function older(): Promise<void> {
        const list = loaded.data;
        if (!list?.next_cursor) return;
        const answer = await more.run(() => admin.log({...query, limit: PAGE, cursor: list.next_cursor}));
        if (answer) loaded.set({...answer.data, items: [...list.items, ...answer.data.items]});
    }
    return (
        <>
            <Filters given={filters} onFilters={setFilters} />
            <div className="IRConsole__row IRConsole__bar">
                <Button aria-pressed={isFollowing} onPress={() => setFollowing(!isFollowing)}>
                    <i className={`icon icon-${isFollowing ? 'pause' : 'play'}`} aria-hidden="true" />
                    <Say id="ireserve.console.log.follow" />
                </Button>
                <Button isBusy={loaded.isLoading} onPress={() => void loaded.reload()}>
                    <i className="icon icon-refresh" aria-hidden="true" />
                    <Say id="ireserve.console.refresh" />
                </Button>
                <span role="status">
                    {isFollowing && <Say id={trouble ? 'ireserve.console.log.trouble' : 'ireserve.console.log.following'} />}
                </span>
            </div>
            <Whether loaded={loaded}>
                {({items, next_cursor}) => (
                    <div className="IRConsole__section">
                        {items.length === 0 && (
                            <Nothing>
                                <Say id="ireserve.console.log.none" />
                            </Nothing>
                        )}
                        <ol className="IRConsole__log" aria-label={say('ireserve.console.tab.log')}>
                            {items.map((entry) => (
                                <Entry key={entry.id} entry={entry} />
                            ))}
                        </ol>
                        {more.error && <Refusal error={more.error} />}
                        {next_cursor && (
                            <Button isBusy={more.isBusy} onPress={() => void older()}>
                                <Say id="ireserve.console.older" />
                            </Button>
                        )}
                    </div>
                )}
            </Whether>
        </>
    );
}
