/** The admin's bearer. In the System Console no team is open: the command is looked for in each of the admin's teams. */
import type {Mattermost} from '../client/mattermost.ts';
import {createSessions, type Failure, type Session, type SessionOptions, type Sessions} from '../client/session.ts';

type Options = Pick<SessionOptions, 'page' | 'now' | 'random'> & {
    mattermost: Pick<Mattermost, 'executeCommand' | 'findChannel' | 'myTeams'>;
    /** Tried first. */
    team_id: () => string;
};

/** No command here, or no channel to run it in: another team may have one. */
const isMissing = (given: Session | Failure): boolean =>
    given.kind === 'command_missing' || (given.kind === 'refused' && given.code === 'no_channel');

/** Or one that leads nowhere any more, left over from an earlier bridge. */
const isDead = (given: Session | Failure): boolean => given.kind === 'bridge_unreachable' && given.why === 'from_mattermost';

export function createAdminSessions({mattermost, team_id, ...options}: Options): Sessions {
    let teams: string[] | null = null;
    let at = 0;
    let underWay: Promise<Session | Failure> | null = null;

    const sessions = createSessions({
        ...options,
        mattermost,
        word: 'admin-session',
        async place() {
            if (!teams) {
                const mine = await mattermost.myTeams();
                teams = [...mine].sort((one, other) => Number(other === team_id()) - Number(one === team_id()));
            }
            const team = teams[at];
            const channel_id = team ? await mattermost.findChannel(team) : null;
            return team && channel_id ? {channel_id, team_id: team} : null;
        },
    });

    async function find(): Promise<Session | Failure> {
        let first: Session | Failure | undefined;
        for (;;) {
            const found = await sessions.get();
            if (!isMissing(found) && !isDead(found)) return found;
            // That a command leads nowhere tells more than that another team has none.
            if (!first || (isMissing(first) && isDead(found))) first = found;
            if (++at < (teams?.length ?? 0)) continue;
            at = 0;
            teams = null;
            return first;
        }
    }

    return {
        ...sessions,
        get() {
            underWay ??= find().finally(() => {
                underWay = null;
            });
            return underWay;
        },
    };
}
