/** docs/callbacks.md tells the truth: its example fits the contract, names every type, and its code verifies what the bridge signs. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {CALLBACKS, Callback} from '../bridge/callbacks.ts';
import {signedHeaders} from '../bridge/to-ireserve/call.ts';

const guide = await readFile(join(import.meta.dirname, 'callbacks.md'), 'utf8');
const block = (kind: string) => new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'ms').exec(guide)?.[1] ?? '';

test('the example is a callback, without keys that are not in the contract', () => {
    const example = JSON.parse(block('json callback')) as object;
    expect(Callback.parse(example)).toEqual(example);
});

test('every type is named', () => {
    const short = (type: string) => (type.startsWith('conversation.') ? `.${type.slice('conversation.'.length)}` : type);
    for (const {shape} of CALLBACKS) expect(guide).toContain(`${short(shape.type.value)}\``);
});

test('its code takes what the bridge signs, also during rotation, and nothing else', async () => {
    const {isGenuine} = (await import(`data:text/javascript,${encodeURIComponent(block('js'))}`)) as {
        isGenuine(headers: object, body: string, secrets: string[]): boolean;
    };
    const [old, fresh, other] = [1, 2, 3].map((byte) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`) as [string, string, string];
    const body = '{"id":"cb_1","text":"⛵"}';
    const headers = signedHeaders([fresh, old], 'cb_1', body, Date.now());
    expect(isGenuine(headers, body, [old])).toBe(true);
    expect(isGenuine(headers, body, [fresh])).toBe(true);
    expect(isGenuine(headers, body, [other])).toBe(false);
    expect(isGenuine(headers, `${body} `, [fresh])).toBe(false);
    expect(isGenuine(signedHeaders([fresh], 'cb_1', body, Date.now() - 600_000), body, [fresh])).toBe(false);
});
