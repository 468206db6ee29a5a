/** i-Reserve's own implementation checklists for Mattermost, test and production, and the checks that answer each item. */
import type {CheckState, DoctorReport} from './report.ts';
import {worst} from './report.ts';

type Item = {item: string; checks: readonly string[]};

export const CHECKLISTS: Record<DoctorReport['environment'], readonly Item[]> = {
    test: [
        {item: 'Bot account made, token set', checks: ['token', 'owner']},
        {item: 'Bot is a member of the mirror channel and of all notification channels', checks: ['teams', 'mirror', 'other_channels']},
        {item: 'Channel IDs noted and right', checks: ['mirror', 'other_channels']},
        {item: 'Authentication: Server URL and Bot token', checks: ['server_url', 'certificate', 'version', 'token']},
        {item: 'Configuration: Channel and Notifications → channel', checks: ['mirror', 'other_channels']},
        {item: 'Test message can be posted', checks: ['state', 'mirror', 'queue']},
        {item: 'Replies are heard (event stream, or outgoing webhook with its token)', checks: ['websocket', 'webhook', 'switches']},
        {
            item: 'Endpoint reachable from the Mattermost server',
            checks: ['service', 'public_url', 'command', 'command_registered', 'address_allowed'],
        },
        {
            item: 'End to end: chat → thread, reply → visitor',
            checks: ['service', 'database', 'credential', 'addresses', 'callback', 'verifying', 'round_trip'],
        },
        {item: 'Agents are in the channel and recognised', checks: ['agents', 'emails', 'agent_list']},
        {item: 'Side panel installed and allowed to call the bridge', checks: ['plugin', 'public_address', 'cors', 'site_url']},
    ],
    production: [
        {item: 'Own bot and token, separate from test', checks: ['environments', 'token', 'owner']},
        {item: 'Bot is a member of the production channels', checks: ['teams', 'mirror', 'other_channels']},
        {item: 'Production URL and Channel IDs', checks: ['server_url', 'certificate', 'site_url', 'version', 'mirror']},
        {
            item: 'Endpoint reachable, tokens set',
            checks: ['service', 'public_url', 'command', 'command_registered', 'address_allowed', 'webhook'],
        },
        {
            item: 'Replies are heard and reach i-Reserve, signed',
            checks: ['websocket', 'switches', 'addresses', 'callback', 'verifying', 'credential'],
        },
        {item: 'Active, and a test message verified', checks: ['service', 'state', 'received', 'round_trip']},
        {item: 'Ready for load: store, queues, limits and clocks', checks: ['disk', 'database', 'queue', 'notices', 'rate_limit', 'clock']},
        {item: 'Secrets safe: key kept, nothing about to expire', checks: ['key', 'files', 'credential', 'certificate']},
        {item: 'Agents are in the channel and recognised', checks: ['agents', 'emails', 'agent_list', 'bookings']},
        {item: 'Side panel installed and allowed to call the bridge', checks: ['plugin', 'public_address', 'cors']},
        {item: 'Rollback known: set inactive, mirroring stops', checks: ['state']},
    ],
};

/** The items with the states of their checks. */
export const filledIn = (environment: DoctorReport['environment'], stateOf: (check: string) => CheckState): DoctorReport['checklist'] =>
    CHECKLISTS[environment].map(({item, checks}) => ({item, checks: [...checks], state: worst(checks.map(stateOf))}));
