import {openDialog, pressAction, submitDialog} from '../integrations/buttons.ts';
import {ApiError, forbidden} from '../state/api-error.ts';
import {mayRead} from '../state/permissions.ts';
import {OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';

export function addInteractiveRoutes(route: Router): void {
    route('POST', '/posts/:post_id/actions/:action_id', async ({world, user, id, param, body}) => {
        if (!/^[A-Za-z0-9]+$/.test(param('action_id'))) {
            throw new ApiError(404, 'api.context.404.app_error');
        }
        const post = world.posts.get(id('post_id'));
        const channel = world.channels.get(post?.channel_id ?? '');
        // The body is optional here: a button has nothing to say.
        const given = (await body(world.differs.bodyMaxBytes)).toString('utf8');
        const {selected_option} = pick(world, given === '' ? {} : JSON.parse(given), 'action', {selected_option: 'string'});
        if (post === undefined || post.delete_at !== 0 || channel === undefined || !mayRead(world, user, channel)) {
            throw forbidden();
        }
        return {json: {status: 'OK', trigger_id: await pressAction(world, user, post, param('action_id'), selected_option ?? '')}};
    });

    route(
        'POST',
        '/actions/dialogs/open',
        async ({world, json}) => {
            openDialog(world, pick(world, await json('dialog'), 'dialog', {trigger_id: 'string', url: 'string', dialog: 'object'}));
            return OK;
        },
        {login: false},
    );

    route('POST', '/actions/dialogs/submit', async ({world, user, json}) => {
        const given = pick(world, await json('dialog'), 'dialog', {
            url: 'string',
            callback_id: 'string',
            state: 'string',
            channel_id: 'string',
            team_id: 'string',
            submission: 'object',
            cancelled: 'boolean',
        });
        return {json: await submitDialog(world, user, given)};
    });
}
