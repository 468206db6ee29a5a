/** What the parts of a round trip share. */
import type {Integration} from '../integration.ts';
import type {MattermostClient, Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';

export type RoundTripOptions = {
    database: Database;
    servers: Servers;
    box: SecretBox;
    /** Where the running bridge answers; without a slash at the end. */
    bridgeUrl: string;
    now: () => number;
    /** Longest wait for one hop, ms. */
    hopMs?: number;
    /** Whoever asked for it is about to stop: it ends where it is, and only takes away what it made. */
    closing?: () => boolean;
};

export type Trip = RoundTripOptions & {
    standIn: Integration;
    client: MattermostClient;
    conversation_id: string;
    channel_id: string;
    token: string;
    token_id: string;
    hopLimit: number;
    /** Whether a post was seen: if not, and the bot may not even look, there is nothing to take away. */
    posted: boolean;
};
