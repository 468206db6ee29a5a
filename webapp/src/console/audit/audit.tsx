import React, {useEffect, useState} from 'react';
import type {AuditEntry} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Button, Choice, TextInput} from '../parts/controls.tsx';
import {Nothing, Refusal, Whether} from '../parts/refusal.tsx';
import {ReportView} from '../parts/report.tsx';
import {When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

const PAGE = 50;
const PAUSE_MS = 300;
const NO_FILTERS = {integration: '', who: '', action: ''};

/** Who changed what, and when. */
export function Audit() {
    const say = useSay();
    const {admin, integrations} = useConsole();
    const [typed, setTyped] = useState(NO_FILTERS);
    const [filters, setFilters] = useState(NO_FILTERS);
    useEffect(() => {
        const timer = setTimeout(() => setFilters(typed), PAUSE_MS);
        return () => clearTimeout(timer);
    }, [typed]);
    const loaded = useLoaded(JSON.stringify(filters), () => admin.audit({...filters, limit: PAGE}));
    const more = useAction();
    async function older(): Promise<void> {
        const {data} = loaded;
        if (!data?.next_cursor) return;
        const answer = await more.run(() => admin.audit({...filters, limit: PAGE, cursor: data.next_cursor}));
        if (answer) loaded.set({...answer.data, items: [...data.items, ...answer.data.items]});
    }
    return (
        <>
            <search className="IRConsole__filters">
                <label>
                    <span>{say('ireserve.console.log.integration')}</span>
                    <Choice
                        value={typed.integration}
                        options={[
                            {value: '', text: say('ireserve.console.all')},
                            ...integrations.map(({name}) => ({value: name, text: name})),
                        ]}
                        onValue={(integration) => setTyped({...typed, integration})}
                    />
                </label>
                <label>
                    <span>{say('ireserve.console.audit.who')}</span>
                    <TextInput type="search" value={typed.who} onValue={(who) => setTyped({...typed, who})} />
                </label>
                <label>
                    <span>{say('ireserve.console.audit.action')}</span>
                    <TextInput type="search" value={typed.action} onValue={(action) => setTyped({...typed, action})} />
                </label>
            </search>
            <Whether loaded={loaded}>
                {({items, next_cursor}) => (
                    <div className="IRConsole__section">
                        {items.length === 0 && (
                            <Nothing>
                                <Say id="ireserve.console.audit.none" />
                            </Nothing>
                        )}
                        <ol className="IRConsole__log" aria-label={say('ireserve.console.tab.audit')}>
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

function Entry({entry: {at, who, action, integration, subject, before, after}}: {entry: AuditEntry}) {
    const say = useSay();
    return (
        <li>
            <details>
                <summary>
                    <When at={at} seconds />
                    <strong>{who.name}</strong>
                    <span>
                        <code>{action}</code> {integration ?? say('ireserve.console.audit.bridge')} {subject !== integration && subject}
                    </span>
                </summary>
                <dl className="IRConsole__facts">
                    <dt>{say('ireserve.console.audit.by')}</dt>
                    <dd>{`${who.kind}: ${who.name}`}</dd>
                    <dt>{say('ireserve.console.audit.before')}</dt>
                    <dd>
                        <ReportView value={before} />
                    </dd>
                    <dt>{say('ireserve.console.audit.after')}</dt>
                    <dd>
                        <ReportView value={after} />
                    </dd>
                </dl>
            </details>
        </li>
    );
}
