import {afterEach, expect, test, vi} from 'vitest';
import {createHostStore, createTestDesk, hostState} from '../../tests/render.tsx';
import {createServers, ROOT, TEAM} from '../../tests/servers.ts';
import {storage, takeTurns} from '../host.ts';
import {changed} from '../state/reducer.ts';
import type {PluginRegistry, PopoutListeners, UserSettings} from '../types/mattermost.ts';
import {notifyOfWaiting, registerSettings} from './notify.ts';
import {registerPopout} from './popout.ts';

type Listener = Parameters<PopoutListeners['onMessageFromPopout']>[0];

const say = (id: string) => id;
const setUtils = (utils: object | undefined) => Object.assign(window, {WebappUtils: utils});

afterEach(() => setUtils(undefined));

const WISH = 'pp_com.i-reserve.conversations--waiting';
/** One tab of the browser; all share its storage. */
function openTab(wish: string | undefined, takeTurns = (_name: string, work: () => void) => work()) {
    const {desk, store} = createTestDesk(createServers(), hostState([], wish ? {[WISH]: {value: wish}} : {}));
    desk.connection.enterTeam();
    const stop = notifyOfWaiting(desk, say, {storage, takeTurns});
    return {stop, count: (waiting: number) => store.dispatch(changed({type: 'counts', counts: {waiting, mine: 0, open: 0, closed: 0}}))};
}

function listen() {
    const told = vi.fn<(...parts: unknown[]) => void>();
    // Nothing is told before what it gives back is dispatched.
    setUtils({
        sendDesktopNotificationToMe:
            (...parts: unknown[]) =>
            () =>
                told(...parts),
    });
    return told;
}

test.each([
    ['sound', 1],
    ['silent', 1],
    ['off', 0],
    [undefined, 0],
])('with the wish %s, one more who waits is told %i times, and one less never', (wish, times) => {
    const told = listen();
    const {count, stop} = openTab(wish);
    count(2);
    expect(told).not.toHaveBeenCalled();
    count(3);
    count(1);
    expect(told).toHaveBeenCalledTimes(times);
    for (const [title, body, channel, team, silent, , path] of told.mock.calls) {
        expect([title, channel, team, silent, path]).toEqual(['ireserve.panel.title', '', TEAM, wish === 'silent', '/aurora']);
        expect(body).toMatch(/^ireserve\.view\.waiting: 3 · .*\d/);
    }
    stop();
    count(9);
    expect(told).toHaveBeenCalledTimes(times);
});

test('of several tabs one says it: the first that hears of it, however much later the others do', () => {
    vi.useFakeTimers();
    const told = listen();
    const tabs = [openTab('sound'), openTab('sound'), openTab('sound')];
    const [live, other, glancing] = tabs;
    for (const {count} of tabs) count(1);
    live?.count(2);
    other?.count(2);
    expect(told).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    glancing?.count(2);
    expect(told).toHaveBeenCalledTimes(1);
    // The first is closed: the next tells.
    live?.stop();
    other?.count(1);
    other?.count(2);
    expect(told).toHaveBeenCalledTimes(2);
    // What was told long ago silences nobody.
    vi.advanceTimersByTime(3_600_000);
    glancing?.count(1);
    vi.advanceTimersByTime(3_600_000);
    other?.count(1);
    other?.count(2);
    expect(told).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
});

test('tabs that hear of it at the same moment take turns, with locks and without', async () => {
    const told = listen();
    const all = ['a', 'b', 'c'].map(() => openTab('sound', takeTurns));
    for (const {count} of all) count(1);
    await new Promise((resolve) => setTimeout(resolve, 350));
    for (const {count} of all) count(2);
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1));
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(told).toHaveBeenCalledTimes(1);
    let last = Promise.resolve();
    const locks = {
        request: (_name: string, work: () => void) => {
            last = last.then(work);
            return last;
        },
    };
    Object.defineProperty(navigator, 'locks', {value: locks, configurable: true});
    for (const {count} of all) count(3);
    await last;
    expect(told).toHaveBeenCalledTimes(2);
    Reflect.deleteProperty(navigator, 'locks');
});

test('a host without user settings is left alone', () => {
    expect(() => registerSettings({} as PluginRegistry, say, createHostStore())).not.toThrow();
});

test('the settings are in the language of who logs in after the page was loaded', () => {
    const store = createHostStore();
    let language = 'en';
    const titles: string[] = [];
    const registry = {registerUserSettings: ({uiName}: UserSettings) => titles.push(uiName)} as unknown as PluginRegistry;
    const stop = registerSettings(registry, (id) => `${language} ${id}`, store);
    store.dispatch({type: 'something'});
    language = 'nl';
    store.dispatch({type: 'RECEIVED_ME'});
    expect(titles).toEqual(['en ireserve.settings.title', 'nl ireserve.settings.title']);
    stop();
    language = 'de';
    store.dispatch({type: 'RECEIVED_ME'});
    expect(titles).toHaveLength(2);
});

test('the window of its own asks what is shown, and shows it; the first window answers', async () => {
    let onOpened: Parameters<NonNullable<PluginRegistry['registerRHSPluginPopoutListener']>>[1] | undefined;
    let toParent: Listener = () => undefined;
    let toPopout: Listener = () => undefined;
    const registry = {
        registerRHSPluginPopoutListener: (_id: string, given: typeof onOpened) => {
            onOpened = given;
        },
    } as unknown as PluginRegistry;

    const parent = createTestDesk();
    registerPopout(registry, parent.desk);
    await parent.desk.conversations.open('C1', ROOT);
    onOpened?.('aurora', 'web-chats', {
        onMessageFromPopout: (listener) => {
            toParent = listener;
        },
        sendToPopout: (...parts) => toPopout(...parts),
    });

    setUtils({
        popouts: {
            isPopoutWindow: () => true,
            sendToParent: (...parts: Parameters<Listener>) => toParent(...parts),
            onMessageFromParent: (listener: Listener) => {
                toPopout = listener;
            },
        },
    });
    const popout = createTestDesk();
    registerPopout({} as PluginRegistry, popout.desk);
    expect(popout.state().shown).toMatchObject({kind: 'conversation', conversation_id: 'C1', root_id: ROOT});
});
