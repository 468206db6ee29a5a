/** What the steps of one setup share: the server seen by an admin, what is known of it so far, and what setup made before. */
import type {AdminConfig} from '@mattermost/types/config';
import type {HowToSet} from '../doctor/server-settings.ts';
import type {Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {SetupAnswers} from './answers.ts';
import type {Kind, Made} from './made.ts';

export type FoundChannel = {id: string; name: string; type: string; team_id: string};

export type Site = {
    readonly answers: SetupAnswers;
    readonly admin: MattermostClient;
    readonly config: AdminConfig;
    /** Undefined: only a plan is wanted, and there is no store yet. */
    readonly integrations: Integrations | undefined;
    readonly made: Made | undefined;
    readonly random: (bytes: number) => Buffer;
    /** Whether Mattermost accepts a bot token. */
    readonly meOf: (token: string) => Promise<{id: string; username: string} | undefined>;
    /** Bytes of the plugin's archive and its version; undefined when there is none. */
    readonly plugin: {bytes: Uint8Array<ArrayBuffer>; version: string; name: string} | undefined;
    /** What is known so far; a step that finds or makes something puts it here. */
    readonly known: {
        integration: Integration | undefined;
        bot: {id: string; username: string} | undefined;
        teams: Map<string, string>;
        channels: Map<string, FoundChannel>;
        /** Switched on by a step of this plan. */
        switchedOn: Set<string>;
        /** Shown once, at the end. */
        secrets: {signing_secret?: string};
    };
};

/**
 * - exists: nothing to do
 * - to_make: this step does it
 * - cannot: somebody has to do it by hand; `settings` say how
 * - not_needed: and why
 */
export type Look = {state: 'exists' | 'to_make' | 'not_needed'; text: string} | {state: 'cannot'; text: string; settings?: HowToSet[]};

export type Step = {
    /** Stays the same from run to run. */
    key: string;
    what: string;
    why: string;
    /** When it can't be done, nothing is begun. */
    required: boolean;
    look: (site: Site) => Promise<Look>;
    make: (site: Site) => Promise<void>;
};

/**
 * Makes one thing in Mattermost and writes down that setup made it.
 *
 * @param detail how it is found again when its id was never learned
 * @param work what makes it; answers with its id
 */
export async function making<T extends {id: string}>(
    {made}: Site,
    key: string,
    kind: Kind,
    detail: object,
    work: () => Promise<T>,
): Promise<T> {
    await made?.begin(key, kind, detail);
    try {
        const thing = await work();
        await made?.done(key, thing.id);
        return thing;
    } catch (error) {
        // Refused: it was not made, and if somebody else makes it later, it is not ours.
        if (error instanceof MattermostError && error.kind === 'refused') await made?.forget(key);
        throw error;
    }
}

/** What is there is ours when this setup had begun to make it. */
export const adopt = async ({made}: Site, key: string, id: string): Promise<void> => {
    await made?.done(key, id);
};

export const isRefused = (error: unknown, ...statuses: number[]): boolean =>
    error instanceof MattermostError && error.kind === 'refused' && statuses.includes(error.status);

/** Undefined when the server says that there is none. */
export async function orNone<T>(asked: Promise<T>, ...statuses: number[]): Promise<T | undefined> {
    try {
        return await asked;
    } catch (error) {
        if (isRefused(error, ...(statuses.length > 0 ? statuses : [404]))) return undefined;
        throw error;
    }
}
