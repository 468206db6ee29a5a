import {afterEach, expect, test, vi} from 'vitest';
import {isDesktopApp} from './host.ts';

afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
});

test('a browser is not the desktop app, though the web app has its part for it there too', () => {
    vi.stubGlobal('DesktopApp', {});
    expect(isDesktopApp()).toBe(false);
});

test('the desktop app is told by what it offers, or by its name', () => {
    vi.stubGlobal('desktopAPI', {});
    expect(isDesktopApp()).toBe(true);
    vi.unstubAllGlobals();
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 Chrome/138 Electron/37.2.3 Safari/537.36 Mattermost/6.0.0');
    expect(isDesktopApp()).toBe(true);
});
