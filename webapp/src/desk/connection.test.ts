/** The number of those who wait, asked for now and then while nobody looks. */
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createTestDesk, hostState} from '../../tests/render.tsx';
import {createServers, ME, TEAM} from '../../tests/servers.ts';
import type {GlobalState} from '../types/mattermost.ts';

const COMMAND = '/api/v4/commands/execute';

beforeEach(() => {
    vi.useFakeTimers();
    localStorage.setItem(`ireserve.used.${ME}`, 'yes');
});
afterEach(() => void vi.useRealTimers());

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

function inTeam(team_id: string, more: string[] = []): GlobalState {
    const {entities} = hostState();
    const mine = [`channel-of-${team_id}`, ...more];
    return {
        entities: {
            ...entities,
            teams: {...entities.teams, currentTeamId: team_id},
            channels: {
                currentChannelId: mine[0],
                channels: Object.fromEntries(mine.map((id) => [id, {id, team_id}])),
                myMembers: Object.fromEntries(mine.map((id) => [id, {}])),
            },
        },
    } as unknown as GlobalState;
}

test('a team without the command is asked once, and again when I am in one more channel', async () => {
    const servers = createServers();
    servers.commandIsMissing = true;
    const {store, desk} = createTestDesk(servers, inTeam(TEAM));
    const asked = () => servers.requests('POST', COMMAND).length;
    await minutes(10);
    expect(asked()).toBe(1);
    const go = (host: GlobalState) => store.dispatch({type: 'host', host} as never);
    // The same channels, as after every post.
    go(inTeam(TEAM));
    await minutes(10);
    expect(asked()).toBe(1);
    go(inTeam(TEAM, ['one-more']));
    await minutes(10);
    expect(asked()).toBe(2);
    // Somebody made the command, and I opened the panel.
    servers.commandIsMissing = false;
    const stop = desk.connection.watch();
    await minutes(1);
    stop();
    const before = servers.requests('GET', '/v1/agent/conversations').length;
    await minutes(3);
    expect(servers.requests('GET', '/v1/agent/conversations').length).toBeGreaterThan(before + 1);
});

test('a bridge that is away is asked for as before', async () => {
    const servers = createServers();
    servers.bridgeIsAway = true;
    createTestDesk(servers, inTeam(TEAM));
    await minutes(1);
    servers.bridgeIsAway = false;
    await minutes(2);
    expect(servers.requests('GET', '/v1/agent/conversations').length).toBeGreaterThan(0);
});
