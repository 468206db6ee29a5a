/** Parsed JSON of whatever shape: fields can be followed to any depth, and compared or put into a path at the end. */
export type Loose = {readonly [field: string]: Loose};

/** A bare REST client: it never throws on a status, because statuses are what the contract is about. */
export type Answer = {
    readonly status: number;
    readonly headers: Headers;
    /** the body as it came */
    readonly text: string;
    /** the body as JSON, an empty object when it is none */
    readonly json: Loose;
};

export type Client = {
    readonly userId: string;
    readonly username: string;
    readonly token: string;
    get(path: string, headers?: Record<string, string>): Promise<Answer>;
    post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
    put(path: string, body?: unknown): Promise<Answer>;
    delete(path: string): Promise<Answer>;
    /** sends a body as it is */
    send(method: string, path: string, body: BodyInit, headers?: Record<string, string>): Promise<Answer>;
};

/** Paths start after `/api/v4`. An empty token sends no `Authorization`. */
export function createClient(url: string, token: string, who: {id: string; username: string} = {id: '', username: ''}): Client {
    const send = async (method: string, path: string, body: BodyInit | undefined, headers: Record<string, string>): Promise<Answer> => {
        const authorization: Record<string, string> = token === '' ? {} : {Authorization: `Bearer ${token}`};
        const response = await fetch(`${url}/api/v4${path}`, {
            method,
            headers: {...authorization, ...headers},
            ...(body === undefined ? {} : {body}),
        });
        const bytes = Buffer.from(await response.arrayBuffer());
        const text = bytes.toString('utf8');
        return {status: response.status, headers: response.headers, text, json: parsed(text)};
    };
    const asJson = (body: unknown): string | undefined => (body === undefined ? undefined : JSON.stringify(body));
    return {
        userId: who.id,
        username: who.username,
        token,
        get: (path, headers = {}) => send('GET', path, undefined, headers),
        post: (path, body, headers = {}) => send('POST', path, asJson(body), headers),
        put: (path, body) => send('PUT', path, asJson(body), {}),
        delete: (path) => send('DELETE', path, undefined, {}),
        send: (method, path, body, headers = {}) => send(method, path, body, headers),
    };
}

function parsed(text: string): Loose {
    try {
        return JSON.parse(text);
    } catch {
        return {};
    }
}
