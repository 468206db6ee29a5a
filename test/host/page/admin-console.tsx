/** The System Console's page of one plugin: only its own settings components, saved nowhere; in one theme, whatever the admin's, and with no team open. */
import React, {type ComponentType, type ReactNode, useEffect, useState} from 'react';
import {useDispatch, useSelector} from 'react-redux';
import {markFound} from './mark-found.ts';
import {Boundary} from './pluggable.tsx';
import {get} from './server.ts';
import type {HostState} from './state.ts';
import {applyTheme, DENIM} from './themes.ts';

type Setting = {key: string; type: string; display_name?: string; help_text?: string};
type Manifest = {id: string; name: string; settings_schema?: {header?: string; footer?: string; settings?: Setting[]}};

export function AdminConsole({pluginId}: {pluginId: string}): ReactNode {
    const own = useSelector((state: HostState) => state.plugins.adminConsoleCustomComponents[pluginId]) ?? {};
    const general = useSelector((state: HostState) => state.entities.general);
    const [manifest, setManifest] = useState<Manifest | null>(null);
    const [saves, setSaves] = useState(0);
    const [values, setValues] = useState<Record<string, unknown>>({});
    const dispatch = useDispatch();
    useEffect(() => {
        applyTheme(DENIM);
        dispatch({type: 'SELECT_TEAM', data: ''});
    }, [dispatch]);
    useEffect(() => {
        void get<{active: Manifest[]}>('/plugins').then(({active}) => setManifest(active.find(({id}) => id === pluginId) ?? null));
    }, [pluginId]);
    if (!manifest) return <main className="admin-console">…</main>;
    const settings = manifest.settings_schema?.settings ?? [];
    return (
        <div className="admin-console">
            <AdminSidebar />
            <main className="wrapper--fixed">
                <div className="admin-console__header">
                    <h1>{manifest.name}</h1>
                </div>
                <div className="admin-console__wrapper">
                    <div className="admin-console__content">
                        {/* One form around all settings, as there. */}
                        <form
                            className="form-horizontal"
                            onSubmit={(event) => {
                                event.preventDefault();
                                setSaves((count) => count + 1);
                            }}
                        >
                            {settings.map(({key, type, display_name, help_text}) => {
                                const found = own[key.toLowerCase()];
                                if (type !== 'custom' || !found) return null;
                                const {showTitle} = found.options as {showTitle: boolean};
                                const shown = React.createElement(found.component as ComponentType<Record<string, unknown>>, {
                                    id: `PluginSettings.Plugins.${pluginId.replaceAll('.', '+')}.${key.toLowerCase()}`,
                                    label: display_name,
                                    helpText: help_text,
                                    value: values[key],
                                    disabled: false,
                                    config: {},
                                    license: general.license,
                                    setByEnv: false,
                                    onChange: (_id: string, value: unknown) => setValues((all) => ({...all, [key]: value})),
                                    registerSaveAction: () => undefined,
                                    unRegisterSaveAction: () => undefined,
                                    setSaveNeeded: () => undefined,
                                    cancelSubmit: () => undefined,
                                    showConfirm: false,
                                });
                                return (
                                    <div key={key}>
                                        {showTitle && <h2>{display_name}</h2>}
                                        <Boundary pluginId={pluginId}>{shown}</Boundary>
                                    </div>
                                );
                            })}
                        </form>
                    </div>
                </div>
                <div className="admin-console-save" data-saves={saves}>
                    <button type="button" className="btn btn-primary" disabled>
                        Save
                    </button>
                </div>
            </main>
        </div>
    );
}

/** Other pages of the System Console; its links ask first when a page has said that something is not saved. */
function AdminSidebar(): ReactNode {
    const isBlocked = useSelector((state: HostState) => state.views.admin.navigationBlock.blocked);
    const [isAsking, setAsking] = useState(false);
    return (
        <nav className="admin-sidebar" aria-label="System Console">
            <strong>System Console</strong>
            <input type="search" placeholder="Find settings" aria-label="Find settings" onChange={({target}) => markFound(target.value)} />
            {['Environment', 'Site Configuration', 'Integrations'].map((name) => (
                <button key={name} type="button" className="style--none" onClick={() => setAsking(isBlocked)}>
                    {name}
                </button>
            ))}
            <strong>Plugins</strong>
            <button type="button" className="style--none active">
                i-Reserve Conversations
            </button>
            {isAsking && <p role="alertdialog">Discard Changes?</p>}
        </nav>
    );
}
