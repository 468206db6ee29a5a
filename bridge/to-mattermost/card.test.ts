import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {renderCard, renderNotification} from './card.ts';
import {type Conversation, newConversation} from './conversation.ts';

const config = {
    language: 'nl',
    time_zone: 'Europe/Amsterdam',
    conversation_link: '',
    card_properties: [] as string[],
    card_email: false,
} as const;
const conversation: Conversation = {
    ...newConversation('c-1', Date.parse('2026-11-22T23:31:00Z')),
    visitor: {name: 'Anna', email: 'anna@a.nl', properties: {plan: 'gold', vip: true, hashkey: 's3cr3t'}},
    page: {url: 'https://www.a.nl/boten?hashkey=s3cr3t', title: 'Boten'},
    language: 'nl-BE',
    assignee: {name: 'Bob'},
    presence: 'away',
};

describe('renderCard', () => {
    it('shows what is known, in the integration’s language and time zone', () => {
        expect(renderCard(conversation, {config})).toBe(
            [
                '#### Anna · ⏳ wacht op antwoord sinds 23 nov, 00:31',
                '**Gesprek:** c-1',
                '**Pagina:** Boten (https://www.a.nl/boten?hashkey=REDACTED)',
                '**Toegewezen aan:** Bob',
                '**Aanwezigheid:** even weg',
                '**Taal:** Nederlands (België)',
                '**Begonnen:** 23 nov 2026, 00:31',
            ].join('\n'),
        );
    });

    it('begins with the words nobody has answered, in one line that pings nobody, and since when they wait', () => {
        const words = `@all kan ik\n# morgen ook om 10 uur komen? hashkey=s3cr3t ${'x'.repeat(300)}`;
        const [heading, quote, empty, next] = renderCard(conversation, {config: {...config, language: 'en'}, words}).split('\n');
        expect(heading).toBe('#### Anna · ⏳ waiting since 23 Nov, 00:31');
        expect(quote).toMatch(/^> @\u200Ball kan ik # morgen ook om 10 uur komen\? .*…$/);
        expect(quote).not.toContain('s3cr3t');
        expect([empty, next]).toEqual(['', '**Conversation:** c-1']);
        const open = renderCard({...conversation, unanswered: []}, {config, words});
        expect(open).not.toContain('morgen');
        expect(open).toContain('▶ open');
        expect(renderCard({...conversation, closed: {at: 1, here: true}}, {config, words})).not.toMatch(/morgen|⏳/);
    });

    it('links a booking to a page whose address is given whole, also where i-Reserve is not asked', () => {
        const booked = {...conversation, booking_id: '4711'};
        const lineWith = (booking_link: string, id = '4711') =>
            renderCard({...booked, booking_id: id}, {config: {...config, booking_link}})
                .split('\n')
                .find((line) => line.includes(id));
        expect(lineWith('https://aurora.example.com/b/{id}')).toContain('[4711](https://aurora.example.com/b/4711)');
        expect(lineWith('{base}/b/{id}')).not.toContain('](');
        expect(lineWith('https://aurora.example.com/b/{id}', '47/../x')).not.toContain('](');
    });

    it('shows e-mail and properties only as far as allowed, and booking keys never', () => {
        const card = renderCard(conversation, {
            config: {...config, card_email: true, card_properties: ['vip', 'hashkey', 'toString', 'none']},
        });
        expect(card).toContain('**E-mail:** anna@a.nl');
        expect(card).toContain('**vip:** ja');
        expect(card).not.toMatch(/plan|gold|s3cr3t|toString/);
    });

    it('links the conversation by the admin’s template, id encoded', () => {
        const options = {config: {...config, conversation_link: 'https://p.nl/?id={conversation_id}'}};
        expect(renderCard({...conversation, conversation_id: 'a:$&@b'}, options)).toContain('](https://p.nl/?id=a%3A%24%26%40b)');
    });

    it('tells where the conversation goes on, came from, or was made anew', () => {
        const url = 'https://mm.nl/_redirect/pl/abc';
        expect(renderCard(conversation, {config, next: {url}})).toContain(`(${url})`);
        expect(renderCard(conversation, {config, previous: {url, kind: 'continued'}})).toContain(`(${url})`);
        const recap = [{author: '', type: 'visitor', text: '@all # hi'}] as const;
        const recreated = renderCard(conversation, {config, previous: {url, kind: 'recreated'}, recap});
        expect(recreated).toContain('Laatst gezegd:\n> **Bezoeker**: @\u200Ball # hi');
    });

    it('is at most 4,000 code points and always names the conversation, whatever comes in', async () => {
        const long = fc.constantFrom('*', '<', '&#64;', '@all ', '\n', '[x](http://e) ', '😀').map((piece) => piece.repeat(400));
        await check(
            fc.property(long, long, long, (a, b, c) => {
                const properties = Object.fromEntries(Array.from({length: 50}, (_, index) => [`p${index}`, c]));
                const hostile: Conversation = {
                    ...conversation,
                    closed: {at: 1, here: false},
                    visitor: {name: a, properties},
                    topic: b,
                    page: {url: `https://x.nl/${'é'.repeat(300)}`, title: c},
                    assignee: {name: c},
                    closed_reason: a,
                };
                const recap = [1, 2, 3].map(() => ({author: a, type: 'visitor' as const, text: b}));
                const options = {config: {...config, card_properties: Object.keys(properties)}, recap};
                const card = renderCard(hostile, options);
                expect(Array.from(card).length).toBeLessThanOrEqual(4000);
                expect(card).toContain('**Gesprek:** c-1');
                expect(card).not.toMatch(/@[a-z]/);
                expect(renderCard(structuredClone(hostile), options)).toBe(card);
            }),
            {numRuns: 40},
        );
    });
});

describe('renderNotification', () => {
    it('tames title, text, fields and link, and leaves out booking keys', () => {
        const text = renderNotification({
            id: 'e',
            type: 'notification.created',
            timestamp: '2026-11-22T10:00:00Z',
            data: {
                notification_id: 'n',
                notification_type: 'booking.confirmed',
                title: 'Booking @all',
                text: '# x',
                format: 'plain',
                fields: [
                    {title: 'When', value: 'today\n- now'},
                    {title: 'HASHKEY', value: 's3cr3t'},
                ],
                link: {url: 'https://a.nl/', title: 'Open'},
            },
        });
        expect(text).toBe('#### Booking @\u200Ball\n\n\u200B# x\n\n**When:** today\n\u200B- now\n\nOpen (https://a.nl/)');
    });
});
