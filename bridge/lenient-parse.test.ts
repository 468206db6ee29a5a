/** What one unusable detail costs: the detail, never the event. And what too many entries cost: nothing. */
import {describe, expect, test} from 'vitest';
import {AgentList} from './callbacks.ts';
import {BridgeEvent, EventBatch, LIMITS, RoutingQuestion} from './contract.ts';
import {parseLeniently} from './lenient-parse.ts';
import {ConversationListing} from './reconcile/listing.ts';

const envelope = {id: 'evt-1', timestamp: '2026-11-22T10:31:00+01:00'};
const updated = (data: object, more: object = {}) => ({
    ...envelope,
    type: 'conversation.updated',
    data: {conversation_id: 'C', ...data},
    ...more,
});
const message = (data: object) => ({
    ...envelope,
    type: 'message.created',
    data: {conversation_id: 'C', message_id: 'M', author: {type: 'visitor'}, text: 'the words', ...data},
});
const notification = (data: object) => ({
    ...envelope,
    type: 'notification.created',
    data: {notification_id: 'N', notification_type: 'booked', title: 'A title', ...data},
});

const lenient = (given: unknown) => parseLeniently(BridgeEvent, given, {strict: false});
const strict = (given: unknown) => parseLeniently(BridgeEvent, given, {strict: true});
const numbered = (count: number) => Object.fromEntries(Array.from({length: count}, (_, index) => [`p${index}`, index]));

const LONG_URL = `https://boats.example.com/rent?${'x'.repeat(2132)}`;

