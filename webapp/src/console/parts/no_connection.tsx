import React from 'react';
import type {BridgeError} from '../../client/requests.ts';
import {Explanation} from '../../components/panel/connection_notice.tsx';
import {Words} from '../../components/words.tsx';
import {Say} from '../words.tsx';
import {Button} from './controls.tsx';
import {Guide} from './guide.tsx';

const REFUSED = ['bad_answer', 'no_channel', 'not_an_admin', 'not_available'] as const;

/** Before there is anything to show: what is wrong, and what exactly mends it. */
export function NoConnection({error, isBusy, onAgain}: {error: BridgeError; isBusy: boolean; onAgain: () => void}) {
    const {failure} = error;
    const code = failure?.kind === 'refused' ? failure.code : error.code;
    const refused = REFUSED.find((one) => one === code);
    return (
        <div className="IRConsole__notice bad" role="alert">
            <i className="icon icon-alert-outline" aria-hidden="true" />
            <div>
                {refused && <Say id={`ireserve.console.no.${refused}`} />}
                {!refused && failure && (
                    <>
                        {failure.kind !== 'command_missing' && (
                            <p>
                                <Explanation failure={failure} />
                            </p>
                        )}
                        {failure.kind === 'command_missing' && <Say id="ireserve.console.no.command_missing" />}
                        {failure.kind === 'bridge_unreachable' && (
                            <Say id={`ireserve.console.no.${failure.why}`} values={{url: failure.url}} />
                        )}
                    </>
                )}
                {!refused && !failure && (
                    <span>
                        {error.detail || <Say id="ireserve.console.refused.other" />} {error.next} <code>{code}</code>
                    </span>
                )}
                <div className="IRConsole__buttons">
                    <Button isBusy={isBusy} onPress={onAgain}>
                        <Words id="ireserve.connection.retry" />
                    </Button>
                    <Guide />
                </div>
            </div>
        </div>
    );
}
