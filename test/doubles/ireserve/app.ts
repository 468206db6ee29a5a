/** The double's HTTP face: the visitor's site, its API, files, callbacks, and the page that sends sample notifications. */
import {fileURLToPath} from 'node:url';
import express, {type Express} from 'express';
import type {CallbackFault, CallbackFaults} from './callback-faults.ts';
import type {CallbackReceiver} from './callbacks.ts';
import type {Conversations} from './conversations.ts';
import type {Files} from './files.ts';
import type {Presence} from './presence.ts';
import {SAMPLE_NOTIFICATIONS} from './sample-notifications.ts';
import {visitorApi} from './visitor-api.ts';
import type {Webchat} from './webchat.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));
/** The page of notifications tells what became of them, not only that they were accepted. */
const NOTIFICATION_WAIT_S = 3;
const SHOWN_INLINE = /^image\/(png|jpeg|gif|webp|avif)$/;

type Parts = {
    conversations: Conversations;
    files: Files;
    webchat: Webchat;
    presence: Presence;
    callbacks: CallbackReceiver;
    faults: CallbackFaults;
    stopping: AbortSignal;
};

export function createApp(parts: Parts): Express {
    const app = express();
    app.disable('x-powered-by');
    app.use((_request, response, next) => {
        response.set({
            'x-content-type-options': 'nosniff',
            // A visitor's upload must never run as a page of this site.
            'content-security-policy':
                "default-src 'self'; img-src 'self' data: blob: http: https:; style-src 'self'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        });
        next();
    });

    app.post('/callbacks', express.raw({type: () => true, limit: '50mb'}), parts.callbacks.handle);
    app.use('/api', notificationsApi(parts), visitorApi(parts));

    app.get('/files/:id/:name', (request, response) => {
        const file = parts.files.get(request.params.id);
        if (!file) return void response.status(404).type('text').send('No such file.');
        const mime_type = file.mime_type.split(';')[0] ?? '';
        response.set({'content-type': mime_type, 'cache-control': 'private, max-age=3600'});
        if (!SHOWN_INLINE.test(mime_type)) response.attachment(file.name);
        response.send(Buffer.from(file.bytes));
    });

    app.get('/notifications', (_request, response) => response.sendFile('notifications.html', {root: PAGE}));
    app.get('/boats/:boat', (_request, response) => response.sendFile('index.html', {root: PAGE}));
    app.use(express.static(PAGE, {cacheControl: false}));
    app.use((_request, response) => void response.status(404).type('text').send('There is nothing at this address.'));
    return app;
}

function notificationsApi({webchat, callbacks, faults, conversations}: Parts) {
    const api = express.Router();
    api.get('/notifications', (_request, response) => void response.json(SAMPLE_NOTIFICATIONS));
    api.post('/notifications/:kind', async (request, response) => {
        const sample = SAMPLE_NOTIFICATIONS[request.params.kind];
        if (!sample) return void response.status(404).json({code: 'unknown_notification'});
        const {event, accepted} = webchat.notify(sample, NOTIFICATION_WAIT_S);
        const {ok, status, body, problem, accepted_ms} = await accepted;
        response.status(ok ? 200 : 502).json({event_id: event.id, status, outcome: body, problem, accepted_ms});
    });
    api.post('/callback-faults', express.json(), (request, response) => {
        const fault = (request.body ?? {}) as CallbackFault;
        faults.clear();
        if (fault.status || fault.delayMs || fault.reset) faults.add({...fault, times: fault.times ?? 1});
        response.status(204).end();
    });
    api.get('/activity', (_request, response) => {
        const attempts = callbacks.attempts.slice(-20).map(({body: _, headers: __, ...attempt}) => attempt);
        response.json({conversations: conversations.all().length, callbacks: attempts.reverse()});
    });
    return api;
}
