/** One small event of each type, and what the tests say most. */
import type {EventType} from '../../bridge/contract.ts';
import {eventOf} from '../support/bridge.ts';

export const message = (conversation_id: string, message_id: string, more: object = {}) =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Anna de Vries'}, text: 'Hello', ...more});

/** The least each type needs beside its conversation. */
export const LEAST: Record<EventType, object> = {
    'conversation.started': {},
    'conversation.updated': {topic: 'Kayaks'},
    'conversation.closed': {},
    'message.created': {message_id: 'M-1', author: {type: 'visitor'}, text: 'Hello'},
    'message.edited': {message_id: 'M-1', text: 'Hello!'},
    'message.state': {message_id: 'm-1', state: 'seen'},
    'message.deleted': {message_id: 'M-1'},
    'visitor.typing': {},
    'visitor.presence': {presence: 'away'},
    'notification.created': {notification_id: 'N-1', notification_type: 'booking_confirmation', title: 'Booking B-77 confirmed'},
};

export const least = (type: EventType, conversation_id: string) => eventOf(type, {conversation_id, ...LEAST[type]});
