import {screen, waitFor} from '@testing-library/react';
import {expect, test, vi} from 'vitest';
import {hostState, renderPanel} from '../../../tests/render.tsx';
import {createServers, root} from '../../../tests/servers.ts';

const open = async (options: Parameters<typeof renderPanel>[0] = {}) => {
    const parts = renderPanel(options);
    await parts.user.click(await screen.findByRole('button', {name: /Sanne de Vries/}));
    await screen.findByRole('heading', {name: 'Sanne de Vries'});
    return parts;
};
const box = () => screen.getByRole('textbox', {name: 'Reply to Sanne de Vries'});

test('without the bridge the thread is shown and can be answered; the reply waits', async () => {
    const servers = createServers();
    const {desk, user} = renderPanel({servers, state: hostState([root()])});
    await screen.findByRole('button', {name: /Sanne/});
    servers.bridgeIsAway = true;
    await desk.conversations.openPost(root().id);
    expect(await screen.findByText(/The bridge at https:\/\/bridge.example does not answer/)).toBeOnPage();
    await user.type(screen.getByRole('textbox', {name: 'Reply to Visitor'}), 'Still here{Enter}');
    expect(await screen.findByText('Posted. It leaves when the bridge is back.')).toBeOnPage();
    // Said once, and at the message itself.
    expect(screen.queryByText(/your reply waits for it/)).toBeNull();
    expect(screen.getByText('Waiting for the bridge').parentElement?.querySelector('.icon')).not.toBeNull();
});

/** Timers of so many ms and more never come. */
function holdUpTimersFrom(atLeast: number): void {
    const real = window.setTimeout;
    vi.spyOn(window, 'setTimeout').mockImplementation(((work: () => void, ms = 0) => (ms < atLeast ? real(work, ms) : 0)) as typeof real);
}

test('once the bridge answers anything, nothing says any more that it is away, and the stream is there again', async () => {
    const {user, servers, desk} = await open();
    await waitFor(() => expect(servers.streams()).toBe(1));
    holdUpTimersFrom(20);
    servers.bridgeIsAway = true;
    servers.cut();
    await user.type(box(), 'Still here{Enter}');
    expect(await screen.findByText('Posted. It leaves when the bridge is back.')).toBeOnPage();
    expect(screen.getByRole('alert')).toHaveText('does not answer');
    servers.bridgeIsAway = false;
    const before = servers.requests('GET', '/stream').length;
    await desk.bridge.canned();
    await waitFor(() => {
        expect(screen.queryByText('Posted. It leaves when the bridge is back.')).toBeNull();
        expect(screen.queryByRole('alert')).toBeNull();
    });
    // Not by a try of its own, which is held up.
    await waitFor(() => expect(servers.requests('GET', '/stream').length).toBeGreaterThan(before));
});