/** [what, event, path in data or the envelope, what it becomes, warning] */
const DETAILS: [what: string, event: object, path: string, value: unknown, warnings: string[]][] = [
    [
        'a page with tracking parameters',
        updated({page: {url: LONG_URL, title: 'Rent'}}),
        'data.page.url',
        'https://boats.example.com/rent',
        ['data.page.url shortened'],
    ],
    ['a page that is no address', updated({page: {url: '/rent'}}), 'data.page', undefined, ['data.page left_out']],
    ['a page without an address', updated({page: {title: 'Rent'}}), 'data.page', undefined, ['data.page left_out']],
    [
        'an e-mail address being typed',
        updated({visitor: {name: 'Eva', email: 'eva@gmail'}}),
        'data.visitor',
        {name: 'Eva'},
        ['data.visitor.email left_out'],
    ],
    ['an empty e-mail address', updated({visitor: {email: ''}}), 'data.visitor', {}, ['data.visitor.email left_out']],
    [
        'null for what is not set',
        updated({visitor: {id: null, name: null, email: null}}),
        'data.visitor',
        {},
        ['data.visitor.id left_out', 'data.visitor.name left_out', 'data.visitor.email left_out'],
    ],
    [
        'a space behind an address',
        updated({visitor: {email: 'eva@example.com '}}),
        'data.visitor.email',
        'eva@example.com',
        ['data.visitor.email normalised'],
    ],
    ['PHP’s empty map', updated({visitor: {properties: []}}), 'data.visitor.properties', {}, ['data.visitor.properties normalised']],
    ['a whole visitor as PHP’s empty map', updated({visitor: [], topic: 'Kayaks'}), 'data.topic', 'Kayaks', ['data.visitor left_out']],
    [
        'a property that is a list',
        updated({visitor: {properties: {tags: ['a'], vip: true}}}),
        'data.visitor.properties',
        {vip: true},
        ['data.visitor.properties.tags left_out'],
    ],
    [
        'a property name of 101 characters',
        updated({visitor: {properties: {['n'.repeat(101)]: 1, vip: true}}}),
        'data.visitor.properties',
        {vip: true},
        [`data.visitor.properties.${'n'.repeat(101)} left_out`],
    ],
    [
        'a long property',
        updated({visitor: {properties: {note: 'n'.repeat(1001)}}}),
        'data.visitor.properties.note',
        `${'n'.repeat(999)}…`,
        ['data.visitor.properties.note shortened'],
    ],
    [
        '51 properties',
        updated({visitor: {properties: numbered(51)}}),
        'data.visitor.properties',
        numbered(50),
        ['data.visitor.properties shortened'],
    ],
    ['a numeric visitor id', updated({visitor: {id: 88}}), 'data.visitor.id', '88', ['data.visitor.id normalised']],
    ['a POSIX locale', updated({language: 'nl_NL.UTF-8'}), 'data.language', 'nl-NL', ['data.language normalised']],
    ['a locale with an extension', updated({language: 'de-DE-u-co-phonebk'}), 'data.language', 'de-DE', ['data.language normalised']],
    ['a language that is none', updated({language: 'Nederlands!'}), 'data.language', undefined, ['data.language left_out']],
    ['a status in capitals', updated({status: 'Open'}), 'data.status', 'open', ['data.status normalised']],
    ['a status of later versions', updated({status: 'snoozed'}), 'data.status', undefined, ['data.status left_out']],
    ['a long topic', updated({topic: '🛶'.repeat(301)}), 'data.topic', `${'🛶'.repeat(299)}…`, ['data.topic shortened']],
    [
        'an assignee’s address with a space',
        updated({assignee: {name: 'Bram', email: ' bram@aurora.example'}}),
        'data.assignee.email',
        'bram@aurora.example',
        ['data.assignee.email normalised'],
    ],
    [
        'an offset without its colon',
        updated({}, {timestamp: '2026-11-22T10:31:00+0100'}),
        'timestamp',
        '2026-11-22T10:31:00+01:00',
        ['timestamp normalised'],
    ],
    [
        'an hour as offset, and a blank',
        updated({started_at: '2026-11-22 10:31:00+01'}),
        'data.started_at',
        '2026-11-22T10:31:00+01:00',
        ['data.started_at normalised'],
    ],
    ['a start without an offset', updated({started_at: '2026-11-22T10:31:00'}), 'data.started_at', undefined, ['data.started_at left_out']],
    ['a sequence as text', updated({}, {sequence: '7'}), 'sequence', 7, ['sequence normalised']],
    [
        'an author’s long name',
        message({author: {type: 'visitor', name: 'A'.repeat(301)}}),
        'data.author.name',
        `${'A'.repeat(299)}…`,
        ['data.author.name shortened'],
    ],
    [
        'a signed address of 2,053 characters',
        message({attachments: [{name: 'a.png', url: `https://x.example/${'x'.repeat(2035)}`}]}),
        'data.attachments.0.name',
        'a.png',
        [],
    ],
    [
        'a file name of 300 characters',
        message({attachments: [{name: `${'n'.repeat(300)}.png`, content_base64: ''}]}),
        'data.attachments.0.name',
        `${'n'.repeat(250)}….png`,
        ['data.attachments.0.name shortened'],
    ],
    [
        'a file without a name',
        message({attachments: [{name: '', content_base64: ''}]}),
        'data.attachments.0.name',
        'file',
        ['data.attachments.0.name normalised'],
    ],
    [
        'a file whose address is none',
        message({
            attachments: [
                {name: 'a', url: 'ftp://x/'},
                {name: 'b', content_base64: ''},
            ],
        }),
        'data.attachments',
        [{name: 'b', content_base64: ''}],
        ['data.attachments.0 left_out'],
    ],
    [
        'bytes that are not base64',
        message({attachments: [{name: 'a', content_base64: '%%%'}]}),
        'data.attachments',
        [],
        ['data.attachments.0 left_out'],
    ],
    ['no list of files', message({attachments: null}), 'data.text', 'the words', []],
    [
        'numbers and booleans in fields',
        notification({
            fields: [
                {title: 'Paid', value: 45.5},
                {title: 2, value: true},
            ],
        }),
        'data.fields',
        [
            {title: 'Paid', value: '45.5'},
            {title: '2', value: 'true'},
        ],
        ['data.fields.0.value normalised', 'data.fields.1.title normalised', 'data.fields.1.value normalised'],
    ],
    [
        'a field without a value',
        notification({
            fields: [
                {title: 'a', value: null},
                {title: 'b', value: 'c'},
            ],
        }),
        'data.fields',
        [{title: 'b', value: 'c'}],
        ['data.fields.0 left_out'],
    ],
    [
        '31 fields',
        notification({fields: Array.from({length: 31}, () => ({title: 'a', value: 'b'}))}),
        'data.fields.29.value',
        'b',
        ['data.fields shortened'],
    ],
    ['a link that is none', notification({link: {url: 'javascript:alert(1)'}}), 'data.link', undefined, ['data.link left_out']],
    ['a long title', notification({title: 't'.repeat(301)}), 'data.title', `${'t'.repeat(299)}…`, ['data.title shortened']],
];

