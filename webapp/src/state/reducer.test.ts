import {expect, test} from 'vitest';
import {BEN, detail, ME, NOW, summary, type Wire} from '../../tests/servers.ts';
import {Detail, Me, Summary} from '../types/bridge.ts';
import {readKept, writeKept} from './drafts.ts';
import {changed, reducer} from './reducer.ts';
import {type Change, EMPTY} from './state.ts';

const apply = (...changes: Change[]) => changes.reduce((state, change) => reducer(state, changed(change)), EMPTY);
const one = (id: string, more: Wire = {}) => Summary(summary({conversation_id: id, ...more}));
const since = (seconds: number) => ({waiting_since: new Date(NOW - seconds * 1000).toISOString()});
const counts = {waiting: 0, mine: 0, open: 0, closed: 0};
const list = (items: Summary[], next_cursor: string | null = null): Change => ({
    type: 'list',
    view: 'waiting',
    search: '',
    items,
    next_cursor,
    counts,
    more: false,
});
const me: Change = {
    type: 'me',
    me: Me({
        user: {user_id: ME, name: 'Anna', username: 'anna'},
        integration: {
            id: 'i',
            name: 'A',
            licence: 'a',
            environment: 'test',
            state: 'active',
            reply_policy: 'thread',
            panel_undo_seconds: 0,
            callback_set: true,
        },
        conversation_link: '',
    }),
};

test('actions of others change nothing', () => {
    expect(reducer(EMPTY, {type: 'RECEIVED_POST'})).toBe(EMPTY);
});

test('the longest waiting is first, and who waits no longer leaves', () => {
    const state = apply(list([one('a', since(10))]), {type: 'summary', summary: one('b', since(20))});
    expect(state.list.ids).toEqual(['b', 'a']);
    const next = reducer(state, changed({type: 'summary', summary: one('b', {waiting_since: null, status: 'open'})}));
    expect(next.list.ids).toEqual(['a']);
});

test('what sorts behind a page that goes on is left to the next page', () => {
    expect(apply(list([one('a', since(20))], 'more'), {type: 'summary', summary: one('b', since(10))}).list.ids).toEqual(['a']);
});

test('“mine” is what is assigned to me and not closed', () => {
    const mine = {assignee: {name: 'Anna', user_id: ME}};
    const state = apply(
        me,
        {type: 'view', view: 'mine', search: ''},
        {type: 'summary', summary: one('a', mine)},
        {type: 'summary', summary: one('b', {...mine, status: 'closed'})},
        {type: 'summary', summary: one('c', {assignee: {name: 'Ben', user_id: BEN}})},
    );
    expect(state.list.ids).toEqual(['a']);
});

test('during a search nothing comes in that the bridge did not find', () => {
    expect(apply({type: 'view', view: 'open', search: 'x'}, {type: 'summary', summary: one('a')}).list.ids).toEqual([]);
});

test('the answer to an older question does not replace the list', () => {
    expect(apply({type: 'view', view: 'closed', search: ''}, list([one('a')])).list.ids).toEqual([]);
});

test('a draft that was begun in a thread goes on under its conversation', () => {
    const state = apply(
        {type: 'shown', shown: {kind: 'conversation', conversation_id: null, root_id: 'r'.repeat(26), opened: {focus: 'back'}}},
        {type: 'draft', key: 'r'.repeat(26), draft: {text: 'Hel', mode: 'note', files: []}},
        {type: 'detail', detail: Detail(detail())},
    );
    expect(state.shown).toMatchObject({conversation_id: 'C1'});
    expect(state.kept.drafts.C1?.text).toBe('Hel');
});

test('another team begins anew, but for what is kept', () => {
    const before = apply({type: 'team', team_id: 't1', kept: EMPTY.kept}, me, list([one('a')]), {type: 'view', view: 'open', search: 'x'});
    const after = reducer(before, changed({type: 'team', team_id: 't2', kept: {drafts: {}, seen: {C1: 5}}}));
    expect(after).toEqual({...EMPTY, view: 'open', team_id: 't2', kept: {drafts: {}, seen: {C1: 5}}});
});

test('kept is what is worth it, and broken storage is nothing', () => {
    const box = new Map<string, string>();
    const storage = {get: (key: string) => box.get(key) ?? null, set: (key: string, value: string) => void box.set(key, value)};
    const draft = {text: 'Hi', mode: 'reply' as const, files: []};
    writeKept(storage, ME, {drafts: {a: draft, b: {...draft, text: ' '}}, seen: {a: 1}});
    expect(readKept(storage, ME)).toEqual({drafts: {a: draft}, seen: {a: 1}});
    expect(readKept(storage, BEN)).toEqual({drafts: {}, seen: {}});
    for (const [key] of box) box.set(key, '{"drafts": 7}');
    expect(readKept(storage, ME)).toEqual({drafts: {}, seen: {}});
});
