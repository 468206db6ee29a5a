import React from 'react';

const isPlain = (value: unknown): value is string | number | boolean =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
const titleOf = (name: string): string => name.replaceAll('_', ' ');

/** What another part of the bridge reports, whatever shape it has: names and values, lists as lists. */
export function ReportView({value}: {value: unknown}) {
    if (value === null || value === undefined || value === '') return <span>–</span>;
    if (isPlain(value)) return <span>{String(value)}</span>;
    if (Array.isArray(value)) {
        return value.length === 0 ? (
            <span>–</span>
        ) : (
            <ul className="IRConsole__report">
                {value.map((one: unknown, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a report does not change
                    <li key={index}>
                        <ReportView value={one} />
                    </li>
                ))}
            </ul>
        );
    }
    return (
        <dl className="IRConsole__report">
            {Object.entries(value).map(([name, one]) => (
                <div key={name}>
                    <dt>{titleOf(name)}</dt>
                    <dd>
                        <ReportView value={one} />
                    </dd>
                </div>
            ))}
        </dl>
    );
}
