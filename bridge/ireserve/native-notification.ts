/**
 * A call of i-Reserve's own webhook as a notification of ours.
 *
 * i-Reserve documents nothing of the body it sends. Everything here is assumed: that it is JSON or a form, holds one booking, perhaps in
 * an envelope, with the field names of the REST API. So the places are configuration, and whoever can should read the booking again.
 */
import {z} from 'zod';
import {type EventOf, LIMITS} from '../contract.ts';
import {sha256} from '../secrets.ts';
import {isSecretName} from '../to-mattermost/booking-keys.ts';
import {textOf} from './loose-values.ts';
import {jsonOf} from './request.ts';

/** A place in the body: names with dots between them; several places with `|`, the first that holds something counts. */
const Place = z.string().min(1).max(300);

/** Where things are in the body. The defaults are assumed. */
export const NativeMapping = z
    .object({
        /** The booking in its envelope; when nothing is there, the body itself. */
        entity: Place.default('data|booking|payload'),
        /** In the booking. */
        id: Place.default('id|booking_id'),
        /** In the body. */
        event: Place.default('event|hook.event'),
        /** Places of the booking in braces. i-Reserve itself writes bookings like this. */
        title: z.string().min(1).max(300).default('IRES{id|booking_id}: {object_desc|object}'),
        /** Shown title → place in the booking. No names of people, unless an admin says so. */
        fields: z.record(z.string().min(1).max(100), Place).default({
            Status: 'status|status_code',
            From: 'date_from|fromdate',
            Till: 'date_till|tilldate',
            Places: 'number',
            Location: 'location_desc|location',
        }),
    })
    .strict();
export type NativeMapping = z.infer<typeof NativeMapping>;

export type NativeNotification = {
    readonly kind: 'notification';
    /** To read it again: the body may be older than the booking. */
    readonly booking_id: string | undefined;
    readonly data: Pick<EventOf<'notification.created'>['data'], 'notification_id' | 'notification_type' | 'title' | 'fields' | 'link'>;
};

export type NativeOptions = {
    /** The event the called address was subscribed for; goes before what the body says. */
    event?: string;
    /** The panel's page of a booking. */
    link?: (booking_id: string) => string;
};

type Entity = Record<string, unknown>;

/**
 * @param body - as it came
 * @returns the data of a `notification.created`, or why it can't be one. The same content always gets the same notification_id, for i-Reserve
 *   may call twice; a booking that goes from one state to another and back does, too, unless a field of it tells the two apart.
 */
export function nativeNotification(
    body: string,
    mapping: NativeMapping = NativeMapping.parse({}),
    {event, link}: NativeOptions = {},
): NativeNotification | {kind: 'unusable'; detail: string} {
    const whole = objectOf(body);
    if (!whole) return {kind: 'unusable', detail: 'the body is neither a JSON object nor a form'};
    const inner = at(whole, mapping.entity, isEntity);
    const entity = isEntity(inner) ? inner : whole;
    const said = event ?? textOf(at(whole, mapping.event)) ?? '';
    const type = /^[a-z0-9][a-z0-9._-]{0,63}$/.test(said) ? said : 'booking';
    const booking_id = textOf(at(entity, mapping.id), 128);
    const title = mapping.title
        .replace(/\{([^{}]+)\}/g, (_all, place: string) => textOf(at(entity, place)) ?? '')
        .replace(/^[\s:·-]+|[\s:·-]+$/g, '');
    const fields = Object.entries(mapping.fields).flatMap(([name, place]) => {
        const value = textOf(at(entity, place), 2000);
        return value === undefined || isSecretName(name) ? [] : [{title: name, value}];
    });
    if (booking_id === undefined && fields.length === 0)
        return {kind: 'unusable', detail: 'nothing of a booking is where the mapping looks for it'};
    return {
        kind: 'notification',
        booking_id,
        data: {
            notification_id: `native-${sha256(canonical([type, entity])).slice(0, 40)}`,
            notification_type: type,
            title: textOf(title) ?? type,
            fields: fields.slice(0, LIMITS.fieldsPerNotification),
            ...(link && booking_id !== undefined ? {link: {url: link(booking_id)}} : {}),
        },
    };
}

const isEntity = (value: unknown): value is Entity => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => textOf(value) !== undefined;

/** What is at the first place that holds something. The keys to a booking are at no place. */
function at(from: Entity, places: string, holds: (value: unknown) => boolean = isText): unknown {
    for (const place of places.split('|')) {
        let value: unknown = from;
        for (const name of place.trim().split('.')) {
            value = isEntity(value) && Object.hasOwn(value, name) && !isSecretName(name) ? value[name] : undefined;
        }
        if (holds(value)) return value;
    }
    return undefined;
}

function objectOf(body: string): Entity | undefined {
    const json = jsonOf(body);
    if (json !== undefined) {
        const one: unknown = Array.isArray(json) && json.length === 1 ? json[0] : json;
        return isEntity(one) ? one : undefined;
    }
    return /^[^\s=<{[]+=/.test(body) ? formOf(body) : undefined;
}

/** A form, with names nested as PHP writes them: `data[id]=1`. */
function formOf(body: string): Entity {
    const form: Entity = Object.create(null);
    for (const [name, value] of new URLSearchParams(body)) {
        const path = name.split('[').map((part) => part.replace(/\]$/, ''));
        let place = form;
        for (const part of path.slice(0, -1)) {
            const known = place[part];
            const next: Entity = isEntity(known) ? known : Object.create(null);
            place[part] = next;
            place = next;
        }
        place[path.at(-1) as string] = value;
    }
    return form;
}

/** Deeper than this nothing is looked at: no booking is, and what calls itself for each level needs an end. */
const DEEPEST = 20;

/** The same text for the same content, whatever the order of its names; without secrets. */
function canonical(value: unknown, depth = 0): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
    if (depth > DEEPEST) return 'null';
    if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(',')}]`;
    const entries = Object.entries(value).filter(([name]) => !isSecretName(name));
    const written = entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner, depth + 1)}`);
    return `{${written.sort().join(',')}}`;
}
