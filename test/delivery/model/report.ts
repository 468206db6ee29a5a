/** For whoever has to find out why: what the bridge logged and what Mattermost was asked, in a file beside the counterexample. */
import {writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {seenPosts} from '../seen.ts';
import {violations} from './invariants.ts';
import type {Run} from './run.ts';

/** @throws Error naming every violation and the file */
export async function check(run: Run): Promise<void> {
    const wrong = await violations(run);
    if (wrong.length === 0) return;
    const file = join(tmpdir(), `ireserve-model-${process.pid}-${Date.now()}.log`);
    const requests = run.mattermost.requests().map(({at, route, url, status}) => ({at: new Date(at).toISOString(), route, url, status}));
    const posts = seenPosts(run.mattermost.look, Object.values(run.channels), {deleted: true}).map(
        ({id, root_id, channel_id, create_at, delete_at, mark}) => ({
            at: new Date(create_at).toISOString(),
            conversation: mark.conversation,
            key: mark.key,
            id,
            root_id,
            channel_id,
            deleted: delete_at > 0,
        }),
    );
    const lines = [...wrong, '', run.bridge.logged(), ...[...requests, ...posts].map((line) => JSON.stringify(line))];
    writeFileSync(file, `${lines.join('\n')}\n`);
    throw new Error(`${wrong.join('\n')}\nsee ${file}`);
}
