import React, {useEffect, useState} from 'react';
import {useConsole} from '../context.tsx';
import {Button, Choice, TextInput} from '../parts/controls.tsx';
import {Say, useSay} from '../words.tsx';

export const NO_FILTERS = {integration: '', search: '', direction: '', level: '', code: '', conversation: '', since: '', until: ''};
export type LogFilters = typeof NO_FILTERS;

const PAUSE_MS = 300;

export function Filters({given, onFilters}: {given: LogFilters; onFilters: (filters: LogFilters) => void}) {
    const say = useSay();
    const {integrations} = useConsole();
    const [typed, setTyped] = useState(given);
    useEffect(() => {
        const timer = setTimeout(() => onFilters(typed), PAUSE_MS);
        return () => clearTimeout(timer);
    }, [typed, onFilters]);
    const all = say('ireserve.console.all');
    const box = (name: 'search' | 'code' | 'conversation') => (
        <label>
            <span>{say(`ireserve.console.log.${name}`)}</span>
            <TextInput type="search" value={typed[name]} onValue={(value) => setTyped({...typed, [name]: value})} />
        </label>
    );
    const moment = (name: 'since' | 'until') => (
        <label>
            <span>{say(`ireserve.console.log.${name}`)}</span>
            <input
                className="form-control"
                type="datetime-local"
                value={typed[name]}
                onChange={({target}) => setTyped({...typed, [name]: target.value})}
            />
        </label>
    );
    const choice = (name: 'integration' | 'direction' | 'level', options: {value: string; text: string}[]) => (
        <label>
            <span>{say(`ireserve.console.log.${name}`)}</span>
            <Choice
                value={typed[name]}
                options={[{value: '', text: all}, ...options]}
                onValue={(value) => setTyped({...typed, [name]: value})}
            />
        </label>
    );
    const isAny = Object.values(typed).some((value) => value !== '');
    return (
        <search className="IRConsole__filters">
            {box('search')}
            {choice(
                'integration',
                integrations.map(({name}) => ({value: name, text: name})),
            )}
            {choice('direction', [
                {value: 'to-mattermost', text: say('ireserve.console.direction.to-mattermost')},
                {value: 'to-ireserve', text: say('ireserve.console.direction.to-ireserve')},
            ])}
            {choice('level', [
                {value: 'warn', text: say('ireserve.console.log.level.warn')},
                {value: 'error', text: say('ireserve.console.log.level.error')},
            ])}
            {box('conversation')}
            {box('code')}
            {moment('since')}
            {moment('until')}
            <div>
                <Button disabled={!isAny} onPress={() => setTyped(NO_FILTERS)}>
                    <Say id="ireserve.console.log.clear" />
                </Button>
            </div>
        </search>
    );
}