const at = (value: unknown, path: string) => path.split('.').reduce((part, key) => (part as Record<string, unknown>)?.[key], value);

test.each(DETAILS)('%s: taken, and said', (_what, event, path, value, warnings) => {
    const parsed = lenient(event);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(at(parsed.data, path)).toEqual(value);
    expect(parsed.warnings.map((one) => `${one.path} ${one.code}`).sort()).toEqual([...warnings].sort());
    // For those who develop against the contract each of them is refused.
    expect(strict(event).ok).toBe(warnings.length === 0);
});

test.each([
    ['no event id', {...updated({}), id: undefined}],
    ['an unfit conversation id', updated({conversation_id: 'two words'})],
    ['no conversation', {...envelope, type: 'conversation.updated', data: {}}],
    ['words that are none', message({text: {html: 'x'}})],
    ['too many words', message({text: 'x'.repeat(LIMITS.textLength + 1)})],
    ['no author', message({author: null})],
    ['an author of no known type', message({author: {type: 'ghost'}})],
    ['an unknown format', message({format: 'html'})],
    ['a time without an offset', updated({}, {timestamp: '2026-11-22T10:31:00'})],
    ['an unfit origin', message({origin_id: 'two words'})],
    ['more files than a message may have', message({attachments: Array.from({length: 51}, () => ({name: 'a', content_base64: ''}))})],
    ['nothing at all', null],
])('identity and words stay strict: %s is refused', (_what, event) => {
    expect(lenient(event).ok).toBe(false);
});

test('refused for one field, an event is told all that does not fit', () => {
    const parsed = lenient({...updated({page: {url: LONG_URL}, conversation_id: ''}), timestamp: 'yesterday'});
    expect(parsed.ok ? [] : parsed.errors.map(({path}) => path).sort()).toEqual(['data.conversation_id', 'data.page.url', 'timestamp']);
});

test('a key named like a prototype is a key', () => {
    const parsed = lenient(
        JSON.parse(
            '{"id":"e","timestamp":"2026-11-22T10:31:00Z","type":"conversation.updated","data":{"conversation_id":"C","topic":5,"__proto__":{"status":"closed"}}}',
        ),
    );
    expect(parsed.ok && parsed.data).toMatchObject({data: {topic: '5'}});
    expect(parsed.ok && 'status' in (parsed.data.data as object)).toBe(false);
});

test('routing questions and agent lists are read the same way', () => {
    const question = parseLeniently(RoutingQuestion, {language: 'nl_NL', page: {url: LONG_URL}}, {strict: false});
    expect(question.ok && question.data).toEqual({language: 'nl-NL', page: {url: 'https://boats.example.com/rent'}});
    const list = parseLeniently(AgentList, {agents: [{id: 'A17', name: 'Anna', email: 'Anna@Example.com '}]}, {strict: false});
    expect(list.ok && list.data.agents[0]?.email).toBe('anna@example.com');
});

describe('far too many entries are refused by counting', () => {
    /** Throws when an entry is read. */
    const untouchable = <T extends object>(entries: T): T =>
        new Proxy(entries, {
            get(target, key, receiver) {
                if (/^k?\d+$/.test(String(key))) throw new Error('an entry was read');
                return Reflect.get(target, key, receiver);
            },
        });
    const list = untouchable(Array.from({length: 210_000}, () => 1));
    const properties = untouchable(Object.fromEntries(Array.from({length: 1001}, (_, index) => [`k${index}`, {}])));

    test.each([
        ['properties of a visitor', BridgeEvent, updated({visitor: {properties}}), 'data.visitor.properties'],
        ['files', BridgeEvent, message({attachments: list}), 'data.attachments'],
        ['fields', BridgeEvent, notification({fields: list}), 'data.fields'],
        ['events', EventBatch, {events: list}, 'events'],
        ['agents', AgentList, {agents: list}, 'agents'],
        ['conversations', ConversationListing, {conversations: list}, 'conversations'],
        ['messages of a conversation', ConversationListing, {conversations: [{message_ids: list}]}, 'conversations.0.message_ids'],
        ['properties of a routing question', RoutingQuestion, {visitor: {properties}}, 'visitor.properties'],
    ])('%s', (_what, schema, given, path) => {
        const parsed = parseLeniently(schema, given, {strict: false});
        expect(parsed.ok ? [] : parsed.errors.map((one) => one.path)).toEqual([path]);
    });
});
