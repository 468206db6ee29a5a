import type {Json, JsonObject} from '../state/records.ts';
import type {World} from '../state/world.ts';

/** A button or menu as stored, with the integration that no client sees. */
export type Action = {id: string; type: string; data_source: string; url: string; context: JsonObject};

/** Gives every button and menu without an id one, as the server does when a post is saved. */
export function withActionIds(world: World, props: JsonObject): JsonObject {
    const attachments = props.attachments;
    if (!Array.isArray(attachments)) {
        return props;
    }
    const filled = attachments.map((attachment): Json => {
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

export function findAction(props: JsonObject, actionId: string): Action | undefined {
    const attachments = props.attachments;
    for (const attachment of Array.isArray(attachments) ? attachments : []) {
        const actions = asObject(attachment)?.actions;
        for (const entry of Array.isArray(actions) ? actions : []) {
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
 * 5.37 looks for changed attachments one by one, button by button, and does not expect a missing target there.
 */
export function comparesLostTarget(before: JsonObject, after: JsonObject): boolean {
    const [old, fresh] = [listOf(before['attachments']), listOf(after['attachments'])];
    if (old.length !== fresh.length) {
        return false;
    }
    for (const [index, attachment] of old.entries()) {
        const {actions: oldActions, ...oldRest} = asObject(attachment) ?? {};
        const {actions: newActions, ...newRest} = asObject(fresh[index]) ?? {};
        const [oldList, newList] = [listOf(oldActions), listOf(newActions)];
        if (JSON.stringify(oldRest) !== JSON.stringify(newRest) || oldList.length !== newList.length) {
            return false;
        }
        for (const [at, action] of oldList.entries()) {
            const {integration: oldTarget, ...oldShown} = asObject(action) ?? {};
            const {integration: newTarget, ...newShown} = asObject(newList[at]) ?? {};
            if (JSON.stringify(oldShown) !== JSON.stringify(newShown)) {
                return false;
            }
            if (oldTarget === undefined || newTarget === undefined) {
                return true;
            }
            if (JSON.stringify(oldTarget) !== JSON.stringify(newTarget)) {
                return false;
            }
        }
    }
    return false;
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
