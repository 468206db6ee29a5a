import React, {useRef} from 'react';
import type {Uploads} from '../../hooks/useUploads.ts';
import type {DraftFile} from '../../state/drafts.ts';
import {useWords, Words} from '../words.tsx';

/** Files of the draft, and those still on their way to Mattermost. */
export function Files({uploads, files}: {uploads: Uploads; files: DraftFile[]}) {
    const words = useWords();
    const input = useRef<HTMLInputElement>(null);
    return (
        <div className="IReserve__attach">
            <button
                type="button"
                className="btn btn-tertiary btn-sm"
                aria-label={words('ireserve.files.attach')}
                title={words('ireserve.files.attach')}
                onClick={() => input.current?.click()}
            >
                <i className="icon icon-paperclip" aria-hidden="true" />
            </button>
            <input
                ref={input}
                type="file"
                multiple={true}
                hidden={true}
                aria-label={words('ireserve.files.attach')}
                onChange={({target}) => {
                    uploads.add([...(target.files ?? [])]);
                    target.value = '';
                }}
            />
            {(files.length > 0 || uploads.running.length > 0) && (
                <ul aria-label={words('ireserve.files.name')}>
                    {files.map((file) => (
                        <li key={file.id}>
                            {file.name}
                            <Remove name={file.name} onClick={() => uploads.remove(file)} />
                        </li>
                    ))}
                    {uploads.running.map((upload) => (
                        <li key={upload.number}>
                            {upload.name}{' '}
                            {upload.failed ? (
                                <span role="alert" className="IReserve__failed">
                                    <Words id="ireserve.files.failed" />
                                </span>
                            ) : (
                                <progress value={upload.part} aria-label={words('ireserve.files.progress', {name: upload.name})} />
                            )}
                            {upload.failed && <Remove name={upload.name} onClick={() => uploads.dismiss(upload)} />}
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

function Remove({name, onClick}: {name: string; onClick: () => void}) {
    const words = useWords();
    return (
        <button type="button" className="btn btn-icon btn-sm" aria-label={words('ireserve.files.remove', {name})} onClick={onClick}>
            <i className="icon icon-close" aria-hidden="true" />
        </button>
    );
}
