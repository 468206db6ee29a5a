/** Where plugins' components appear, each inside a boundary of its own. */
import React, {Component, type ComponentType, type ReactNode} from 'react';
import {useSelector} from 'react-redux';
import type {HostState, Registered} from './state.ts';

export class Boundary extends Component<{pluginId: string; children: ReactNode}, {failed: boolean}> {
    override state = {failed: false};
    static getDerivedStateFromError() {
        return {failed: true};
    }
    override componentDidCatch(error: unknown) {
        console.error(`A component of ${this.props.pluginId} threw`, error);
    }
    override render() {
        return this.state.failed ? (
            <div className="plugin-error" role="alert">
                An error occurred in the {this.props.pluginId} plugin.
            </div>
        ) : (
            this.props.children
        );
    }
}

const NONE: Registered[] = [];
export const useRegistered = (name: string): Registered[] => useSelector((state: HostState) => state.plugins.components[name]) ?? NONE;

export function Pluggable({name, only, ...given}: {name: string; only?: string} & Record<string, unknown>) {
    const all = useRegistered(name).filter(({id}) => only === undefined || id === only);
    return (
        <>
            {all.map(({id, pluginId, component}) => (
                <Boundary key={id} pluginId={pluginId}>
                    {React.createElement(component as ComponentType<Record<string, unknown>>, given)}
                </Boundary>
            ))}
        </>
    );
}

/** A text, an element, or a component: plugins may give any of them. */
export function words(given: unknown): ReactNode {
    if (typeof given === 'function') return React.createElement(given as ComponentType);
    return given as ReactNode;
}
