/** The fields of a call from Mattermost, bounded in size and time. */
import type {Request} from 'express';
import {BridgeError} from '../errors.ts';
import {readFields} from '../to-ireserve/form.ts';

/** Mattermost sends its small bodies at once. */
const READ_MS = 5000;

/** @throws BridgeError too_large, malformed_body */
export async function readCall(request: Request, onRefused: () => void): Promise<Record<string, unknown>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new BridgeError('malformed_body', 'the body did not come in time')), READ_MS);
    });
    const fields = readFields(request);
    // After the time is up nobody else looks at how it ended.
    fields.catch(() => undefined);
    try {
        return await Promise.race([fields, late]);
    } catch (error) {
        onRefused();
        // A body that was cut off is no error of ours.
        throw error instanceof BridgeError ? error : new BridgeError('malformed_body', 'the body could not be read');
    } finally {
        clearTimeout(timer);
    }
}
