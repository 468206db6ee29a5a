/** The number of those who wait, asked for now and then while nobody looks. */
import type {Post} from '@mattermost/types/posts';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createTestDesk, hostState} from '../../tests/render.tsx';
import {createServers, ME, post, TEAM, visitorPost} from '../../tests/servers.ts';
import {makeEventHandlers} from '../registrations/websocket.ts';
import type {GlobalState, HostEvent} from '../types/mattermost.ts';

const LIST = '/v1/agent/conversations';
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
    const before = servers.requests('GET', LIST).length;
    await minutes(3);
    expect(servers.requests('GET', LIST).length).toBeGreaterThan(before + 1);
});

test('while nobody looks, a visitor’s words are a sign to ask sooner, and many of them are one', async () => {
    const servers = createServers();
    const {desk} = createTestDesk(servers, inTeam(TEAM));
    const asked = () => servers.requests('GET', LIST).length;
    const handlers = makeEventHandlers(desk);
    const say = (post: Post, times = 20) => {
        for (let said = 0; said < times; said++) handlers.posted?.({data: {post: JSON.stringify(post)}} as unknown as HostEvent);
    };
    const words = visitorPost('p1', 'Hello?');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked()).toBe(1);
    // Anybody may write such props.
    say({...words, user_id: ME});
    say(post({id: 'p2', message: 'An answer'}));
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked()).toBe(1);
    say(words);
    await vi.advanceTimersByTimeAsync(2500);
    expect(asked()).toBe(2);
    say(words);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked()).toBe(2);
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked()).toBe(3);
    // Who looks hears it by the stream.
    const stop = desk.connection.watch();
    await vi.advanceTimersByTimeAsync(1000);
    const before = asked();
    say(words);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toBe(before);
    stop();
});

test('a bridge that is away is asked for as before', async () => {
    const servers = createServers();
    servers.bridgeIsAway = true;
    createTestDesk(servers, inTeam(TEAM));
    await minutes(1);
    servers.bridgeIsAway = false;
    await minutes(2);
    expect(servers.requests('GET', LIST).length).toBeGreaterThan(0);
});
