import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Place} from './place.ts';
import {openStream, postIn, type Stream} from './socket.ts';

type Case = {readonly text: string; readonly pings: boolean};

/** What in a bot's post pings a person of the channel, and what does not. `@anna` stands for her user name. */
const CASES: readonly Case[] = [
    {text: '@channel', pings: true},
    {text: '@ALL!', pings: true},
    {text: '> @channel', pings: true},
    {text: '**@channel**', pings: true},
    {text: '[@channel](http://x.example)', pings: true},
    {text: '\\@channel', pings: true},
    {text: 'hello @anna, all well?', pings: true},
    {text: '(@anna)', pings: true},
    {text: '@anna.', pings: true},
    {text: '# @channel', pings: true},
    {text: '- @channel', pings: true},
    {text: '_@anna_ can you take this?', pings: true},
    {text: '__@channel__', pings: true},
    {text: '_@here_', pings: true},
    {text: 'done.@channel', pings: true},
    {text: 'a-@channel-', pings: true},
    {text: 'x:@channel:', pings: true},
    {text: 'see ``` and @anna', pings: true},
    {text: 'http://example.com/@anna', pings: false},
    {text: ':@anna:', pings: false},
    {text: '@@anna', pings: false},
    {text: '@anna@example.com', pings: false},
    {text: 'x_@anna', pings: false},
    {text: 'é@anna', pings: false},
    {text: 'eva.de-wit@anna.example', pings: false},
    {text: '`@channel`', pings: false},
    {text: '```\n@channel\n```', pings: false},
    {text: '    @channel', pings: false},
    {text: '@\u200bchannel', pings: false},
    {text: '@\u2060channel', pings: false},
    {text: '@\u00adchannel', pings: false},
    {text: '＠channel', pings: false},
    {text: '@**channel**', pings: false},
    {text: '@\u200banna', pings: false},
    {text: 'mail@channel.example', pings: false},
    {text: '<!channel>', pings: false},
];

/** Who is notified: the `mentions` of the `posted` event, seen by a person of the channel. */
export function describeMentions(here: () => Place): void {
    let stream: Stream;

    beforeAll(async () => {
        stream = await openStream(here().url, here().anna);
        await stream.waitFor('hello');
    });
    afterAll(async () => {
        await stream.close();
    });

    const pings = async (fields: Record<string, string | object>): Promise<boolean> => {
        const {bot, anna, privateChannel, posted} = here();
        const post = await posted(bot, {channel_id: privateChannel, ...fields} as Parameters<Place['posted']>[1]);
        const {data} = await stream.waitFor('posted', (event) => String(postIn(event).id) === post.id);
        return data.mentions !== undefined && (JSON.parse(String(data.mentions)) as string[]).includes(anna.userId);
    };

    describe('mentions', () => {
        test.each(CASES)('$text pings: $pings', async (one) => {
            expect(await pings({message: one.text.replace('@anna', `@${here().anna.username}`)})).toBe(one.pings);
        });

        test('an HTML entity for the @ pings on 5.x only', async () => {
            expect(await pings({message: '&#64;channel'})).toBe(here().era === '5.37');
        });

        test('groups to mention need a licence: without one the server says so, and there are none', async () => {
            const {bot} = here();
            const answer = await bot.get('/groups?q=support&filter_allow_reference=true&page=0&per_page=200');
            expect([200, 501]).toContain(answer.status);
            if (answer.status === 501) expect(answer.json.id).toMatch(/license_error$/);
            else expect(Array.isArray(answer.json)).toBe(true);
        });

        test('the author is not pinged by himself', async () => {
            const {anna, privateChannel, posted} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: `@${anna.username} @channel`});
            const {data} = await stream.waitFor('posted', (event) => String(postIn(event).id) === post.id);
            expect(String(data.mentions ?? '')).not.toContain(anna.userId);
        });

        test('custom types ping too', async () => {
            expect(await pings({message: '@channel', type: 'custom_ireserve'})).toBe(true);
        });

        test('mentionHighlightDisabled does not stop it', async () => {
            expect(await pings({message: '@channel', props: {mentionHighlightDisabled: true}})).toBe(true);
        });

        test.each([
            ['text', true],
            ['pretext', true],
            ['title', false],
            ['author_name', false],
            ['footer', false],
            ['fallback', false],
        ] as const)('attachment %s pings: %s', async (field, expected) => {
            expect(await pings({message: 'see', props: {attachments: [{[field]: '@channel'}]}})).toBe(expected);
        });

        test('attachment field values ping on 11.x only', async () => {
            const attachments = [{fields: [{title: 't', value: '@channel', short: true}]}];
            expect(await pings({message: 'see', props: {attachments}})).toBe(here().era !== '5.37');
        });
    });
}
