/**
 * The bearer for the bridge. Mattermost vouches for who we are: it forwards the slash command, and the bridge's answer comes back in `props`,
 * to us alone. It lives for minutes, and in this page's memory only.
 */
import {SessionProps, SessionRefusal} from '../types/bridge.ts';
import {attempt} from '../types/read.ts';
import {type Mattermost, MattermostError} from './mattermost.ts';

export type WhyUnreachable = 'mixed_content' | 'desktop_private' | 'network' | 'from_mattermost' | 'mattermost';

/** Why there is no session. */
export type Failure =
    | {kind: 'command_missing'}
    | {kind: 'not_member'}
    | {kind: 'bridge_unreachable'; why: WhyUnreachable; url: string}
    | {kind: 'refused'; code: string};

export type Session = {kind: 'ok'; url: string; token: string; validUntil: number};

export type Sessions = ReturnType<typeof createSessions>;

/** Where the command is run: any channel of the team that the user may write in. */
export type Place = {channel_id: string; team_id: string};

export type SessionOptions = {
    mattermost: Pick<Mattermost, 'executeCommand'>;
    place: () => Promise<Place | null>;
    page: {isHttps: () => boolean; isDesktopApp: () => boolean};
    now: () => number;
    random: () => string;
    /** Which of the command's words: an agent's session, or a system admin's. */
    word?: 'session' | 'admin-session';
};

/** Renewed this long before it ends. */
const EARLY_MS = 60_000;
const LONGEST_MS = 10 * 60_000;
const NOT_FOUND = 'api.command.execute_command.not_found.app_error';

/** crypto.randomUUID is there on secure pages only; many intranets are http. */
export const nonce = (): string =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export function createSessions({mattermost, place, page, now, random, word = 'session'}: SessionOptions) {
    let known: Session | null = null;
    let underWay: Promise<Session | Failure> | null = null;

    async function ask(): Promise<Session | Failure> {
        const nonce = random();
        try {
            const where = await place();
            if (!where) return {kind: 'refused', code: 'no_channel'};
            const {props} = await mattermost.executeCommand(`/ireserve ${word} ${nonce}`, where.channel_id, where.team_id);
            return judge(props, nonce);
        } catch (error) {
            return error instanceof MattermostError ? failureOf(error) : {kind: 'refused', code: 'internal'};
        }
    }

    function judge(props: unknown, nonce: string): Session | Failure {
        const given = (props as {ireserve?: unknown} | undefined)?.ireserve;
        const refusal = attempt(SessionRefusal, given);
        if (refusal?.nonce === nonce) {
            const {code} = refusal.error;
            return code === 'not_an_agent' ? {kind: 'not_member'} : {kind: 'refused', code};
        }
        const answer = attempt(SessionProps, given);
        // Some other command's answer, or one that was kept and played again.
        if (answer?.nonce !== nonce) return {kind: 'refused', code: 'bad_answer'};
        const url = answer.bridge_url.replace(/\/+$/, '');
        if (!/^https?:\/\/\S+$/.test(url)) return {kind: 'refused', code: 'bad_answer'};
        if (page.isHttps() && url.startsWith('http:') && !isThisMachine(url)) {
            return {kind: 'bridge_unreachable', why: 'mixed_content', url};
        }
        // The two clocks may differ: never believe that it has ended already, nor that it lives for long.
        const left = Math.min(LONGEST_MS, Math.max(2 * EARLY_MS, answer.expires_at - now()));
        known = {kind: 'ok', url, token: answer.token, validUntil: now() + left};
        return known;
    }

    return {
        /** The living session, or a new one; one question at a time, however many ask. */
        get(): Promise<Session | Failure> {
            if (known && known.validUntil - EARLY_MS > now()) return Promise.resolve(known);
            underWay ??= ask().finally(() => {
                underWay = null;
            });
            return underWay;
        },
        /** The bridge does not know it any more, or we are somewhere else. */
        forget(token?: string): void {
            if (token === undefined || known?.token === token) known = null;
        },
        /** Why a browser might get no answer at all from the bridge. */
        whyUnreachable(url: string): Failure {
            const why = page.isDesktopApp() && isPrivate(url) ? 'desktop_private' : 'network';
            return {kind: 'bridge_unreachable', why, url};
        },
    };
}

function failureOf({id, status}: MattermostError): Failure {
    if (id === NOT_FOUND) return {kind: 'command_missing'};
    if (id === '') return {kind: 'bridge_unreachable', why: 'mattermost', url: ''};
    // Mattermost reached nobody, or got no sense.
    if (status >= 500) return {kind: 'bridge_unreachable', why: 'from_mattermost', url: ''};
    return {kind: 'refused', code: id};
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');
const isThisMachine = (url: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostOf(url));

/** The Desktop app cancels requests to such addresses (mattermost-webapp.md 5); names that resolve to one can't be told here. */
function isPrivate(url: string): boolean {
    const host = hostOf(url);
    const isNumeric = /^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host);
    return (
        isNumeric || isThisMachine(url) || /^\[f[cde]/i.test(host) || /\.(local|internal|lan|localhost)$/.test(host) || !/[.:]/.test(host)
    );
}
