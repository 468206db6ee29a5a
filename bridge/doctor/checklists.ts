/** i-Reserve's own implementation checklists for Mattermost, test and production, and the checks that answer each item. */
import {NOT_RUNNING} from './inquiry.ts';
import type {CheckInReport, DoctorReport} from './report.ts';
import {worst} from './report.ts';

type Checked = Pick<CheckInReport, 'state' | 'text'>;
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
        {item: 'Secrets safe: key kept, nothing about to expire', checks: ['key', 'files', 'credential', 'secret_dates', 'certificate']},
        {item: 'Agents are in the channel and recognised', checks: ['agents', 'emails', 'agent_list', 'bookings']},
        {item: 'Side panel installed and allowed to call the bridge', checks: ['plugin', 'public_address', 'cors']},
        {item: 'Rollback known: set inactive, mirroring stops', checks: ['state']},
    ],
};

/** The items with the states of their checks. */
export const filledIn = (
    environment: DoctorReport['environment'],
    checkOf: (check: string) => Checked | undefined,
): DoctorReport['checklist'] =>
    CHECKLISTS[environment].map(({item, checks}) => {
        const found = checks.map(checkOf);
        const state = worst(found.map((one) => one?.state ?? 'not_checked'));
        // What needs a service that does not run was not looked at: the rest does not make it a tick.
        const isOpen = found.some((one) => one?.text.includes(NOT_RUNNING));
        return {item, checks: [...checks], state: isOpen && (state === 'ok' || state === 'info') ? 'not_checked' : state};
    });
