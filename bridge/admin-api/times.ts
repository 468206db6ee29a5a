/** Times as they come in: ISO 8601 with a zone. */
import {BridgeError} from '../errors.ts';

/** ms since 1970; null: never. @throws BridgeError invalid_request when it has passed */
export function instantOf(path: string, given: string | null, now: number): number | null {
    if (given === null) return null;
    const at = Date.parse(given);
    if (at > now) return at;
    throw new BridgeError('invalid_request', 'see errors', {errors: [{path, message: 'must be in the future'}]});
}

export const momentOf = (given: string | undefined): number | undefined => (given === undefined ? undefined : Date.parse(given));
