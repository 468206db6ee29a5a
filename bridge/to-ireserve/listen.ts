/**
 * The main ear: each integration's bot on Mattermost's event stream, on the one replica elected for it, with catch-up after each gap. What is heard
 * goes through the one door.
 */
import {z} from 'zod';
import type {Integration} from '../integration.ts';
import type {Signals} from '../store/signals.ts';
import {deafen} from './catch-up.ts';
import {type Ear, type EarOptions, keyOf, openEar} from './ear.ts';
import {createElection} from './election.ts';

export type ListenOptions = Omit<EarOptions, 'fence' | 'onDeposed'> & {
    /** This process, among replicas. */
    owner: string;
    signals: Signals;
    /** The kill switch is on: nothing is heard, and what is said meanwhile is caught up with. */
    switchedOff: () => boolean;
    onError: (error: unknown) => void;
    /** How often it is looked who is elected, and for how long one is, ms. */
    election?: {everyMs: number; termMs: number};
};

const Nudge = z.object({integration_id: z.string()});

export type Ears = ReturnType<typeof createEars>;

/** How well an integration is heard: `here`, or else by the replica that was elected. */
export type EarState = {up: boolean; downSince: number | null; here: boolean};

export function createEars(options: ListenOptions) {
    const {database, signals} = options;
    const ears = new Map<string, Ear>();
    /** Integrations somebody must listen for. */
    let wanted = new Map<string, Integration>();
    const relaying = (one: Integration) => one.state !== 'inactive' && one.config.callback_url !== '';
    let closed = false;

    const election = createElection({
        database,
        owner: options.owner,
        hearing: (id) => ears.get(id)?.hearing(),
        async reaches(id) {
            const integration = wanted.get(id);
            if (!integration) return false;
            const client = options.servers.client(integration.config.server_url, integration.secrets.bot_token);
            return client.getMe().then(
                () => true,
                () => false,
            );
        },
        onChange: () => settle([]),
        onResigned: () => signals.tell('resigned', {}),
        onError: options.onError,
        ...options.election,
    });
    const unhear = [
        signals.hear('resigned', election.hint),
        signals.hear('nudge', (body) => {
            const {data} = Nudge.safeParse(body);
            if (data) ears.get(data.integration_id)?.catchUpSoon();
        }),
    ];

    /** Opens and closes ears as this replica was elected. */
    function settle(changed: readonly string[]): void {
        if (closed) return;
        for (const [id, ear] of ears) {
            const integration = wanted.get(id);
            if (integration && ear.key === keyOf(integration) && ear.fence === election.fenceOf(id)) ear.integration = integration;
            else {
                ear.close();
                ears.delete(id);
            }
        }
        for (const [id, integration] of wanted) {
            const fence = election.fenceOf(id);
            if (fence === null) continue;
            const ear = ears.get(id);
            const fenced = () => ({...options, database: election.fenced(id, fence), fence, onDeposed: election.hint});
            if (!ear) ears.set(id, openEar(fenced(), integration));
            // It may have new channels.
            else if (changed.includes(id)) ear.catchUpSoon();
        }
    }

    return {
        /** Opens and closes ears as the integrations ask for it. @param changed ids that are new or changed */
        async follow(all: readonly Integration[], changed: readonly string[]): Promise<void> {
            if (closed) return;
            const before = [...wanted.keys()];
            wanted = new Map((options.switchedOff() ? [] : all.filter(relaying)).map((one) => [one.id, one]));
            // What goes is closed before it is forgotten how far it had heard.
            settle(changed);
            if (!options.switchedOff()) {
                for (const id of before) if (!all.some((one) => one.id === id)) await deafen(database, id);
                // At a start too: it may have been changed while nothing ran.
                for (const one of all) if (!relaying(one)) await deafen(database, one.id);
            }
            await election.stand([...wanted.keys()]);
            settle([]);
        },
        /** How well each integration is heard, here or by another replica, by integration id. */
        state: (): Map<string, EarState> =>
            new Map(
                [...wanted.keys()].map((id): [string, EarState] => {
                    const ear = ears.get(id);
                    if (ear) {
                        const {up, downSince} = ear.hearing();
                        return [id, {up, downSince, here: true}];
                    }
                    return [id, {...(election.elsewhere(id) ?? {up: false, downSince: null}), here: false}];
                }),
            ),
        /** A replica is gone: what it listened for is looked at now. */
        elect: election.hint,
        /** A hint that something was said, e.g. from a webhook: read soon, by whoever listens. */
        nudge(id: string): void {
            const ear = ears.get(id);
            if (ear) ear.catchUpSoon();
            else signals.tell('nudge', {integration_id: id} satisfies z.infer<typeof Nudge>);
        },
        async close(): Promise<void> {
            closed = true;
            for (const stop of unhear) stop();
            for (const ear of ears.values()) ear.close();
            await Promise.all([...ears.values()].map((ear) => ear.idle()));
            await election.stop();
        },
    };
}
