import {SERVICE_MS} from '../conditions/latency.ts';
import {announceSystem} from '../posts/system-message.ts';
import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {addBot, manageableBot, setActive} from '../state/people.ts';
import {isSystemAdmin} from '../state/permissions.ts';
import {directChannel} from '../state/places.ts';
import type {Call} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';

export function addBotRoutes(route: Router): void {
    route(
        'POST',
        '/bots',
        async ({world, user, json}) => {
            const input = pick(world, await json('bot'), 'bot', {username: 'string', display_name: 'string', description: 'string'});
            if (input.username === undefined) {
                throw badBody('bot');
            }
            if (!world.config.enableBotAccountCreation) {
                throw new ApiError(403, 'api.bot.create_disabled');
            }
            // A bot cannot create bots, nor can an ordinary user.
            if (!isSystemAdmin(user) || user.bot !== undefined) {
                throw forbidden();
            }
            const bot = addBot(world, user, {...input, username: input.username});
            // Its owner is greeted: a bot is in one direct channel from the start.
            const direct = directChannel(world, bot, user);
            announceSystem(
                world,
                direct,
                bot,
                'system_add_bot_teams_chan',
                'Please add me to teams and channels you want me to interact in.',
            );
            return {status: 201, json: bot.bot};
        },
        {costs: SERVICE_MS.change},
    );

    route('GET', '/bots/:user_id', ({world, user, id, query}) => {
        const bot = manageableBot(world, user, id('user_id'));
        if (bot.bot?.delete_at !== 0 && query('include_deleted') !== 'true') {
            throw new ApiError(404, 'store.sql_bot.get.missing.app_error');
        }
        return {json: bot.bot};
    });

    route('GET', '/bots', ({world, user, query, paging}) => {
        const {page, perPage} = paging();
        const bots = [...world.users.values()]
            .filter((one) => one.bot !== undefined && (isSystemAdmin(user) || one.bot.owner_id === user.id))
            .filter((one) => one.bot?.delete_at === 0 || query('include_deleted') === 'true');
        return {json: bots.slice(page * perPage, (page + 1) * perPage).map((one) => one.bot)};
    });

    const setTo =
        (active: boolean) =>
        ({world, user, id}: Call): {json: unknown} => {
            const bot = manageableBot(world, user, id('user_id'));
            setActive(world, bot, active);
            return {json: bot.bot};
        };
    route('POST', '/bots/:user_id/disable', setTo(false));
    route('POST', '/bots/:user_id/enable', setTo(true));
}
