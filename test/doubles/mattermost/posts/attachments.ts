import type {Json, JsonObject} from '../state/records.ts';
import type {World} from '../state/world.ts';

/** A button or menu as stored, with the integration that no client sees. */
export type Action = {id: string; type: string; data_source: string; url: string; context: JsonObject};

/** Gives every button and menu without an id one, as the server does when a post is saved. */
export function withActionIds(world: World, props: JsonObject): JsonObject {
    if (!Array.isArray(props.attachments)) {
        return props;
    }
    const filled = props.attachments.map((attachment): Json => {
        const actions = asObject(attachment)?.actions;
        if (!Array.isArray(actions)) {
            return attachment;
        }
        return {
            ...(attachment as JsonObject),
            actions: actions.map((action): Json => {
                const known = asObject(action);
                return known === undefined || (known.id ?? '') !== '' ? action : {...known, id: world.newId()};
            }),
        };
    });
    return {...props, attachments: filled};
}

const ATTACHMENT_TEXTS = [
    'fallback',
    'color',
    'pretext',
    'author_name',
    'author_link',
    'author_icon',
    'title',
    'title_link',
    'text',
    'image_url',
    'thumb_url',
    'footer',
    'footer_icon',
] as const;
const ACTION_FIELDS = ['id', 'type', 'name', 'disabled', 'style', 'data_source', 'options', 'default_option'] as const;

/**
 * Attachments as clients get them: every known field filled in, unknown ones dropped.
 *
 * No client ever sees where a button calls, nor its context: whoever writes back what he read loses the button's target.
 */
export function presentAttachments(attachments: readonly Json[]): Json[] {
    return wholeAttachments(attachments, ACTION_FIELDS);
}

/** The same with the buttons' targets: what the one who ran a command gets back, and what is stored for it. */
export function attachmentsWithTargets(attachments: readonly Json[]): Json[] {
    return wholeAttachments(attachments, [...ACTION_FIELDS, 'integration']);
}

function wholeAttachments(attachments: readonly Json[], actionFields: readonly string[]): Json[] {
    return attachments.map(asObject).flatMap((attachment) => (attachment === undefined ? [] : [wholeAttachment(attachment, actionFields)]));
}

function wholeAttachment(attachment: JsonObject, actionFields: readonly string[]): JsonObject {
    const texts = Object.fromEntries(ATTACHMENT_TEXTS.map((name) => [name, text(attachment[name])]));
    const actions = listOf(attachment.actions)
        .map(asObject)
        .flatMap((action) => (action === undefined ? [] : [known(action, actionFields)]));
    return {
        id: typeof attachment.id === 'number' ? attachment.id : 0,
        ...texts,
        fields: Array.isArray(attachment.fields) ? attachment.fields : null,
        ts: attachment.ts ?? null,
        ...(actions.length > 0 ? {actions} : {}),
    };
}

function known(object: JsonObject, fields: readonly string[]): JsonObject {
    return Object.fromEntries(
        fields.filter((name) => object[name] !== undefined && object[name] !== '').map((name) => [name, object[name] ?? null]),
    );
}

export function findAction(props: JsonObject, actionId: string): Action | undefined {
    for (const attachment of listOf(props.attachments)) {
        for (const entry of listOf(asObject(attachment)?.actions)) {
            const action = asObject(entry);
            if (action?.id === actionId) {
                const integration = asObject(action.integration);
                return {
                    id: actionId,
                    type: text(action.type),
                    data_source: text(action.data_source),
                    url: text(integration?.url),
                    context: asObject(integration?.context) ?? {},
                };
            }
        }
    }
    return undefined;
}

/**
 * Whether comparing old and new attachments reaches a button of which one side has lost its target.
 *
 * 5.37 looks for changes attachment by attachment, button by button, and does not expect a missing target there.
 */
export function comparesLostTarget(before: JsonObject, after: JsonObject): boolean {
    const [old, fresh] = [listOf(before.attachments), listOf(after.attachments)];
    if (old.length !== fresh.length) {
        return false;
    }
    for (const [index, attachment] of old.entries()) {
        const [oldOne, newOne] = [asObject(attachment) ?? {}, asObject(fresh[index]) ?? {}];
        const [oldActions, newActions] = [listOf(oldOne.actions), listOf(newOne.actions)];
        if (shown({...oldOne, actions: []}) !== shown({...newOne, actions: []}) || oldActions.length !== newActions.length) {
            return false;
        }
        for (const [at, action] of oldActions.entries()) {
            const [oldAction, newAction] = [asObject(action) ?? {}, asObject(newActions[at]) ?? {}];
            if (JSON.stringify(known(oldAction, ACTION_FIELDS)) !== JSON.stringify(known(newAction, ACTION_FIELDS))) {
                return false;
            }
            if (oldAction.integration === undefined || newAction.integration === undefined) {
                return true;
            }
            if (JSON.stringify(oldAction.integration) !== JSON.stringify(newAction.integration)) {
                return false;
            }
        }
    }
    return false;
}

function shown(attachment: JsonObject): string {
    return JSON.stringify(wholeAttachment(attachment, ACTION_FIELDS));
}

function listOf(value: Json | undefined): Json[] {
    return Array.isArray(value) ? value : [];
}

function asObject(value: Json | undefined): JsonObject | undefined {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function text(value: Json | undefined): string {
    return typeof value === 'string' ? value : '';
}
