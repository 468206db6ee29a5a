import type {FileInfo} from '@mattermost/types/files';
import type {Post} from '@mattermost/types/posts';
import React, {useState} from 'react';
import {useHost} from '../../hooks/useDesk.ts';
import {siteUrl} from '../../host.ts';
import {knownFiles} from '../../state/selectors.ts';
import {Words} from '../words.tsx';

/** Files of a post: pictures where they can be shown, the others to fetch. All are Mattermost's own copies. */
export function Attachments({post}: {post: Post}) {
    const known = useHost(knownFiles);
    const files = post.metadata?.files ?? (post.file_ids ?? []).flatMap((id) => known[id] ?? []);
    const isMissing = files.length === 0 && (post.file_ids?.length ?? 0) > 0;
    if (isMissing) {
        return (
            <p className="IReserve__soft">
                <Words id="ireserve.files.count" values={{count: post.file_ids?.length ?? 0}} />
            </p>
        );
    }
    if (files.length === 0) return null;
    return (
        <ul className="IReserve__files">
            {files.map((file) => (
                <li key={file.id}>
                    <Attachment file={file} />
                </li>
            ))}
        </ul>
    );
}

function Attachment({file}: {file: FileInfo}) {
    // Mattermost says there is one before it has made it, which it can't of what is no picture.
    const [hasPreview, setPreview] = useState(file.has_preview_image);
    const address = `${siteUrl()}/api/v4/files/${file.id}`;
    if (hasPreview && file.mime_type !== 'image/svg+xml') {
        return (
            <a href={address} target="_blank" rel="noopener noreferrer">
                <img src={`${address}/preview`} alt={file.name} loading="lazy" onError={() => setPreview(false)} {...shrunk(file)} />
            </a>
        );
    }
    return (
        <a href={`${address}?download=1`} download={file.name}>
            <i className="icon icon-file-generic-outline" aria-hidden="true" /> {file.name}{' '}
            <span className="IReserve__soft">{sizeOf(file.size)}</span>
        </a>
    );
}

const WIDEST = 240;

/** Known before the picture is there, so that nothing jumps when it comes. */
function shrunk({width, height}: FileInfo): {width?: number; height?: number} {
    if (!width || !height) return {};
    const scale = Math.min(1, WIDEST / width);
    return {width: Math.round(width * scale), height: Math.round(height * scale)};
}

function sizeOf(bytes: number): string {
    if (bytes < 1000) return `${bytes} B`;
    return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
