import {SERVICE_MS} from '../conditions/latency.ts';
import {deletePost, patchPost, pinPost, putPost} from '../posts/change.ts';
import {createPost} from '../posts/create.ts';
import {toUser} from '../posts/events.ts';
import {presentPost, presentPostTo, presentReaction, replyCount} from '../posts/present.ts';
import {addReaction} from '../posts/react.ts';
import {readablePost, readThread} from '../posts/read.ts';
import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {isSystemAdmin, mayRead} from '../state/permissions.ts';
import {OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';
import {idsOf} from './user-routes.ts';

const POST_FIELDS = {
    id: 'string',
    channel_id: 'string',
    root_id: 'string',
    message: 'string',
    type: 'string',
    props: 'object',
    file_ids: 'strings',
    pending_post_id: 'string',
    create_at: 'number',
    is_pinned: 'boolean',
    metadata: 'object',
} as const;
const PATCH_FIELDS = {id: 'string', message: 'string', props: 'object', file_ids: 'strings', is_pinned: 'boolean'} as const;

export function addPostRoutes(route: Router): void {
    route(
        'POST',
        '/posts',
        async ({world, user, json, query, work}) => {
            const input = pick(world, await json('post'), 'post', POST_FIELDS);
            const setOnline = query('set_online') !== 'false';
            return {status: 201, json: await createPost(world, user, input, {pace: work, setOnline})};
        },
        {costs: 0},
    );

    route(
        'POST',
        '/posts/ids',
        async ({world, user, json}) => {
            if (!world.differs.modernReads) {
                throw new ApiError(404, 'api.context.404.app_error');
            }
            const ids = await idsOf(world, json, 'post_ids');
            if (ids.length > 1000) {
                throw new ApiError(400, 'api.post.posts_by_ids.invalid_body.request_error');
            }
            const posts = ids
                .map((id) => world.posts.get(id))
                .filter((post) => post !== undefined && post.delete_at === 0)
                .filter((post) => {
                    const channel = world.channels.get(post?.channel_id ?? '');
                    return channel !== undefined && mayRead(world, user, channel);
                });
            return {json: posts.map((post) => presentPost(world, post as NonNullable<typeof post>))};
        },
        {costs: SERVICE_MS.readPage},
    );

    route(
        'POST',
        '/posts/ephemeral',
        async ({world, user, json}) => {
            const input = pick(world, await json('body'), 'body', {user_id: 'string', post: 'object'});
            if (input.user_id === undefined || input.user_id === '') {
                throw badBody('user_id');
            }
            const post = pick(world, input.post, 'post', POST_FIELDS);
            if (!isSystemAdmin(user)) {
                throw forbidden();
            }
            const shown = {
                id: world.newId(),
                create_at: world.now(),
                user_id: user.id,
                channel_id: post.channel_id ?? '',
                root_id: post.root_id ?? '',
                message: post.message ?? '',
                type: 'system_ephemeral',
                props: post.props ?? {},
            };
            toUser(world, input.user_id, 'ephemeral_message', {post: JSON.stringify(shown)}, shown.channel_id);
            return {status: 201, json: shown};
        },
        {costs: SERVICE_MS.change},
    );

    route(
        'GET',
        '/posts/:post_id',
        ({world, user, id, query}) => {
            if (query('include_deleted') === 'true' && world.version !== '5.37' && !isSystemAdmin(user)) {
                throw forbidden();
            }
            const post = presentPostTo(world, user, readablePost(world, user, id('post_id')));
            return {json: world.differs.countsSingle ? post : {...post, reply_count: 0}};
        },
        {costs: SERVICE_MS.readPost},
    );

    route(
        'GET',
        '/posts/:post_id/thread',
        async ({world, user, id, query, work}) => {
            const post = readablePost(world, user, id('post_id'));
            await work(SERVICE_MS.readThread(replyCount(world, post)));
            const number = (name: string): number | undefined => (query(name) ? Number.parseInt(query(name) ?? '', 10) : undefined);
            const thread = {
                perPage: number('perPage'),
                direction: query('direction') || undefined,
                fromCreateAt: number('fromCreateAt'),
                fromPost: query('fromPost'),
                fromUpdateAt: number('fromUpdateAt'),
            };
            const given = Object.fromEntries(Object.entries(thread).filter(([, value]) => value !== undefined));
            return {json: readThread(world, user, post, {...given, updatesOnly: query('updatesOnly') === 'true'})};
        },
        {costs: 0},
    );

    route(
        'PUT',
        '/posts/:post_id/patch',
        async ({world, user, id, json}) => ({
            json: patchPost(world, user, id('post_id'), pick(world, await json('post'), 'post', PATCH_FIELDS)),
        }),
        {costs: SERVICE_MS.change},
    );

    route(
        'PUT',
        '/posts/:post_id',
        async ({world, user, id, json}) => ({
            json: putPost(world, user, id('post_id'), pick(world, await json('post'), 'post', PATCH_FIELDS)),
        }),
        {costs: SERVICE_MS.change},
    );

    route(
        'DELETE',
        '/posts/:post_id',
        ({world, user, id, query}) => {
            // 5.37 does not know the parameter: an ordinary deletion.
            if (query('permanent') === 'true' && world.version !== '5.37') {
                throw new ApiError(501, 'api.post.delete_post.not_enabled.app_error');
            }
            deletePost(world, user, id('post_id'));
            return OK;
        },
        {costs: SERVICE_MS.change},
    );

    for (const [path, pinned] of [
        ['pin', true],
        ['unpin', false],
    ] as const) {
        route('POST', `/posts/:post_id/${path}`, ({world, user, id}) => {
            pinPost(world, user, id('post_id'), pinned);
            return OK;
        });
    }

    route('POST', '/posts/:post_id/move', () => {
        throw new ApiError(501, 'api.post.move_thread.disabled.app_error');
    });

    route('GET', '/posts/:post_id/reactions', ({world, user, id}) => {
        const post = readablePost(world, user, id('post_id'));
        const reactions = (world.reactions.get(post.id) ?? []).filter(({delete_at}) => delete_at === 0);
        // 11.1 says null for none.
        const none = world.version === '5.37' ? [] : null;
        return {json: reactions.length === 0 ? none : reactions.map((reaction) => presentReaction(world, reaction))};
    });

    route('GET', '/posts/:post_id/files/info', ({world, user, id}) => {
        const post = readablePost(world, user, id('post_id'));
        const {metadata} = presentPost(world, post) as {metadata: {files?: unknown}};
        return {json: metadata.files ?? []};
    });

    route(
        'POST',
        '/reactions',
        async ({world, user, json}) => {
            const input = pick(world, await json('reaction'), 'reaction', {user_id: 'string', post_id: 'string', emoji_name: 'string'});
            if (input.user_id !== user.id) {
                throw forbidden();
            }
            return {json: presentReaction(world, addReaction(world, user, input.post_id ?? '', input.emoji_name ?? ''))};
        },
        {costs: SERVICE_MS.change},
    );
}
