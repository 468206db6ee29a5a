import React, {type RefObject} from 'react';
import {Button} from '../parts/controls.tsx';
import {Say, useSay} from '../words.tsx';
import type {Problem} from './problems.ts';

/** Each with its line as it stands in the document; a press puts the cursor there. */
export function Problems({problems, text, box}: {problems: Problem[]; text: string; box: RefObject<HTMLTextAreaElement | null>}) {
    const say = useSay();
    const lines = text.split('\n');
    function goTo(line: number): void {
        const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
        const area = box.current;
        if (!area) return;
        area.focus();
        area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
        // Browsers do not show by themselves what was selected by a script.
        area.scrollTop = (area.scrollHeight / lines.length) * (line - 3);
        area.scrollIntoView?.({block: 'center'});
    }
    return (
        <div className="IRConsole__notice bad" role="alert">
            <i className="icon icon-alert-outline" aria-hidden="true" />
            <div>
                <p tabIndex={-1}>{say('ireserve.console.exchange.problems', {count: problems.length})}</p>
                <ol className="IRConsole__problems">
                    {problems.map(({line, path, message}) => (
                        <li key={`${line} ${path} ${message}`}>
                            <div className="IRConsole__row">
                                {line !== null && (
                                    <Button onPress={() => goTo(line)}>
                                        <Say id="ireserve.console.exchange.line" values={{line}} />
                                    </Button>
                                )}
                                <span>
                                    {path && <code>{path}</code>} {message}
                                </span>
                            </div>
                            {line !== null && <Excerpt lines={lines} line={line} />}
                        </li>
                    ))}
                </ol>
            </div>
        </div>
    );
}

/** The line, and its neighbours. */
function Excerpt({lines, line}: {lines: string[]; line: number}) {
    const first = Math.max(1, line - 1);
    return (
        <pre className="IRConsole__excerpt">
            {lines.slice(first - 1, line + 1).map((text, index) => {
                const number = first + index;
                const row = `${String(number).padStart(4)}  ${text}\n`;
                return number === line ? <mark key={number}>{row}</mark> : <span key={number}>{row}</span>;
            })}
        </pre>
    );
}
