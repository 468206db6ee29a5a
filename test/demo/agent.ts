/** An agent at work in Mattermost, over REST v4 only: the same for the double and a real server. */

export type DemoAgent = {
    say: (message: string, file?: {name: string; bytes: Uint8Array}) => Promise<string>;
    edit: (post_id: string, message: string) => Promise<void>;
    /** Presses a button of the root post. */
    press: (action: string) => Promise<void>;
    reactions: (post_id: string) => Promise<string[]>;
};

export function createAgent(url: string, token: string, {channel_id, root_id}: {channel_id: string; root_id: string}): DemoAgent {
    const call = async (method: string, path: string, body?: BodyInit | object): Promise<unknown> => {
        const raw = body instanceof Uint8Array || typeof body === 'string';
        const response = await fetch(`${url}/api/v4${path}`, {
            method,
            headers: {authorization: `Bearer ${token}`, ...(raw || body === undefined ? {} : {'content-type': 'application/json'})},
            ...(body === undefined ? {} : {body: raw ? (body as BodyInit) : JSON.stringify(body)}),
            signal: AbortSignal.timeout(15_000),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`Mattermost answered ${response.status} to the agent’s ${method} ${path}: ${text.slice(0, 200)}`);
        return text === '' ? null : JSON.parse(text);
    };
    return {
        async say(message, file) {
            const file_ids: string[] = [];
            if (file) {
                const path = `/files?channel_id=${channel_id}&filename=${encodeURIComponent(file.name)}`;
                const uploaded = (await call('POST', path, file.bytes as BodyInit)) as {file_infos: {id: string}[]};
                file_ids.push(...uploaded.file_infos.map(({id}) => id));
            }
            return ((await call('POST', '/posts', {channel_id, root_id, message, file_ids})) as {id: string}).id;
        },
        async edit(post_id, message) {
            await call('PUT', `/posts/${post_id}/patch`, {message});
        },
        async press(action) {
            await call('POST', `/posts/${root_id}/actions/${action}`, {});
        },
        async reactions(post_id) {
            const list = (await call('GET', `/posts/${post_id}/reactions`)) as {emoji_name: string}[] | null;
            return (list ?? []).map(({emoji_name}) => emoji_name);
        },
    };
}
