import {callOut} from '../integrations/outbound.ts';
import type {Post} from '../state/records.ts';
import type {World} from '../state/world.ts';

const BARE_LINK = /(?<![\w(<])https?:\/\/[^\s<>)]+/;

/**
 * The server fetches the first bare link of a post, to show what is behind it; nothing beyond this machine is asked here.
 *
 * `props.attachments`, be it an empty list, leaves it no room for that on any version; `props.unsafe_links` since 9.6.
 */
export function fetchPreview(world: World, post: Post): void {
    const [link] = BARE_LINK.exec(post.message) ?? [];
    const isHeldBack = 'attachments' in post.props || (world.differs.unsafeLinks && post.props.unsafe_links === 'true');
    if (link === undefined || isHeldBack || !/^https?:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(link)) {
        return;
    }
    const call = callOut(world, {method: 'GET', url: link, headers: {}, body: ''})
        .catch(() => undefined)
        .finally(() => world.calls.delete(call));
    world.calls.add(call);
}
