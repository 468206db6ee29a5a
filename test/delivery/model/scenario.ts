/** Everything that may happen in a run, as plain data: it is generated, shrunk, printed and replayed. */
import fc from 'fast-check';
import {FAULT_KINDS, type FaultKind} from '../../doubles/mattermost/conditions/faults.ts';
import type {Size} from './texts.ts';

/** `at`: seconds after the beginning, at the source. A message is said at 0, so any edit is newer. */
export type ModelEvent =
    | {
          readonly kind: 'say';
          readonly c: number;
          readonly m: number;
          readonly size: Size;
          readonly format: 'plain' | 'markdown';
          readonly file: boolean;
      }
    | {readonly kind: 'edit'; readonly c: number; readonly m: number; readonly size: Size; readonly at: number}
    | {readonly kind: 'withdraw'; readonly c: number; readonly m: number; readonly at: number}
    | {readonly kind: 'start' | 'update'; readonly c: number; readonly at: number; readonly second: boolean}
    | {readonly kind: 'close' | 'presence' | 'typing'; readonly c: number; readonly at: number}
    | {readonly kind: 'notify'; readonly size: Size};

export type Place = 'mirror' | 'second' | 'notifications';

export type Action =
    /** Batches sent at the same time. */
    | {readonly do: 'push'; readonly batches: readonly (readonly ModelEvent[])[]}
    /** Something accepted before is sent once more, word for word. */
    | {readonly do: 'resend'; readonly which: number}
    | {readonly do: 'fault'; readonly kind: FaultKind; readonly route: string; readonly next: number}
    | {readonly do: 'plague'; readonly kind: FaultKind; readonly route: string; readonly percent: number}
    | {readonly do: 'clear faults' | 'restart server' | 'restart bridge' | 'pause' | 'resume' | 'revoke token' | 'renew token' | 'drain'}
    | {readonly do: 'delete root' | 'delete reply'; readonly c: number; readonly which: number}
    | {readonly do: 'move thread'; readonly c: number; readonly which: number; readonly to: 'mirror' | 'second' | 'elsewhere'}
    | {readonly do: 'archive' | 'unarchive' | 'remove bot' | 'add bot'; readonly place: Place}
    | {readonly do: 'wait'; readonly ms: number};

export type Scenario = {readonly seed: number; readonly actions: readonly Action[]};

export const CONVERSATIONS = 3;
/** Shorter than it takes to be called hung; `silent` costs as much each time. */
export const MATTERMOST_TIMEOUT_MS = 800;

/** Plain objects, so that a counterexample can be read. */
const record = <T extends object>(fields: {[K in keyof T]: fc.Arbitrary<T[K]>}) => fc.record<T>(fields, {noNullPrototype: true});

const c = fc.nat(CONVERSATIONS - 1);
const m = fc.nat(15);
const at = fc.integer({min: 1, max: 30});
const size = fc.oneof(
    {weight: 8, arbitrary: fc.constant<Size>('short')},
    {weight: 2, arbitrary: fc.constant<Size>('long')},
    fc.constant<Size>('longest'),
);

const say = record({
    kind: fc.constant('say' as const),
    c,
    m,
    size,
    format: fc.constantFrom('plain' as const, 'markdown' as const),
    file: fc.oneof({weight: 6, arbitrary: fc.constant(false)}, fc.constant(true)),
});
const modelEvent: fc.Arbitrary<ModelEvent> = fc.oneof(
    {weight: 12, arbitrary: say},
    {weight: 3, arbitrary: record({kind: fc.constant('edit' as const), c, m, size, at})},
    {weight: 1, arbitrary: record({kind: fc.constant('withdraw' as const), c, m, at})},
    {weight: 3, arbitrary: record({kind: fc.constantFrom('start' as const, 'update' as const), c, at, second: fc.boolean()})},
    {weight: 1, arbitrary: record({kind: fc.constantFrom('close' as const, 'presence' as const, 'typing' as const), c, at})},
    {weight: 1, arbitrary: record({kind: fc.constant('notify' as const), size})},
);

const CREATE = 'POST /posts';
const route = fc.oneof(
    {weight: 5, arbitrary: fc.constant(CREATE)},
    fc.constantFrom('PUT /posts/:post_id/patch', 'DELETE /posts/:post_id', 'POST /files', 'GET*'),
);
const kind = fc.constantFrom(...FAULT_KINDS);
const place = fc.constantFrom<Place>('mirror', 'mirror', 'second', 'notifications');
const which = fc.nat(9);

const action: fc.Arbitrary<Action> = fc.oneof(
    {
        weight: 24,
        arbitrary: record({
            do: fc.constant('push' as const),
            batches: fc.array(fc.array(modelEvent, {minLength: 1, maxLength: 5}), {minLength: 1, maxLength: 3}),
        }),
    },
    {weight: 2, arbitrary: record({do: fc.constant('resend' as const), which: fc.nat(99)})},
    {weight: 6, arbitrary: record({do: fc.constant('fault' as const), kind, route, next: fc.integer({min: 1, max: 3})})},
    {weight: 2, arbitrary: record({do: fc.constant('plague' as const), kind, route, percent: fc.integer({min: 5, max: 40})})},
    {
        weight: 5,
        arbitrary: record({
            do: fc.constantFrom(
                'clear faults' as const,
                'restart server' as const,
                'restart bridge' as const,
                'pause' as const,
                'resume' as const,
            ),
        }),
    },
    {
        weight: 2,
        arbitrary: record({do: fc.constantFrom('revoke token' as const, 'renew token' as const, 'drain' as const, 'drain' as const)}),
    },
    {weight: 1, arbitrary: record({do: fc.constantFrom('delete root' as const, 'delete reply' as const), c, which})},
    {
        weight: 1,
        arbitrary: record({
            do: fc.constant('move thread' as const),
            c,
            which,
            to: fc.constantFrom('mirror' as const, 'second' as const, 'elsewhere' as const),
        }),
    },
    {
        weight: 2,
        arbitrary: record({
            do: fc.constantFrom('archive' as const, 'unarchive' as const, 'remove bot' as const, 'add bot' as const),
            place,
        }),
    },
    {weight: 6, arbitrary: record({do: fc.constant('wait' as const), ms: fc.constantFrom(10, 30, 100, 300)})},
);

export const scenario: fc.Arbitrary<Scenario> = record({
    seed: fc.nat(),
    actions: fc.array(action, {minLength: 3, maxLength: 40, size: 'max'}),
});
