/** Everything that may happen to agents' answers, as plain data: it is generated, shrunk, printed and replayed. */
import fc from 'fast-check';
import type {FaultKind} from '../../doubles/mattermost/start.ts';

/** How something is said: for the visitor, for colleagues, or so that its author is asked. */
export type Manner = 'plain' | 'marked' | 'slashes' | 'word' | 'mention' | 'pattern';
export const NOTES: readonly Manner[] = ['slashes', 'word'];
export const QUESTIONS: readonly Manner[] = ['mention', 'pattern'];

export type IreserveFault = 'limited' | 'unavailable' | 'error' | 'refused' | 'gone' | 'reset before' | 'reset after' | 'slow';

export type Action =
    | {readonly do: 'visitor'; readonly c: number}
    | {readonly do: 'post'; readonly c: number; readonly who: number; readonly manner: Manner; readonly file: boolean}
    | {readonly do: 'bot post' | 'root post'; readonly c: number}
    | {readonly do: 'edit'; readonly c: number; readonly which: number; readonly manner: Manner}
    | {readonly do: 'delete' | 'send' | 'keep'; readonly c: number; readonly which: number}
    | {readonly do: 'hook'; readonly c: number; readonly which: number; readonly times: number}
    | {readonly do: 'cut' | 'lose events' | 'hold events' | 'tell events' | 'tell events reversed' | 'restart server'}
    | {readonly do: 'refuse sockets'; readonly next: number}
    | {readonly do: 'ireserve'; readonly fault: IreserveFault; readonly times: number}
    | {readonly do: 'mattermost'; readonly kind: FaultKind; readonly route: string; readonly next: number}
    | {readonly do: 'heal' | 'restart bridge' | 'pause' | 'resume' | 'quiet'}
    | {readonly do: 'delete root' | 'move thread'; readonly c: number}
    | {readonly do: 'wait'; readonly ms: number};

export type Scenario = {
    readonly seed: number;
    readonly conversations: number;
    readonly undoSeconds: number;
    readonly actions: readonly Action[];
};

const record = <T extends object>(fields: {[K in keyof T]: fc.Arbitrary<T[K]>}) => fc.record<T>(fields, {noNullPrototype: true});
const is = <T>(...values: T[]) => fc.constantFrom(...values);

const c = fc.nat(2);
const which = fc.nat(9);
const manner = fc.oneof(
    {weight: 6, arbitrary: is<Manner>('plain')},
    {weight: 1, arbitrary: is<Manner>('marked', 'slashes', 'word', 'mention', 'pattern')},
);
const edited = is<Manner>('plain', 'plain', 'marked', 'slashes', 'word', 'mention', 'pattern');

const action: fc.Arbitrary<Action> = fc.oneof(
    {weight: 20, arbitrary: record({do: is('post' as const), c, who: fc.nat(2), manner, file: is(false, false, false, false, true)})},
    {weight: 8, arbitrary: record({do: is('edit' as const), c, which, manner: edited})},
    {weight: 4, arbitrary: record({do: is('delete' as const), c, which})},
    {weight: 3, arbitrary: record({do: is('send' as const, 'keep' as const), c, which})},
    {weight: 2, arbitrary: record({do: is('visitor' as const, 'bot post' as const, 'root post' as const), c})},
    {weight: 2, arbitrary: record({do: is('hook' as const), c, which, times: fc.integer({min: 1, max: 3})})},
    {
        weight: 5,
        arbitrary: record({
            do: is(
                'cut' as const,
                'lose events' as const,
                'hold events' as const,
                'tell events' as const,
                'tell events reversed' as const,
                'restart server' as const,
            ),
        }),
    },
    {weight: 1, arbitrary: record({do: is('refuse sockets' as const), next: fc.integer({min: 1, max: 4})})},
    {
        weight: 5,
        arbitrary: record({
            do: is('ireserve' as const),
            fault: is<IreserveFault>('limited', 'unavailable', 'error', 'refused', 'gone', 'reset before', 'reset after', 'slow'),
            times: fc.integer({min: 1, max: 3}),
        }),
    },
    {
        weight: 4,
        arbitrary: record({
            do: is('mattermost' as const),
            kind: is<FaultKind>('error', 'too-many', 'bad-gateway', 'reset', 'silent', 'slow', 'html', 'cut'),
            route: is('GET*', 'GET*', 'POST /users/usernames', 'POST /reactions', 'POST /posts'),
            next: fc.integer({min: 1, max: 4}),
        }),
    },
    {
        weight: 5,
        arbitrary: record({do: is('heal' as const, 'restart bridge' as const, 'pause' as const, 'resume' as const, 'quiet' as const)}),
    },
    {weight: 1, arbitrary: record({do: is('delete root' as const, 'move thread' as const), c})},
    {weight: 5, arbitrary: record({do: is('wait' as const), ms: is(5, 20, 60, 200)})},
);

export const scenario: fc.Arbitrary<Scenario> = record({
    seed: fc.nat(),
    conversations: fc.integer({min: 1, max: 3}),
    undoSeconds: is(0, 0, 0, 1),
    actions: fc.array(action, {minLength: 3, maxLength: 40, size: 'max'}),
});
