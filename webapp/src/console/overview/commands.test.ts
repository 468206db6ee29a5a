import {expect, test} from 'vitest';
import {commandsIn} from './commands.ts';

test.each([
    ['Set the address: ireserve-bridge integration set aurora --server-url https://chat.example.com', 1, 'https://chat.example.com'],
    ['Look: ireserve-bridge secret add aurora bot_token --file FILE. With --admin-token-file the doctor can say more.', 1, 'FILE'],
    ['ireserve-bridge deliveries list --integration aurora --state dead, then retry or discard.', 1, 'dead'],
    ['Both: ireserve-bridge secret add aurora callback_secrets --generate (the previous one signs too).', 1, 'generate'],
    ['See why: ireserve-bridge log aurora --level warn; and the other findings here.', 1, 'warn'],
    ['ireserve-bridge secret add aurora signing_secrets --generate, or: ireserve-bridge token create aurora', 2, 'create aurora'],
    ['chmod 600 /data/secret.key', 1, 'secret.key'],
    ['Run ireserve-bridge setup again, or make it: Integrations → Outgoing Webhooks.', 0, ''],
    ['Take it out: ireserve-bridge integration set aurora --webhook-token-file ""', 1, '""'],
])('%s', (text, count, end) => {
    const found = commandsIn(text);
    expect(found).toHaveLength(count);
    expect(found.join('').endsWith(end)).toBe(true);
    for (const command of found) expect(text).toContain(command);
});
