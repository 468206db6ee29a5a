/** What `setup` can be told on the command line. */
import type {AdminOptions} from '../admin-access.ts';
import type {Common} from '../command.ts';

export type SetupOptions = Common &
    AdminOptions & {
        answers?: string;
        licence?: string;
        environment?: 'test' | 'production';
        serverUrl?: string;
        publicUrl?: string;
        team?: string[];
        channel?: string;
        notification?: string[];
        alertChannel?: string;
        bot?: string;
        agent?: string[];
        callbackUrl?: string;
        language?: string;
        timeZone?: string;
        webhook?: boolean;
        plugin?: string | false;
        changeSettings?: true;
        dryRun?: true;
        remove?: true;
        permanent?: true;
        yes?: true;
        bridgeUrl?: string;
    };
