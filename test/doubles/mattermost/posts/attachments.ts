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

function asObject(value: Json | undefined): JsonObject | undefined {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function text(value: Json | undefined): string {
    return typeof value === 'string' ? value : '';
}
