/** What the visitor sent and i-Reserve has not confirmed: in order, repeated with the same client id until it is there. */
import {request} from './connection.js';

const AGAIN_MS = 3000;
let queue = [];
let busy = false;
let changed = () => undefined;
let ensureConversation = () => Promise.reject(new Error('not set up'));

export const outgoing = () => queue;

/** @param opener - opens the conversation when there is none yet; resolves with its id */
export function setUpOutgoing(opener, onChange) {
    ensureConversation = opener;
    changed = onChange;
    addEventListener('online', () => void flush());
}

export function enqueue(text, files) {
    const shown = files.map((file) => ({name: file.name, mime_type: file.type, size: file.size, url: URL.createObjectURL(file)}));
    const waiting = {client_id: crypto.randomUUID(), text, files: shown, uploads: files.map((file) => ({file, id: null}))};
    queue.push({...waiting, author: {type: 'visitor'}, at: Date.now(), state: 'sending', format: 'plain', edited: false, deleted: false});
    changed();
    void flush();
}

export function sendAgain(message) {
    message.state = 'sending';
    changed();
    void flush();
}

/** i-Reserve shows it now. */
export function confirmed(client_ids) {
    queue = queue.filter((message) => !client_ids.has(message.client_id));
}

export function forgetOutgoing() {
    queue = [];
}

export async function flush() {
    if (busy) return;
    busy = true;
    try {
        for (let next = first(); next; next = first()) {
            const answer = await send(next);
            if (answer.ok) next.state = 'sent';
            else next.state = 'failed';
            changed();
        }
    } catch {
        for (const message of queue) if (message.state === 'sending') message.state = 'waiting';
        changed();
        setTimeout(() => void flush(), AGAIN_MS);
    } finally {
        busy = false;
    }
}

const first = () => queue.find((message) => message.state === 'sending' || message.state === 'waiting');

async function send(message) {
    const conversation = await ensureConversation();
    for (const upload of message.uploads) {
        if (upload.id) continue;
        const type = upload.file.type || 'application/octet-stream';
        const response = await request('POST', `/${conversation}/files?name=${encodeURIComponent(upload.file.name)}`, upload.file, type);
        if (!response.ok) return response;
        upload.id = (await response.json()).id;
    }
    const file_ids = message.uploads.map((upload) => upload.id);
    return request('POST', `/${conversation}/messages`, {text: message.text, client_id: message.client_id, file_ids});
}
