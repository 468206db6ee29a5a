/** What the visitor's page calls. The conversation's id is unguessable and is the visitor's key to it. */
import express, {type Request, type Response, Router} from 'express';
import type {Conversation, Conversations} from './conversations.ts';
import type {Files, StoredFile} from './files.ts';
import {streamConversation} from './live.ts';
import type {Presence} from './presence.ts';
import type {Webchat} from './webchat.ts';

/** The page says so too. */
const MAX_UPLOAD = '25mb';

type Parts = {conversations: Conversations; files: Files; webchat: Webchat; presence: Presence; stopping: AbortSignal};

export function visitorApi({conversations, files, webchat, presence, stopping}: Parts): Router {
    const api = Router();

    api.use('/conversations/:id/files', express.raw({type: () => true, limit: MAX_UPLOAD}));
    api.use(express.json({limit: '1mb'}));
    api.use((_request, response, next) => {
        response.set('cache-control', 'no-store');
        next();
    });

    api.post('/conversations', (request, response) => {
        const {name, language, page, topic} = body(request);
        const {conversation} = webchat.open({
            name: text(name, 100) || undefined,
            language: text(language, 35) || 'nl',
            ...(isPage(page) ? {page} : {}),
            ...(text(topic, 300) ? {topic: text(topic, 300)} : {}),
        });
        response.status(201).json(conversation);
    });

    api.get(
        '/conversations/:id',
        withConversation((_request, response, conversation) => void response.json(conversation)),
    );

    api.get(
        '/conversations/:id/live',
        withConversation((_request, response, conversation) => {
            streamConversation(response, conversation, conversations, stopping);
            presence.watching(conversation, response);
        }),
    );

    api.patch(
        '/conversations/:id',
        withConversation((request, response, conversation) => {
            const {name, language, page} = body(request);
            webchat.update(conversation, {
                ...(text(name, 100) ? {name: text(name, 100)} : {}),
                ...(text(language, 35) ? {language: text(language, 35)} : {}),
                ...(isPage(page) ? {page} : {}),
            });
            response.status(204).end();
        }),
    );

    api.post(
        '/conversations/:id/messages',
        withConversation((request, response, conversation) => {
            const {text: words, file_ids, client_id} = body(request);
            // The page repeats a send it got no answer to; the message must not be there twice.
            const earlier = conversation.messages.find((message) => client_id && message.client_id === client_id);
            if (earlier) return void response.status(201).json({id: earlier.id});
            const attached = (Array.isArray(file_ids) ? file_ids : [])
                .map((id) => files.get(String(id)))
                .filter((file) => file !== undefined);
            const said = text(words, 20_000);
            if (!said && attached.length === 0) return void response.status(422).json({code: 'empty'});
            if (conversation.status === 'closed') return void response.status(409).json({code: 'closed'});
            const {message} = webchat.say(conversation, {text: said, files: attached, client_id: text(client_id, 100)});
            response.status(201).json({id: message.id});
        }),
    );

    api.put(
        '/conversations/:id/messages/:message',
        withOwnMessage((request, conversation, message) => {
            const said = text(body(request).text, 20_000);
            if (said && said !== message.text) webchat.edit(conversation, message, said);
        }),
    );
    api.delete(
        '/conversations/:id/messages/:message',
        withOwnMessage((_request, conversation, message) => {
            webchat.withdraw(conversation, message);
        }),
    );

    api.post(
        '/conversations/:id/files',
        withConversation((request, response) => {
            const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
            const name = text(request.query.name, 200).replace(/[/\\]/g, '_') || 'file';
            const kept: StoredFile = files.keep({name, mime_type: request.get('content-type') ?? 'application/octet-stream', bytes});
            response.status(201).json({id: kept.id, ...files.shown(kept)});
        }),
    );

    api.post(
        '/conversations/:id/typing',
        act((conversation) => webchat.typing(conversation)),
    );
    api.post(
        '/conversations/:id/close',
        act((conversation) => webchat.close(conversation)),
    );

    function withConversation(handle: (request: Request, response: Response, conversation: Conversation) => void) {
        return (request: Request, response: Response) => {
            const conversation = conversations.get(String(request.params.id));
            if (conversation) handle(request, response, conversation);
            else response.status(404).json({code: 'unknown_conversation'});
        };
    }

    function act(doIt: (conversation: Conversation) => unknown) {
        return withConversation((_request, response, conversation) => {
            if (conversation.status !== 'closed') doIt(conversation);
            response.status(204).end();
        });
    }

    function withOwnMessage(doIt: (request: Request, conversation: Conversation, message: Conversation['messages'][number]) => void) {
        return withConversation((request, response, conversation) => {
            const message = conversations.message(conversation, String(request.params.message));
            const own = message?.author.type === 'visitor' && !message.deleted;
            if (!message || !own) return void response.status(404).json({code: 'unknown_message'});
            if (conversation.status === 'closed') return void response.status(409).json({code: 'closed'});
            doIt(request, conversation, message);
            response.status(204).end();
        });
    }

    return api;
}

const body = (request: Request): Record<string, unknown> => (request.body ?? {}) as Record<string, unknown>;
const text = (value: unknown, longest: number): string => (typeof value === 'string' ? value.slice(0, longest).trim() : '');

function isPage(value: unknown): value is {url: string; title: string} {
    const page = value as {url?: unknown; title?: unknown} | null | undefined;
    return typeof page?.url === 'string' && /^https?:\/\//.test(page.url) && typeof page.title === 'string';
}
