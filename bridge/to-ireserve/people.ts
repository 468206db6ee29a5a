/** Who people are in Mattermost, and which channels they are members of: asked with the bot's token, remembered for a short while. */
import type {UserProfile} from '@mattermost/types/users';
import {type MattermostClient, MattermostError} from '../mattermost.ts';

export type Person = {
    user_id: string;
    username: string;
    /** First and last name, else nickname, else username. */
    name: string;
    /** '' when the server hides it from the bot. */
    email: string;
    isBot: boolean;
    active: boolean;
};

/** How long an answer is trusted, ms. A lost membership is not signalled to the bot for others. */
const PERSON_MS = 60_000;
const MEMBER_MS = 15_000;
const STRANGER_MS = 3000;
/** A role is much power: it is asked for again sooner. */
const ADMIN_MS = 15_000;
const MOST = 10_000;

export type People = ReturnType<typeof createPeople>;

export function createPeople(now: () => number) {
    const known = new WeakMap<MattermostClient, Map<string, {until: number; value: Promise<unknown>}>>();

    function remembered<T>(client: MattermostClient, key: string, ask: () => Promise<T>, ms: (value: T) => number): Promise<T> {
        const answers = known.get(client) ?? new Map();
        known.set(client, answers);
        const found = answers.get(key);
        if (found && found.until > now()) return found.value as Promise<T>;
        if (answers.size >= MOST) answers.clear();
        // Calls while one is under way are joined.
        const entry = {until: Number.POSITIVE_INFINITY, value: ask()};
        answers.set(key, entry);
        entry.value.then(
            (value) => {
                entry.until = now() + ms(value);
            },
            () => {
                if (answers.get(key) === entry) answers.delete(key);
            },
        );
        return entry.value;
    }

    return {
        /** @throws MattermostError; null: no such user */
        find: (client: MattermostClient, user_id: string): Promise<Person | null> =>
            remembered(
                client,
                `user ${user_id}`,
                () => client.getUser(user_id).then(personOf, notThere<Person | null>(null)),
                (person) => (person ? PERSON_MS : STRANGER_MS),
            ),
        /** A living person's account with the role of system admin now; null: anybody else. @throws MattermostError */
        systemAdmin: (client: MattermostClient, user_id: string): Promise<Person | null> =>
            remembered(
                client,
                `admin ${user_id}`,
                () =>
                    client.getUser(user_id).then((user) => {
                        const person = personOf(user);
                        const isAdmin = (user.roles ?? '').split(/\s+/).includes('system_admin');
                        return isAdmin && person.active && !person.isBot ? person : null;
                    }, notThere<Person | null>(null)),
                (person) => (person ? ADMIN_MS : STRANGER_MS),
            ),
        /** Those of the names that are users. @throws MattermostError */
        async named(client: MattermostClient, names: readonly string[]): Promise<Person[]> {
            if (names.length === 0) return [];
            const users = await remembered(
                client,
                `names ${[...names].sort().join()}`,
                () => client.getProfilesByUsernames([...names]),
                () => STRANGER_MS,
            );
            return users.map(personOf);
        },
        /**
         * Whether there is a group of people of this name that a post can mention. Only licensed servers have groups.
         *
         * @returns null: the server does not tell the bot. @throws MattermostError
         */
        isGroup: (client: MattermostClient, name: string): Promise<boolean | null> =>
            remembered(
                client,
                `group ${name}`,
                () => client.groupsLike(name).then((groups) => groups.some((group) => group.name?.toLowerCase() === name), noGroups),
                () => PERSON_MS,
            ),
        /** Whether a user is a member of a channel now. @throws MattermostError */
        isMember: (client: MattermostClient, channel_id: string, user_id: string): Promise<boolean> =>
            remembered(
                client,
                `member ${channel_id} ${user_id}`,
                () => client.getChannelMember(channel_id, user_id).then(() => true, notThere(false)),
                (is) => (is ? MEMBER_MS : STRANGER_MS),
            ),
    };
}

const notThere =
    <T>(value: T) =>
    (error: unknown): T => {
        if (error instanceof MattermostError && error.kind === 'refused' && (error.status === 404 || error.status === 403)) return value;
        throw error;
    };

/** 501: no licence for groups, and so no groups; 404: a server that does not know them. */
function noGroups(error: unknown): false | null {
    if (error instanceof MattermostError && (error.status === 501 || error.status === 404)) return false;
    if (error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return null;
    throw error;
}

function personOf(user: UserProfile): Person {
    const full = `${user.first_name ?? ''} ${user.last_name ?? ''}`.trim();
    return {
        user_id: user.id,
        username: user.username,
        name: full || user.nickname || user.username,
        email: (user.email ?? '').trim().toLowerCase(),
        isBot: user.is_bot === true,
        active: !user.delete_at,
    };
}
