/** Mattermost's REST API, as much as the panel uses; with the browser's own log-in. */
import type {Post} from '@mattermost/types/posts';
import type {UserProfile} from '@mattermost/types/users';
import {fields, listOf, orNull, type Read, text, thing} from '../types/read.ts';

/** Mattermost refused, or (id '') did not answer at all. */
export class MattermostError extends Error {
    readonly id: string;
    readonly status: number;
    constructor(message: string, id = '', status = 0) {
        super(message);
        this.id = id;
        this.status = status;
    }
}

export type Person = {id: string; username: string; name: string};
export type Known = {id: string; name: string; is_bot: boolean; picture_at: number};
export type UploadedFile = {id: string; name: string};
export type NewPost = {
    channel_id: string;
    root_id: string;
    message: string;
    file_ids: string[];
    intent: 'reply' | 'note';
    pending_post_id: string;
};

export type MattermostOptions = {fetch: typeof fetch; siteUrl: () => string; csrfToken: () => string};
export type Mattermost = ReturnType<typeof createMattermost>;

const Failure = fields({id: orNull(text), message: orNull(text)});
const Uploaded = fields({file_infos: listOf(fields({id: text, name: text}))});

/** Posts are the host's own; only what we rely on is looked at. */
const readPost: Read<Post> = (value) => {
    const post = thing(value);
    text(post.id);
    text(post.message);
    return post as Post;
};

export function nameOf(user: UserProfile): string {
    return [user.first_name, user.last_name].filter(Boolean).join(' ') || user.nickname || user.username;
}

export const knownOf = (user: UserProfile): Known => ({
    id: user.id,
    name: nameOf(user),
    is_bot: user.is_bot === true,
    picture_at: user.last_picture_update ?? 0,
});

export function createMattermost({fetch, siteUrl, csrfToken}: MattermostOptions) {
    const headers = () => ({'X-Requested-With': 'XMLHttpRequest', 'X-CSRF-Token': csrfToken()});

    async function call<T>(method: string, path: string, read: Read<T>, body?: unknown): Promise<T> {
        const response = await fetch(`${siteUrl()}/api/v4${path}`, {
            method,
            credentials: 'include',
            headers: {...headers(), ...(body === undefined ? {} : {'Content-Type': 'application/json'})},
            ...(body === undefined ? {} : {body: JSON.stringify(body)}),
        }).catch((error: unknown) => {
            throw new MattermostError(String(error));
        });
        const answer: unknown = await response.json().catch(() => null);
        if (!response.ok) throw failure(answer, response.status);
        try {
            return read(answer);
        } catch (error) {
            throw new MattermostError(`unreadable: ${String(error)}`, 'unreadable', response.status);
        }
    }

    return {
        /** @returns the whole answer of what stands behind the command; nothing is shown or posted by the web app */
        executeCommand: (command: string, channel_id: string, team_id: string): Promise<Record<string, unknown>> =>
            call('POST', '/commands/execute', thing, {command, channel_id, team_id}),

        /** The root and all its replies. */
        getPostThread: (root_id: string): Promise<Post[]> =>
            call('GET', `/posts/${root_id}/thread`, (value) => Object.values(thing(thing(value).posts)).map(readPost)),

        createPost: ({intent, ...post}: NewPost): Promise<Post> =>
            call('POST', '/posts', readPost, {...post, props: {ireserve_intent: intent}}),

        deletePost: (post_id: string): Promise<unknown> => call('DELETE', `/posts/${post_id}`, thing),

        /** Ids of the teams I am in. */
        myTeams: async (): Promise<string[]> => (await call('GET', '/users/me/teams', listOf(fields({id: text})))).map(({id}) => id),

        /** Any channel of the team that I am in. */
        async findChannel(team_id: string): Promise<string | null> {
            const channels = await call('GET', `/users/me/teams/${team_id}/channels`, listOf(fields({id: text, team_id: text})));
            return channels.find((channel) => channel.team_id === team_id)?.id ?? null;
        },

        getPeople: async (ids: readonly string[]): Promise<Known[]> =>
            ((await call('POST', '/users/ids', listOf(thing), ids)) as unknown as UserProfile[]).map(knownOf),

        /** Members of a channel whose name begins so; all of them (the first hundred) without a name. */
        async findMembers(channel_id: string, term: string): Promise<Person[]> {
            const path = `/users?in_channel=${channel_id}&active=true&per_page=100`;
            const users = term
                ? await call('POST', '/users/search', listOf(thing), {term, in_channel_id: channel_id, limit: 25})
                : await call('GET', path, listOf(thing));
            return (users as unknown as (UserProfile & {is_bot?: boolean})[])
                .filter(({is_bot, delete_at}) => !is_bot && !delete_at)
                .map((user) => ({id: user.id, username: user.username, name: nameOf(user)}));
        },

        /** By XMLHttpRequest: fetch tells no progress of uploads. */
        uploadFile(channel_id: string, file: File, onProgress: (part: number) => void, signal?: AbortSignal): Promise<UploadedFile> {
            return new Promise((resolve, reject) => {
                const request = new XMLHttpRequest();
                request.open('POST', `${siteUrl()}/api/v4/files?channel_id=${channel_id}`);
                for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
                request.upload.onprogress = ({loaded, total}) => onProgress(total ? loaded / total : 0);
                signal?.addEventListener('abort', () => request.abort());
                request.onabort = () => reject(new MattermostError('given up'));
                request.onerror = () => reject(new MattermostError('the upload broke off'));
                request.onload = () => {
                    const answer = jsonOf(request.responseText);
                    if (request.status !== 201) return reject(failure(answer, request.status));
                    try {
                        const [uploaded] = Uploaded(answer).file_infos;
                        if (uploaded) return resolve(uploaded);
                    } catch {
                        // Told below.
                    }
                    reject(new MattermostError('unreadable', 'unreadable', request.status));
                };
                const form = new FormData();
                form.append('files', file, file.name);
                request.send(form);
            });
        },
    };
}

function failure(answer: unknown, status: number): MattermostError {
    let told: {id: string | null; message: string | null} = {id: null, message: null};
    try {
        told = Failure(answer);
    } catch {
        // A proxy's page; the status has to do.
    }
    return new MattermostError(told.message ?? `status ${status}`, told.id ?? `status_${status}`, status);
}

function jsonOf(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return null;
    }
}
