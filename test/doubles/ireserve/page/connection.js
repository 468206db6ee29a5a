/** The page's line to i-Reserve: plain requests out, server-sent events in. Knows whether it is up. */
const listeners = {snapshot: [], message: [], conversation: [], typing: [], line: []};
let source = null;
let up = true;

export const on = (kind, listener) => listeners[kind].push(listener);
const tell = (kind, data) => {
    for (const listener of listeners[kind]) listener(data);
};

function lineIs(now) {
    if (now === up) return;
    up = now;
    tell('line', up);
}

/** @throws {TypeError} when there is no connection; an answer of any status is returned. */
export async function request(method, path, content, type = 'application/json') {
    const options = {method};
    if (content !== undefined) {
        options.headers = {'content-type': type};
        options.body = type === 'application/json' ? JSON.stringify(content) : content;
    }
    try {
        const response = await fetch(`/api/conversations${path}`, options);
        if (response.status >= 500) throw new TypeError(`status ${response.status}`);
        return response;
    } catch (error) {
        lineIs(false);
        throw error;
    }
}

/** Listens to a conversation until `hangUp`. EventSource reconnects by itself, and then begins with a fresh snapshot. */
export function listen(id) {
    hangUp();
    source = new EventSource(`/api/conversations/${id}/live`);
    source.onopen = () => lineIs(true);
    source.onerror = () => {
        lineIs(false);
        // A server that restarted answers 404, which ends an EventSource for good.
        if (source?.readyState === EventSource.CLOSED) setTimeout(() => tell('line', 'ask'), 2000);
    };
    for (const kind of ['snapshot', 'message', 'conversation', 'typing']) {
        source.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data)));
    }
}

export function hangUp() {
    source?.close();
    source = null;
}

addEventListener('offline', () => lineIs(false));
addEventListener('online', () => {
    if (source?.readyState === EventSource.OPEN) lineIs(true);
});
