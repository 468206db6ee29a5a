/** REST v4 as a browser speaks it: the log-in is an HttpOnly cookie, so everything that changes something has to bring the CSRF token. */

export class ServerError extends Error {
    readonly id: string;
    readonly status: number;
    constructor({id = '', message = '', status}: {id?: string; message?: string; status: number}) {
        super(message || `status ${status}`);
        this.id = id;
        this.status = status;
    }
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const csrf = /(?:^|; *)MMCSRF=([^;]*)/.exec(document.cookie)?.[1];
    const response = await fetch(`/api/v4${path}`, {
        method,
        credentials: 'include',
        headers: {'X-Requested-With': 'XMLHttpRequest', ...(method !== 'GET' && csrf ? {'X-CSRF-Token': csrf} : {})},
        ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new ServerError({...answer, status: response.status});
    return answer as T;
}

export const get = <T>(path: string): Promise<T> => call('GET', path);
export const post = <T>(path: string, body: unknown): Promise<T> => call('POST', path, body);
