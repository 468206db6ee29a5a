import React, {type ReactNode} from 'react';
import type {BridgeError} from '../../client/requests.ts';
import {Explanation} from '../../components/panel/connection_notice.tsx';
import {Words} from '../../components/words.tsx';
import type {Loaded} from '../loaded.ts';
import {Say} from '../words.tsx';
import {Button} from './controls.tsx';

const KNOWN = [
    'bridge_wide',
    'changed_meanwhile',
    'invalid_request',
    'needs_unbound',
    'not_an_admin',
    'not_available',
    'other_bot',
    'other_server',
    'read_only',
    'switched_off',
    'too_many_requests',
    'unreadable',
] as const;

/**
 * In our words where we have some, in the bridge's otherwise, which knows the admin's language too; code and detail are for whoever is asked for help.
 *
 * @param atField whether what is wrong with it is said there already
 */
export function Refusal({
    error,
    onReload,
    atField = () => false,
}: {
    error: BridgeError;
    onReload?: () => Promise<void>;
    atField?: (path: string) => boolean;
}) {
    const known = KNOWN.find((code) => code === error.code);
    const elsewhere = error.code === 'invalid_request' ? (error.errors ?? []).filter(({path}) => !atField(path)) : [];
    return (
        <div className="IRConsole__notice bad" role="alert">
            <i className="icon icon-alert-outline" aria-hidden="true" />
            <div>
                {error.failure && <Explanation failure={error.failure} />}
                {!error.failure && known && <Say id={`ireserve.console.refused.${known}`} />}
                {!error.failure && !known && (
                    <span>
                        {error.title ? `${error.title}.` : error.detail || <Say id="ireserve.console.refused.other" />} {error.next}
                    </span>
                )}
                {!error.failure && <code className="IRConsole__problem">{error.code}</code>}
                {!error.failure && !known && error.title && error.detail && <p className="help-text">{error.detail}</p>}
                {elsewhere.map(({path, message}) => (
                    <p key={path}>{`${path}: ${message}`}</p>
                ))}
                {error.code === 'changed_meanwhile' && onReload && (
                    <Button onPress={() => void onReload()}>
                        <Say id="ireserve.console.refresh" />
                    </Button>
                )}
            </div>
        </div>
    );
}

/** What is loaded, or why not, with a way to try again. What was there before stays to be seen. */
export function Whether<T>({loaded, children}: {loaded: Loaded<T>; children: (data: T) => ReactNode}) {
    const {data, error, isLoading} = loaded;
    return (
        <>
            {error && (
                <div className="IRConsole__again">
                    <Refusal error={error} />
                    <Button isBusy={isLoading} onPress={() => void loaded.reload()}>
                        <Words id="ireserve.connection.retry" />
                    </Button>
                </div>
            )}
            {data === null && !error && (
                <p role="status" className="IRConsole__loading">
                    <Words id="ireserve.loading" />
                </p>
            )}
            {data !== null && children(data)}
        </>
    );
}

export function Nothing({children}: {children: ReactNode}) {
    return <p className="IRConsole__nothing">{children}</p>;
}
