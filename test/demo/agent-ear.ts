/** Hears what an agent's own client would hear: whether a new post pings this agent. Over the WebSocket, as on the real server. */

export type AgentEar = {
    /** Ids of posts that came with a mention of this agent. */
    mentionedIn: ReadonlySet<string>;
    /** Ids of all posts heard: proof that the ear works. */
    heard: ReadonlySet<string>;
    close: () => void;
};

/** @throws Error when the server does not greet within five seconds */
export async function listenAsAgent(url: string, token: string): Promise<AgentEar> {
    const user_id = await idOf(url, token);
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v4/websocket`);
    const mentionedIn = new Set<string>();
    const heard = new Set<string>();
    const greeted = Promise.withResolvers<void>();
    const tooLate = setTimeout(() => greeted.reject(new Error('Mattermost’s WebSocket did not greet the agent.')), 5000);
    socket.addEventListener('error', () => greeted.reject(new Error('Mattermost’s WebSocket could not be opened.')));
    socket.addEventListener('open', () => {
        socket.send(JSON.stringify({seq: 1, action: 'authentication_challenge', data: {token}}));
    });
    socket.addEventListener('message', ({data}) => {
        const {event, data: facts = {}} = JSON.parse(String(data)) as {event?: string; data?: {post?: string; mentions?: string}};
        if (event === 'hello') greeted.resolve();
        if (event !== 'posted' || !facts.post) return;
        const {id} = JSON.parse(facts.post) as {id: string};
        heard.add(id);
        // 11.x names only the receiver, older servers name everybody who was mentioned.
        if (facts.mentions && (JSON.parse(facts.mentions) as string[]).includes(user_id)) mentionedIn.add(id);
    });
    try {
        await greeted.promise;
    } catch (error) {
        socket.close();
        throw error;
    } finally {
        clearTimeout(tooLate);
    }
    return {mentionedIn, heard, close: () => socket.close()};
}

async function idOf(url: string, token: string): Promise<string> {
    const response = await fetch(`${url}/api/v4/users/me`, {headers: {authorization: `Bearer ${token}`}});
    if (!response.ok) throw new Error(`Mattermost answered ${response.status} to the agent’s token.`);
    return ((await response.json()) as {id: string}).id;
}
