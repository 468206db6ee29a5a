import {ApiError} from '../state/api-error.ts';
import type {Router} from './routes.ts';

export function addGroupRoutes(route: Router): void {
    // Only what posts may mention: that is what a bot gets. Searched in name and display name.
    route('GET', '/groups', ({world, query}) => {
        const {groups} = world.config;
        if (groups === undefined) {
            throw new ApiError(501, world.version === '5.37' ? 'api.ldap_groups.license_error' : 'api.license_error');
        }
        const wanted = (query('q') ?? '').toLowerCase();
        const found = Object.keys(groups).filter((name) => name.includes(wanted));
        return {json: found.map((name) => ({id: name, name, display_name: name, source: 'custom', allow_reference: true, delete_at: 0}))};
    });
}
