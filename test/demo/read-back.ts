/** Reads what really stands in Mattermost, over REST v4 only: the same for the double and a real server. */

export type ReadPost = {
    id: string;
    root_id: string;
    channel_id: string;
    message: string;
    create_at: number;
    edit_at: number;
    file_ids: string[];
    files: {id: string; name: string; mime_type: string}[];
};

export type Reader = {
    channelPosts: (channel_id: string) => Promise<ReadPost[]>;
    /** The root and its replies, oldest first. */
    thread: (root_id: string) => Promise<ReadPost[]>;
    fileBytes: (file_id: string) => Promise<Buffer>;
    /** With a root, its replies go too. */
    remove: (post_id: string) => Promise<void>;
    channelName: (channel_id: string) => Promise<string>;
    username: () => Promise<string>;
};

/** @param url - base address of the Mattermost server */
export function createReader(url: string, token: string): Reader {
    const call = (path: string, method = 'GET') => callMattermost(url, token, path, method);
    const json = async (path: string): Promise<unknown> => (await call(path)).json();

    return {
        channelPosts: async (channel_id) => postsOf(await json(`/channels/${channel_id}/posts?per_page=60`)),
        thread: async (root_id) => postsOf(await json(`/posts/${root_id}/thread`)),
        fileBytes: async (file_id) => Buffer.from(await (await call(`/files/${file_id}`)).arrayBuffer()),
        remove: async (post_id) => void (await call(`/posts/${post_id}`, 'DELETE')),
        channelName: async (channel_id) => ((await json(`/channels/${channel_id}`)) as {display_name: string}).display_name,
        username: async () => ((await json('/users/me')) as {username: string}).username,
    };
}

async function callMattermost(url: string, token: string, path: string, method: string): Promise<Response> {
    const response = await fetch(`${url}/api/v4${path}`, {
        method,
        headers: {authorization: `Bearer ${token}`},
        signal: AbortSignal.timeout(15_000),
    }).catch((error: unknown) => {
        throw new Error(`Mattermost at ${url} does not answer: ${reasonOf(error)}`);
    });
    if (response.ok) return response;
    const {message = ''} = (await response.json().catch(() => ({}))) as {message?: string};
    throw new Error(`Mattermost answered ${response.status} to ${method} ${path}: ${message}`);
}

function reasonOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}

type RawPost = Omit<ReadPost, 'files' | 'file_ids'> & {file_ids?: string[]; delete_at: number; metadata?: {files?: ReadPost['files']}};

/** `order` of a thread is not chronological: the time is. */
function postsOf(list: unknown): ReadPost[] {
    return Object.values((list as {posts: Record<string, RawPost>}).posts)
        .filter(({delete_at}) => delete_at === 0)
        .map((post) => ({...post, file_ids: post.file_ids ?? [], files: post.metadata?.files ?? []}))
        .sort((a, b) => a.create_at - b.create_at);
}
