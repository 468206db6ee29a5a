/** The running service, looked for from a shell that need not have its environment. */
import {randomUUID} from 'node:crypto';
import {findService, type Service, serviceUrls} from '../doctor/service.ts';
import {instanceOf, lastServiceNote} from '../instance.ts';
import type {Store} from './open-store.ts';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** @param given `--bridge-url`: asked there and nowhere else */
export async function serviceOf({database, settings, now}: Store, given?: string) {
    const note = await lastServiceNote(database);
    const port = process.env.PORT ? settings.PORT : undefined;
    const urls = given === undefined ? serviceUrls(note, port, settings.PORT) : [withoutSlash(given)];
    // Of this shell: it may be the service's.
    if (given === undefined && settings.PUBLIC_URL) urls.push(withoutSlash(settings.PUBLIC_URL));
    return {note, urls, instance: await instanceOf(database, now(), randomUUID)};
}

/** Asks the running service. @param limitMs longest wait */
export async function askRunningService(
    store: Store,
    {given, limitMs}: {given?: string | undefined; limitMs?: number} = {},
): Promise<Service> {
    const {urls, instance} = await serviceOf(store, given);
    return findService(urls, instance, limitMs);
}
