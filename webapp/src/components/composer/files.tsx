import React, {useRef} from 'react';
import {MOST_FILES, type Uploads} from '../../hooks/useUploads.ts';
import type {DraftFile} from '../../state/drafts.ts';
import {useWords, Words} from '../words.tsx';

/** Files of the draft, and those still on their way to Mattermost. */
export function Files({uploads, files, onRemoved}: {uploads: Uploads; files: DraftFile[]; onRemoved: () => void}) {
    const words = useWords();
    const input = useRef<HTMLInputElement>(null);
    /** The button goes with its file: the focus does not. */
    const removing = (remove: () => void) => () => {
        remove();
        onRemoved();
    };
    return (
        <>
            {(files.length > 0 || uploads.running.length > 0) && (
                <ul aria-label={words('ireserve.files.name')}>
                    {files.map((file) => (
                        <li key={file.id}>
                            {file.name}
                            <Remove name={file.name} onClick={removing(() => uploads.remove(file))} />
                        </li>
                    ))}
                    {uploads.running.map((upload) => (
                        <li key={upload.number}>
                            {upload.name}{' '}
                            {upload.failed === null ? (
                                <progress value={upload.part} aria-label={words('ireserve.files.progress', {name: upload.name})} />
                            ) : (
                                <span role="alert" className="IReserve__failed">
                                    <Words id="ireserve.files.failed" values={{reason: upload.failed}} />
                                </span>
                            )}
                            <Remove name={upload.name} onClick={removing(() => uploads.dismiss(upload))} />
                        </li>
                    ))}
                </ul>
            )}
            {uploads.isOver && (
                <p role="alert" className="IReserve__soft">
                    <Words id="ireserve.files.too_many" values={{most: MOST_FILES}} />
                </p>
            )}
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
            </div>
        </>
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
