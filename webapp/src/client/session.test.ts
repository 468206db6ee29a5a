import {expect, test, vi} from 'vitest';
import {MattermostError} from './mattermost.ts';
import {createSessions, type SessionOptions} from './session.ts';

const NOW = 1_000_000;
const answer = (changes: object = {}) => ({
    props: {
        ireserve: {
            v: 1,
            nonce: 'n1',
            bridge_url: 'https://bridge.example/',
            token: 't',
            expires_at: NOW + 600_000,
            integration: {name: 'A', environment: 'test', licence: 'a'},
            ...changes,
        },
    },
});

function create(execute: () => Promise<Record<string, unknown>>, page: {https?: boolean; desktop?: boolean} = {}) {
    const clock = {now: NOW};
    const executeCommand = vi.fn<SessionOptions['mattermost']['executeCommand']>(execute);
    const sessions = createSessions({
        mattermost: {executeCommand},
        place: async () => ({channel_id: 'c', team_id: 't'}),
        page: {isHttps: () => page.https ?? true, isDesktopApp: () => page.desktop ?? false},
        now: () => clock.now,
        random: () => 'n1',
    });
    return {sessions, executeCommand, clock};
}

test('one question at a time, and none while the session lives', async () => {
    const {sessions, executeCommand} = create(async () => answer());
    const [one, two] = await Promise.all([sessions.get(), sessions.get()]);
    expect(one).toBe(two);
    expect(await sessions.get()).toMatchObject({kind: 'ok', url: 'https://bridge.example', token: 't'});
    expect(executeCommand).toHaveBeenCalledExactlyOnceWith('/ireserve session n1', 'c', 't');
});

test('it is renewed a minute before it ends', async () => {
    const {sessions, executeCommand, clock} = create(async () => answer());
    await sessions.get();
    clock.now += 541_000;
    await sessions.get();
    expect(executeCommand).toHaveBeenCalledTimes(2);
});

test('a clock that is fast by an hour does not ask for a session each time', async () => {
    const {sessions, executeCommand} = create(async () => answer({expires_at: NOW - 3_000_000}));
    await sessions.get();
    await sessions.get();
    expect(executeCommand).toHaveBeenCalledOnce();
});

test('forgetting an old bearer does not forget the new one', async () => {
    const {sessions, executeCommand} = create(async () => answer());
    await sessions.get();
    sessions.forget('older');
    await sessions.get();
    expect(executeCommand).toHaveBeenCalledOnce();
    sessions.forget('t');
    await sessions.get();
    expect(executeCommand).toHaveBeenCalledTimes(2);
});

test.each([
    ['another nonce', answer({nonce: 'other'}), {kind: 'refused', code: 'bad_answer'}],
    ['no props', {}, {kind: 'refused', code: 'bad_answer'}],
    ['an address that is none', answer({bridge_url: 'javascript:alert(1)'}), {kind: 'refused', code: 'bad_answer'}],
    [
        'http on an https page',
        answer({bridge_url: 'http://bridge.example'}),
        {kind: 'bridge_unreachable', why: 'mixed_content', url: 'http://bridge.example'},
    ],
    ['a refusal', {props: {ireserve: {v: 1, nonce: 'n1', error: {code: 'not_an_agent'}}}}, {kind: 'not_member'}],
    [
        'another refusal',
        {props: {ireserve: {v: 1, nonce: 'n1', error: {code: 'too_many_requests'}}}},
        {kind: 'refused', code: 'too_many_requests'},
    ],
    [
        'a refusal for somebody else',
        {props: {ireserve: {v: 1, nonce: 'zz', error: {code: 'not_an_agent'}}}},
        {kind: 'refused', code: 'bad_answer'},
    ],
])('%s is no session', async (_case, given, expected) => {
    expect(await create(async () => given).sessions.get()).toEqual(expected);
});

test.each([
    [new MattermostError('no', 'api.command.execute_command.not_found.app_error', 404), {kind: 'command_missing'}],
    [new MattermostError('failed to fetch'), {kind: 'bridge_unreachable', why: 'mattermost', url: ''}],
    [
        new MattermostError('no', 'api.command.execute_command.failed.app_error', 500),
        {kind: 'bridge_unreachable', why: 'from_mattermost', url: ''},
    ],
    [new MattermostError('no', 'api.context.permissions.app_error', 403), {kind: 'refused', code: 'api.context.permissions.app_error'}],
])('what Mattermost answers is told apart: %s', async (error, expected) => {
    expect(await create(() => Promise.reject(error)).sessions.get()).toEqual(expected);
});

test.each([
    ['https://10.1.2.3', true],
    ['http://172.20.0.1:8080', true],
    ['https://bridge', true],
    ['https://bridge.hotel.local', true],
    ['https://bridge.hotel.example', false],
    ['https://172.40.0.1', false],
])('the Desktop app calls %s: is it for being private? %s', (url, isPrivate) => {
    const {sessions} = create(async () => answer(), {desktop: true});
    expect(sessions.whyUnreachable(url)).toMatchObject({why: isPrivate ? 'desktop_private' : 'network'});
    expect(create(async () => answer()).sessions.whyUnreachable(url)).toMatchObject({why: 'network'});
});
