/**
 * The Mattermost API as we use it: one suite, held against the double in both its versions, and against a real server
 * when `MATTERMOST_URL` and `MATTERMOST_ADMIN_TOKEN` (of a system admin) are set. There it works in a team of its own and
 * takes everything away at the end. The double may never be kinder than the real server.
 */
import {afterAll, beforeAll, describe} from 'vitest';
import {describeBots} from './mattermost/bots.ts';
import {describeButtons} from './mattermost/buttons.ts';
import {describeEdits} from './mattermost/edits.ts';
import {describeFiles} from './mattermost/files.ts';
import {describeLimits} from './mattermost/limits.ts';
import {describeLinks} from './mattermost/links.ts';
import {describeMembers} from './mattermost/members.ts';
import {describeMentions} from './mattermost/mentions.ts';
import {describeOutgoingHooks} from './mattermost/outgoing-hooks.ts';
import {describePendingIds} from './mattermost/pending-ids.ts';
import type {Place} from './mattermost/place.ts';
import {describePlugins} from './mattermost/plugins.ts';
import {describePosts} from './mattermost/posts.ts';
import {describeReactions} from './mattermost/reactions.ts';
import {describeReads} from './mattermost/reads.ts';
import {describeRefusals} from './mattermost/refusals.ts';
import {describeSetup} from './mattermost/setup.ts';
import {describeSlashCommands} from './mattermost/slash-commands.ts';
import {describeSockets} from './mattermost/sockets.ts';
import {TARGETS} from './mattermost/target.ts';

describe.each(TARGETS)('Mattermost ($name)', ({open}) => {
    let place: Place | undefined;
    let close: (() => Promise<void>) | undefined;

    beforeAll(async () => {
        ({place, close} = await open());
    });

    afterAll(async () => {
        await close?.();
    });

    const here = (): Place => {
        if (place === undefined) {
            throw new Error('the place is not open yet');
        }
        return place;
    };

    describePosts(here);
    describePendingIds(here);
    describeLimits(here);
    describeRefusals(here);
    describeMentions(here);
    describeEdits(here);
    describeReads(here);
    describeFiles(here);
    describeLinks(here);
    describeReactions(here);
    describeMembers(here);
    describeBots(here);
    describeSockets(here);
    describeOutgoingHooks(here);
    describeSlashCommands(here);
    describeButtons(here);
    describePlugins(here);
    describeSetup(here);
});
