/** The REST API and the event stream, as one signed-in person. */
export function createClient(token) {
    const call = async (method, path, body, headers = {}) => {
        const response = await fetch(`/api/v4${path}`, {
            method,
            headers: {Authorization: `Bearer ${token}`, ...headers},
            body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
        });
        const answer = await response.json().catch(() => ({message: `no JSON, status ${response.status}`}));
        if (!response.ok) {
            throw new Error(answer.message ?? `status ${response.status}`);
        }
        return answer;
    };
    return {
        get: (path) => call('GET', path),
        post: (path, body) => call('POST', path, body),
        /** a URL for an <img>, which cannot send a header by itself */
        async picture(fileId) {
            const response = await fetch(`/api/v4/files/${fileId}`, {headers: {Authorization: `Bearer ${token}`}});
            return response.ok ? URL.createObjectURL(await response.blob()) : undefined;
        },
        async download(fileId, name) {
            const response = await fetch(`/api/v4/files/${fileId}?download=1`, {headers: {Authorization: `Bearer ${token}`}});
            const link = document.createElement('a');
            link.href = URL.createObjectURL(await response.blob());
            link.download = name;
            link.click();
            URL.revokeObjectURL(link.href);
        },
    };
}

const RETRY_MS = 1000;

/** Listens for good: after every break it connects anew and says so, because events may have been lost. */
export function listen(token, onEvent, onState) {
    let socket;
    let stopped = false;
    const connect = () => {
        socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v4/websocket`);
        socket.onopen = () => socket.send(JSON.stringify({seq: 1, action: 'authentication_challenge', data: {token}}));
        socket.onmessage = ({data}) => {
            const event = JSON.parse(data);
            if (event.event === 'hello') {
                onState('connected');
            } else if (event.event !== undefined) {
                onEvent(event);
            }
        };
        socket.onclose = () => {
            if (!stopped) {
                onState('reconnecting…');
                setTimeout(connect, RETRY_MS);
            }
        };
    };
    connect();
    return () => {
        stopped = true;
        socket.close();
    };
}
