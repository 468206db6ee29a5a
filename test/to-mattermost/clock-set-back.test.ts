/** Somebody sets the bridge's clock back: what visitors edit afterwards is newer all the same. */
import {expect, test} from 'vitest';
import {startMattermost} from '../doubles/mattermost/start.ts';
import {startTestBridge} from '../support/bridge.ts';

test('an edit that arrives by a clock that was set back is no older than its message', async () => {
    const mattermost = await startMattermost();
    let offset = 0;
    const bridge = await startTestBridge({mattermost, overrides: {now: () => Date.now() + offset}});
    try {
        const event = (id: string, type: string, data: object) => ({
            id,
            type,
            timestamp: new Date().toISOString(),
            data: {conversation_id: 'C', ...data},
        });
        await bridge.deliver(event('start', 'conversation.started', {visitor: {name: 'Kim'}}));
        await bridge.deliver(event('said', 'message.created', {message_id: 'M', author: {type: 'visitor'}, text: 'first words'}));
        offset = -100_000;
        await bridge.deliver(event('edited', 'message.edited', {message_id: 'M', text: 'second words'}));
        await bridge.deliver(event('again', 'message.edited', {message_id: 'M', text: 'third words'}));
        const shown = mattermost.look.posts(mattermost.seeded.channels.mirror.id).map(({message}) => message);
        expect(shown.join('\n')).toContain('third words');
        expect(shown.join('\n')).not.toContain('first words');
    } finally {
        await bridge.stop();
        await mattermost.stop();
    }
});
