import React, {useCallback, useEffect, useMemo, useRef, useState} from 'react';
import {useIntl} from 'react-intl';
import {createRequests} from '../client/requests.ts';
import {nonce} from '../client/session.ts';
import {Words} from '../components/words.tsx';
import {useDesk} from '../hooks/useDesk.ts';
import {isDesktopApp, isHttps} from '../host.ts';
import {currentTeamId} from '../state/selectors.ts';
import {Access} from './access/access.tsx';
import {type Admin, createAdmin} from './admin.ts';
import type {Integration, Me} from './answers.ts';
import {Audit} from './audit/audit.tsx';
import {ConsoleContext, type ConsoleValue, type TabId} from './context.tsx';
import {Deliveries} from './deliveries/deliveries.tsx';
import {Integrations} from './integrations/integrations.tsx';
import {type Loaded, useLoaded} from './loaded.ts';
import {Log} from './log/log.tsx';
import {Overview} from './overview/overview.tsx';
import {onEnter} from './parts/controls.tsx';
import {NoConnection} from './parts/no_connection.tsx';
import {Tabs} from './parts/tabs.tsx';
import {UnsavedQuestion} from './parts/unsaved_question.tsx';
import {Privacy} from './privacy/privacy.tsx';
import {Routing} from './routing/routing.tsx';
import {createAdminSessions} from './session.ts';
import {ConsoleWords, useSay} from './words.tsx';
import './console.css';

/** System Console → Plugins → i-Reserve Conversations. Nothing is kept in Mattermost's own configuration: the bridge has it all. */
export function Console() {
    const desk = useDesk();
    const {locale} = useIntl();
    const admin = useMemo(() => {
        const {mattermost, store, fetch} = desk;
        const sessions = createAdminSessions({
            mattermost,
            team_id: () => currentTeamId(store.getState()),
            page: {isHttps, isDesktopApp},
            now: () => Date.now(),
            random: nonce,
        });
        return createAdmin(createRequests({fetch, sessions, language: locale}));
    }, [desk, locale]);
    return (
        <ConsoleWords>
            <Page admin={admin} />
        </ConsoleWords>
    );
}

type Beginning = {me: Me; integrations: Integration[]};

function Page({admin}: {admin: Admin}) {
    const begun: Loaded<Beginning> = useLoaded('begin', async () => {
        const [me, list] = await Promise.all([admin.me(), admin.integrations()]);
        if (!me.ok) return me;
        if (!list.ok) return list;
        return {ok: true, data: {me: me.data, integrations: list.data.items}};
    });
    const {data, error} = begun;
    return (
        // The System Console marks what is searched for by changing the page behind React's back; it leaves alone what has this class.
        // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps Enter to itself
        <div className="IRConsole ignore-marking" onKeyDown={onEnter(() => {})}>
            {error && <NoConnection error={error} isBusy={begun.isLoading} onAgain={() => void begun.reload()} />}
            {!data && !error && (
                <p role="status" className="IRConsole__loading">
                    <Words id="ireserve.loading" />
                </p>
            )}
            {data && <Inside admin={admin} beginning={data} reload={begun.reload} />}
        </div>
    );
}

function Inside({admin, beginning: {me, integrations}, reload}: {admin: Admin; beginning: Beginning; reload: () => Promise<void>}) {
    const say = useSay();
    const {store} = useDesk();
    const [tab, setTab] = useState<TabId>('overview');
    const [visit, setVisit] = useState({count: 0, delivery: null as number | null});
    const [name, setName] = useState('');
    const [told, setTold] = useState('');
    const [pending, setPending] = useState<(() => void) | null>(null);
    const unsaved = useRef(false);

    const setUnsaved = useCallback(
        (isUnsaved: boolean) => {
            unsaved.current = isUnsaved;
            // The System Console's own guard: it asks before it shows another of its pages.
            store.dispatch({type: 'SET_NAVIGATION_BLOCKED', blocked: isUnsaved});
        },
        [store],
    );
    useEffect(() => {
        const ask = (event: BeforeUnloadEvent) => unsaved.current && event.preventDefault();
        window.addEventListener('beforeunload', ask);
        return () => window.removeEventListener('beforeunload', ask);
    }, []);

    /** At once, or after the question. @returns whether at once */
    const leave = useCallback((go: () => void): boolean => {
        if (unsaved.current) setPending(() => go);
        else go();
        return !unsaved.current;
    }, []);
    const open = useCallback((next: TabId, delivery: number | null) => {
        setTab(next);
        setVisit(({count}) => ({count: count + 1, delivery}));
    }, []);
    const chosen = integrations.find((one) => one.name === name) ?? integrations[0] ?? null;
    const tell = useCallback((text: string) => setTold((before) => (before === text ? `${text}\u200b` : text)), []);
    const show = useCallback<ConsoleValue['show']>(
        (next, {delivery = null} = {}) => {
            leave(() => {
                open(next, delivery);
                // What was pressed is gone.
                setTimeout(() => document.getElementById(`ireserve-tab-${next}`)?.focus());
            });
        },
        [leave, open],
    );
    const value = useMemo<ConsoleValue>(
        () => ({
            admin,
            me,
            mayWrite: me.scope === 'write',
            integrations,
            chosen,
            choose: (given) => void (given !== chosen?.name && leave(() => setName(given))),
            reload,
            tell,
            setUnsaved,
            show,
        }),
        [admin, me, integrations, chosen, reload, tell, setUnsaved, leave, show],
    );
    return (
        <ConsoleContext.Provider value={value}>
            <p className="sr-only" role="status">
                {told}
            </p>
            {pending && (
                <UnsavedQuestion
                    onStay={() => setPending(null)}
                    onLeave={() => {
                        setPending(null);
                        unsaved.current = false;
                        pending();
                    }}
                />
            )}
            {me.scope === 'read' && <p className="IRConsole__notice waiting">{say('ireserve.console.refused.read_only')}</p>}
            <Tabs tab={tab} onTab={(next) => leave(() => open(next, null))}>
                {tab === 'overview' && <Overview />}
                {tab === 'integrations' && <Integrations />}
                {tab === 'routing' && <Routing />}
                {tab === 'log' && <Log />}
                {tab === 'deliveries' && <Deliveries key={visit.count} asked={visit.delivery} />}
                {tab === 'audit' && <Audit />}
                {tab === 'access' && <Access />}
                {tab === 'privacy' && <Privacy />}
            </Tabs>
        </ConsoleContext.Provider>
    );
}
