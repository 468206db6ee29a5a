import {afterEach, expect, test, vi} from 'vitest';
import {createTestDesk, hostState} from '../../tests/render.tsx';
import {createServers, ROOT} from '../../tests/servers.ts';
import {changed} from '../state/reducer.ts';
import type {PluginRegistry, PopoutListeners} from '../types/mattermost.ts';
import {notifyOfWaiting, registerSettings} from './notify.ts';
import {registerPopout} from './popout.ts';

type Listener = Parameters<PopoutListeners['onMessageFromPopout']>[0];

const say = (id: string) => id;
const setUtils = (utils: object | undefined) => Object.assign(window, {WebappUtils: utils});

afterEach(() => setUtils(undefined));

test.each([
    ['sound', 1],
    ['silent', 1],
    ['off', 0],
    [undefined, 0],
])('with the wish %s, one more who waits is told %i times, and one less never', (wish, times) => {
    const sendDesktopNotificationToMe = vi.fn<(...parts: unknown[]) => void>();
    setUtils({sendDesktopNotificationToMe});
    const preferences: Record<string, {value: string}> = wish ? {'pp_com.i-reserve.conversations--waiting': {value: wish}} : {};
    const {desk, store} = createTestDesk(createServers(), hostState([], preferences));
    const stop = notifyOfWaiting(desk, say);
    const count = (waiting: number) => store.dispatch(changed({type: 'counts', counts: {waiting, mine: 0, open: 0, closed: 0}}));
    count(2);
    expect(sendDesktopNotificationToMe).not.toHaveBeenCalled();
    count(3);
    count(1);
    expect(sendDesktopNotificationToMe).toHaveBeenCalledTimes(times);
    stop();
    count(9);
    expect(sendDesktopNotificationToMe).toHaveBeenCalledTimes(times);
});

test('a host without user settings is left alone', () => {
    expect(() => registerSettings({} as PluginRegistry, say)).not.toThrow();
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
