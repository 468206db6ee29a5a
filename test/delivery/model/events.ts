/** Model events → events of the contract. The same model event always makes the same body, so that it can be sent again. */
import {CONVERSATIONS, type ModelEvent} from './scenario.ts';
import {textWith} from './texts.ts';

const BEGINNING = Date.parse('2026-11-22T10:00:00Z');
export const NOTIFICATION_TYPE = 'booking_confirmation';
/** The routing rule's language: conversations that start with it go to the second channel. */
export const SECOND_LANGUAGE = 'de';

export const conversationId = (c: number): string => `C-model-${c}`;
export const messageId = (m: number): string => `M${m}`;
export const notificationId = (event_id: string): string => `N-${event_id}`;
export const CONVERSATION_IDS = Array.from({length: CONVERSATIONS}, (_, c) => conversationId(c));

export type Sent = {
    readonly id: string;
    readonly model: ModelEvent;
    /** One word that is in the event's text, topic or title, and nowhere else. */
    readonly token: string;
    readonly body: object;
};

export function eventFor(model: ModelEvent, number: number): Sent {
    const id = `E-${number}`;
    const token = `token${number}x`;
    const timestamp = new Date(BEGINNING + ('at' in model ? model.at : 0) * 1000).toISOString();
    const of = (type: string, data: object): Sent => ({id, model, token, body: {id, type, timestamp, data}});
    if (model.kind === 'notify') {
        return of('notification.created', {
            notification_id: notificationId(id),
            notification_type: NOTIFICATION_TYPE,
            title: 'Booking',
            text: textWith(token, model.size),
        });
    }
    const conversation_id = conversationId(model.c);
    switch (model.kind) {
        case 'say':
            return of('message.created', {
                conversation_id,
                message_id: messageId(model.m),
                author: {type: 'visitor', name: 'Kim @channel'},
                text: textWith(token, model.size),
                format: model.format,
                ...(model.file ? {attachments: [{name: `${token}.txt`, content_base64: Buffer.from(token).toString('base64')}]} : {}),
            });
        case 'edit':
            return of('message.edited', {conversation_id, message_id: messageId(model.m), text: textWith(token, model.size)});
        case 'withdraw':
            return of('message.deleted', {conversation_id, message_id: messageId(model.m)});
        case 'start':
        case 'update':
            return of(model.kind === 'start' ? 'conversation.started' : 'conversation.updated', {
                conversation_id,
                topic: `${token}topic`,
                status: 'open',
                ...(model.second ? {language: SECOND_LANGUAGE} : {}),
            });
        case 'close':
            return of('conversation.closed', {conversation_id, reason: 'done'});
        case 'presence':
            return of('visitor.presence', {conversation_id, presence: 'away'});
        case 'typing':
            return of('visitor.typing', {conversation_id});
    }
}
