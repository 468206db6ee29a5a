/** What the tests of files share: a Mattermost with an agent who posts files, the route that hands them out, and a clock. */
import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, beforeEach, expect} from 'vitest';
import {REFUSALS, type RefusalCode} from '../../bridge/errors.ts';
import type {Integration} from '../../bridge/integration.ts';
import {createSecretBox} from '../../bridge/secrets.ts';
import {signFileUrl} from '../../bridge/to-ireserve/file-links.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {type FileApp, startFileApp} from './file-app.ts';

export const INTEGRATION = '7f1f3a34-2f6b-4a5c-9d53-3f1b1c0c7a11';
export const OTHER = '11111111-2f6b-4a5c-9d53-3f1b1c0c7a11';
export const HOUR = 3_600_000;
export const BYTES = randomBytes(100_000);

export type Shared = {file_id: string; post_id: string; name: string};

/** Starts everything before the tests of a file, anew between them where they leave traces, and stops it after them. */
export function fileSite() {
    const box = createSecretBox(randomBytes(32));
    const integrations = new Map<string, Integration>();
    let mattermost: MattermostDouble | undefined;
    let app: FileApp | undefined;
    const site = {
        box,
        integrations,
        clock: Date.now(),
        get mattermost() {
            return mattermost as MattermostDouble;
        },
        get app() {
            return app as FileApp;
        },
        /** What the route knows of the integration from here on. */
        integrate(server_url: string, bot_token: string, state: Integration['state'] = 'active', id = INTEGRATION) {
            integrations.set(id, {id, state, config: {server_url}, secrets: {bot_token}} as Integration);
        },
        /** An agent posts a file in the mirror channel. */
        async share(name: string, bytes: Uint8Array = BYTES): Promise<Shared> {
            const {agents, channels} = site.mattermost.seeded;
            const agent = agents[0]?.id ?? '';
            const file_id = site.mattermost.act.upload(agent, channels.mirror.id, name, bytes);
            const post = await site.mattermost.act.post(agent, {channel_id: channels.mirror.id, message: 'see', file_ids: [file_id]});
            return {file_id, post_id: post.id, name};
        },
        /** Its address, good for an hour. */
        urlOf(file: Shared, more: {expiresAt?: number; integration_id?: string; on?: FileApp} = {}): string {
            const publicUrl = (more.on ?? site.app).url;
            return signFileUrl({box, publicUrl, integration_id: INTEGRATION, expiresAt: site.clock + HOUR, ...file, ...more});
        },
    };
    beforeAll(async () => {
        mattermost = await startMattermost();
        app = await startFileApp({integrations, box, now: () => site.clock});
    });
    beforeEach(() => {
        site.clock = Date.now();
        site.mattermost.faults.clear();
        for (const id of [INTEGRATION, OTHER]) site.integrate(site.mattermost.url, site.mattermost.seeded.bot.token, 'active', id);
    });
    afterAll(async () => {
        await app?.stop();
        await mattermost?.stop();
    });
    return site;
}

export const get = (url: string, headers: Record<string, string> = {}) => fetch(url, {headers});
export const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** The code of a refusal, after a look at what all have in common. */
export async function refusal(response: Response): Promise<RefusalCode> {
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const {code, status} = (await response.json()) as {code: RefusalCode; status: number};
    expect([response.status, status]).toEqual([REFUSALS[code].status, REFUSALS[code].status]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    if (response.status === 503) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    return code;
}
