import React, {type ReactNode, useId} from 'react';

export type Described = {id: string; 'aria-describedby'?: string; 'aria-invalid'?: true};

/** Label, control and help in Mattermost's own arrangement; what is wrong with it stands at it. */
export function Field({
    label,
    help,
    error,
    children,
}: {
    label: ReactNode;
    help?: ReactNode;
    error?: string | undefined;
    children: (described: Described) => ReactNode;
}) {
    const id = useId();
    const described = [error ? `${id}-error` : '', help ? `${id}-help` : ''].filter(Boolean).join(' ');
    return (
        <div className={`IRConsole__field${error ? ' wrong' : ''}`}>
            <label className="control-label" htmlFor={id}>
                {label}
            </label>
            <div>
                {children({id, ...(described ? {'aria-describedby': described} : {}), ...(error ? {'aria-invalid': true} : {})})}
                {error && (
                    <div id={`${id}-error`} className="IRConsole__error">
                        <i className="icon icon-alert-outline" aria-hidden="true" />
                        {error}
                    </div>
                )}
                {help && (
                    <div id={`${id}-help`} className="help-text">
                        {help}
                    </div>
                )}
            </div>
        </div>
    );
}

/** Fields of one matter, under a heading. */
export function Section({title, note, children, id}: {title: ReactNode; note?: ReactNode; children: ReactNode; id?: string}) {
    const own = useId();
    const heading = id ?? own;
    return (
        <section className="IRConsole__section" aria-labelledby={heading}>
            <h3 id={heading} tabIndex={-1}>
                {title}
            </h3>
            {note && <p className="help-text">{note}</p>}
            {children}
        </section>
    );
}
