/** Parts of the panel that few need, or seldom: a script of their own, loaded when they are first shown, so that not every user downloads them. */
import React, {type ComponentType, createElement, useEffect, useState} from 'react';
import manifest from '../../plugin.json';
import {Words} from './components/words.tsx';

declare const __webpack_public_path__: string;

/** The address of another file of the plugin's folder. The server lets browsers keep it for a year, hence the version. */
export const beside = (name: string): string => `${__webpack_public_path__}${name}?${manifest.version}`;

/** Can be asked for before it is shown; it is loaded once. */
export type Later<P> = ComponentType<P> & {load(): Promise<void>};

/**
 * @param load `() => import('./part.tsx').then(({Part}) => Part)`; webpack makes a script of it
 * @returns the component; until it is there it says so, and when it can't be had it offers to try again
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
    let part: ComponentType<P> | undefined;
    const loadOnce = async (): Promise<void> => {
        part ??= await load();
    };

    function Part(props: P) {
        const [state, setState] = useState<'loading' | 'ready' | 'failed'>(part ? 'ready' : 'loading');
        useEffect(() => {
            if (state !== 'loading') return;
            let isShown = true;
            loadOnce().then(
                () => isShown && setState('ready'),
                () => isShown && setState('failed'),
            );
            return () => {
                isShown = false;
            };
        }, [state]);
        if (part) return createElement(part, props);
        if (state === 'loading') {
            return (
                <p role="status" className="IReserve__soft">
                    <Words id="ireserve.loading" />
                </p>
            );
        }
        return (
            <p role="alert" className="IReserve__notice error">
                <Words id="ireserve.later.failed" />
                <button type="button" className="btn btn-tertiary btn-sm" onClick={() => setState('loading')}>
                    <Words id="ireserve.connection.retry" />
                </button>
            </p>
        );
    }
    return Object.assign(Part, {load: loadOnce});
}
