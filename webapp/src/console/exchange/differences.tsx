import React from 'react';
import {type FieldChange, type ImportReport, SECRETS} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {KINDS} from '../integrations/fields.ts';
import {CheckList} from '../parts/check_list.tsx';
import {Environment, Status} from '../parts/status.tsx';
import {type ConsoleWord, Say, useSay} from '../words.tsx';

/** Of each integration what would change, old and new. */
export function Differences({report: {changed, integrations}}: {report: ImportReport}) {
    const say = useSay();
    return (
        <div className="IRConsole__part IRConsole__differences">
            <h4 tabIndex={-1}>
                <Say id="ireserve.console.exchange.plan" />
            </h4>
            <p className="help-text">{say(changed ? 'ireserve.console.exchange.dry' : 'ireserve.console.exchange.nothing')}</p>
            {integrations.map((one) => (
                <Difference key={one.name} {...one} />
            ))}
        </div>
    );
}

/** What does not work in Mattermost with it: no reason to refuse it, but one to look. */
export const Warnings = ({of: {warnings}}: {of: ImportReport['integrations'][number]}) =>
    warnings && warnings.length > 0 ? (
        <CheckList checks={warnings.map(({check, text, next}) => ({name: check, is: 'warning', text, next}))} />
    ) : null;

function Difference(one: ImportReport['integrations'][number]) {
    const {name, change, fields} = one;
    const say = useSay();
    const known = useConsole().integrations.find((one) => one.name === name);
    return (
        <div className="IRConsole__part">
            <div className="IRConsole__row">
                <strong>{name}</strong>
                {known && <Environment is={known.environment} />}
                <Status is={change} />
            </div>
            {fields.length > 0 && (
                <table className="IRConsole__table">
                    <caption className="sr-only">{name}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{say('ireserve.console.exchange.setting')}</th>
                            <th scope="col">{say('ireserve.console.exchange.now')}</th>
                            <th scope="col">{say('ireserve.console.exchange.then')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {fields.map((field) => (
                            <Row key={field.field} field={field} />
                        ))}
                    </tbody>
                </table>
            )}
            <Warnings of={one} />
        </div>
    );
}

function Row({field: {field, change, before, after}}: {field: FieldChange}) {
    const say = useSay();
    const isSecret = field.startsWith('secrets.');
    const old = isSecret ? listed(before) : [];
    return (
        <tr>
            <th scope="row">
                <SettingName field={field} /> <Status is={change === 'removed' ? 'default' : change} />
            </th>
            <td data-label={say('ireserve.console.exchange.now')}>
                {isSecret ? <Masked ids={old} known={old} /> : <Value value={before} />}
            </td>
            <td data-label={say('ireserve.console.exchange.then')}>
                {isSecret ? <Masked ids={listed(after)} known={old} /> : <Value value={after} />}
            </td>
        </tr>
    );
}

function SettingName({field}: {field: string}) {
    const say = useSay();
    const own = field.replace(/^(config|secrets)\./, '');
    const id: ConsoleWord | null =
        field === 'state'
            ? 'ireserve.console.section.state'
            : field === 'config.routing'
              ? 'ireserve.console.tab.routing'
              : field.startsWith('secrets.') && SECRETS.some((name) => name === own)
                ? (`ireserve.console.secret.${own}` as ConsoleWord)
                : field.startsWith('config.') && own in KINDS
                  ? (`ireserve.console.field.${own}` as ConsoleWord)
                  : null;
    return id === null ? <code>{field}</code> : say(id);
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** How many, and whether they are new: the bridge tells no more. */
function Masked({ids, known}: {ids: unknown[]; known: unknown[]}) {
    if (ids.length === 0) return <>–</>;
    return (
        <ul>
            {ids.map((id) => (
                <li key={String(id)}>
                    <code>••••</code> {!known.includes(id) && <Say id="ireserve.console.exchange.new" />}
                </li>
            ))}
        </ul>
    );
}

function Value({value}: {value: unknown}) {
    const say = useSay();
    const text = typeof value === 'string' ? value : Array.isArray(value) && value.every(isText) ? value.join('\n') : undefined;
    if (value === undefined || value === null || text === '' || isEmpty(value)) return <>–</>;
    if (typeof value === 'boolean') return <>{say(value ? 'ireserve.console.yes' : 'ireserve.console.no')}</>;
    return <code className="IRConsole__value">{text ?? JSON.stringify(value, null, 1)}</code>;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isEmpty = (value: unknown): boolean => typeof value === 'object' && Object.keys(value as object).length === 0;
