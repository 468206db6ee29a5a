import React, {useEffect} from 'react';
import {Since} from '../../components/time.tsx';
import type {HealthOf, Overview as OverviewAnswer} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useLoaded} from '../loaded.ts';
import {Button, Copyable} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {Guide} from '../parts/guide.tsx';
import {Nothing, Whether} from '../parts/refusal.tsx';
import {Environment, OnDay, Status, When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';
import {Checklist} from './checklist.tsx';
import {Comparison} from './comparison.tsx';
import {Hops} from './hops.tsx';
import {KillSwitchSection} from './kill_switch.tsx';
import {RoundTrip} from './round_trip.tsx';

const AGAIN_MS = 10_000;

/** Whether everything works, and what to do where it does not. */
export function Overview() {
    const {admin} = useConsole();
    const loaded = useLoaded('overview', admin.overview);
    const {reload} = loaded;
    useEffect(() => {
        const timer = setInterval(() => document.visibilityState === 'visible' && void reload(), AGAIN_MS);
        return () => clearInterval(timer);
    }, [reload]);
    return (
        <Whether loaded={loaded}>
            {(overview) => (
                <>
                    <KillSwitchSection
                        given={overview.kill_switch}
                        onChanged={(kill_switch) => {
                            loaded.set({...overview, kill_switch});
                            // Every hop's state is another now.
                            void reload();
                        }}
                    />
                    {overview.integrations.length === 0 && (
                        <Nothing>
                            <Say id="ireserve.console.integrations.none" />
                        </Nothing>
                    )}
                    {overview.integrations.map((health) => (
                        <Health key={health.id} health={health} />
                    ))}
                    <About overview={overview} />
                </>
            )}
        </Whether>
    );
}

function Health({health}: {health: HealthOf}) {
    const {show, choose} = useConsole();
    const heading = `ireserve-health-${health.id}`;
    return (
        <section className="IRConsole__section IRConsole__card" aria-labelledby={heading}>
            <div className="IRConsole__row">
                <h3 id={heading}>{health.name}</h3>
                <Environment is={health.environment} />
                <Status is={health.health} />
                {health.state !== 'active' && <Status is={health.state} />}
            </div>
            <p className="help-text">
                <Say id="ireserve.console.overview.of" values={{licence: health.licence, server: health.server_url}} />
            </p>
            <Hops health={health} />
            <p className="IRConsole__row">
                <span>
                    <Say id="ireserve.console.overview.queue" values={{queued: health.queued, dead: health.dead}} />
                    {health.oldest_queued_at !== null && (
                        <>
                            {' · '}
                            <Say id="ireserve.console.overview.oldest" values={{ago: <Since at={health.oldest_queued_at} />}} />
                        </>
                    )}
                </span>
                {health.queued + health.dead > 0 && (
                    <Button
                        onPress={() => {
                            choose(health.name);
                            show('deliveries');
                        }}
                    >
                        <Say id="ireserve.console.overview.show_queue" />
                    </Button>
                )}
            </p>
            <Standing health={health} />
            <Checklist integration={health.name} environment={health.environment} />
            <RoundTrip integration={health.name} />
            <Comparison integration={health.name} />
        </section>
    );
}

/** Notices that last until somebody mends them, and secrets that are about to end. */
function Standing({health: {notices, secrets_expiring}}: {health: HealthOf}) {
    const say = useSay();
    return (
        <>
            {notices.map(({code, subject, detail, since, next}) => (
                <div key={`${code} ${subject}`} className="IRConsole__notice bad">
                    <i className="icon icon-alert-outline" aria-hidden="true" />
                    <div>
                        <p>
                            {detail} <code>{code}</code>
                        </p>
                        <p>
                            <strong>{say('ireserve.console.mend')}</strong> {next}
                        </p>
                        <p className="help-text">
                            <Say id="ireserve.console.since" values={{when: <When at={since} />}} />
                        </p>
                    </div>
                </div>
            ))}
            {secrets_expiring.map(({secret, expires_at}) => (
                <div key={`${secret} ${expires_at}`} className="IRConsole__notice waiting">
                    <i className="icon icon-clock-outline" aria-hidden="true" />
                    <div>
                        <Say
                            id="ireserve.console.overview.expires"
                            values={{secret: <code>{secret}</code>, when: <OnDay at={expires_at} />}}
                        />
                    </div>
                </div>
            ))}
        </>
    );
}

function About({overview: {version, public_url, started_at, database}}: {overview: OverviewAnswer}) {
    const say = useSay();
    return (
        <Section title={<Say id="ireserve.console.overview.bridge" />}>
            <dl className="IRConsole__facts">
                <dt>{say('ireserve.console.overview.version')}</dt>
                <dd>{version}</dd>
                <dt>{say('ireserve.console.overview.running')}</dt>
                <dd>
                    <Since at={started_at} />
                </dd>
                <dt>{say('ireserve.console.overview.database')}</dt>
                <dd>
                    {database.kind} <Status is={database.writable ? 'good' : 'bad'} />
                </dd>
                <dt>{say('ireserve.console.overview.address')}</dt>
                <dd>
                    <Copyable text={public_url} label={say('ireserve.console.overview.address')} />
                </dd>
            </dl>
            <p>
                <Guide />
            </p>
        </Section>
    );
}
