/** The servers the double can be: the newest, the one before its changes, and the oldest that people are known to run. */
export type ServerVersion = '11.6' | '11.1' | '5.37';

/** Everything in which the two versions differ and a client can tell. */
export type Differences = {
    /** first part of `X-Version-Id` and `hello.server_version` */
    readonly number: string;
    readonly propsMaxRunes: number;
    /** longest JSON request body in bytes; longer is 413 */
    readonly bodyMaxBytes: number;
    readonly messageTooLongId: string;
    readonly deleteTwice: {readonly status: number; readonly id: string};
    /** life of a button's or command's `trigger_id` in milliseconds */
    readonly triggerLifeMs: number;
    /** posts carry `parent_id`, equal to `root_id` */
    readonly parentId: boolean;
    /** thread paging with `has_next`, `POST /posts/ids`, `GET /users/me/channels` */
    readonly modernReads: boolean;
    /** `root_id` in slash command requests, and commands refused in archived channels */
    readonly modernCommands: boolean;
    /** another user's `pending_post_id` returns the first post even when he may not read it */
    readonly pendingLeaks: boolean;
    /** several `callback_urls` in one hook share one body reader: only the first call arrives whole */
    readonly hookUrlsShareBody: boolean;
    /** outgoing calls keep their connections for reuse */
    readonly keepsConnections: boolean;
    /** an empty body is an acceptable answer to a button */
    readonly emptyActionAnswer: boolean;
    /** attachment field values mention people */
    readonly fieldMentions: boolean;
    /** JSON of the wrong type is refused (400) rather than dropped silently */
    readonly strictJson: boolean;
    /** team members may list the posts of a public channel they have not joined */
    readonly publicPostsForTeam: boolean;
    /** writing back a post's buttons as they were read (without targets) crashes the handler */
    readonly panicsOnLostTargets: boolean;
    /** HTML entities are resolved before mentions are looked for: `&#64;channel` pings */
    readonly entitiesMention: boolean;
    /** file ids of a post are sorted, whatever order they were sent in */
    readonly sortsFileIds: boolean;
    /** reacting with an emoji that does not exist is refused */
    readonly checksEmoji: boolean;
    /** a failed CSRF check takes the session cookie away */
    readonly clearsCookie: boolean;
    /** `GET /posts/{id}` counts the replies; 5.37 does so only in lists and in answers to a create */
    readonly countsSingle: boolean;
    /** how Go labels the 404 of an unknown route: by sniffing, or as JSON */
    readonly unknownRouteType: string;
    /** `GET /config/client` needs `?format=old` */
    readonly configNeedsFormat: boolean;
    /** `SiteURL` in the client configuration without a log-in */
    readonly siteUrlForAll: boolean;
    readonly collapsedThreads: 'always_on' | 'disabled';
    /** priority, acknowledgements */
    readonly priority: boolean;
    /** `props.unsafe_links` keeps the server from fetching what a post links to (since 9.6, mattermost/mattermost#26098) */
    readonly unsafeLinks: boolean;
    /** the files of a thread's replies go with its root; else only the root's own */
    readonly threadFilesGo: boolean;
    /** files taken off a post by an edit are deleted; else they stay, and can still be downloaded */
    readonly detachedFilesGo: boolean;
    /** a file that was downloaded in the last 30 minutes can still be downloaded after its deletion: what is known of it is cached by its id */
    readonly cachesFiles: boolean;
    /** `props.channel_mentions` names private channels, too, that the author may read; each reader is shown those that he may read himself */
    readonly mentionsPrivateChannels: boolean;
    /** what permanent deletion of a channel or person is refused with while it is switched off */
    readonly notEnabled: string;
};

const ELEVEN: Differences = {
    number: '11.1.0',
    propsMaxRunes: 800_000,
    bodyMaxBytes: 300_000,
    messageTooLongId: 'model.post.is_valid.message_length.app_error',
    deleteTwice: {status: 404, id: 'app.post.get.app_error'},
    triggerLifeMs: 30_000,
    parentId: false,
    modernReads: true,
    modernCommands: true,
    pendingLeaks: false,
    hookUrlsShareBody: false,
    keepsConnections: true,
    emptyActionAnswer: true,
    fieldMentions: true,
    strictJson: true,
    publicPostsForTeam: true,
    panicsOnLostTargets: false,
    entitiesMention: false,
    sortsFileIds: true,
    checksEmoji: true,
    clearsCookie: true,
    countsSingle: true,
    unknownRouteType: 'application/json',
    configNeedsFormat: false,
    siteUrlForAll: true,
    collapsedThreads: 'always_on',
    priority: true,
    unsafeLinks: true,
    threadFilesGo: true,
    detachedFilesGo: true,
    cachesFiles: false,
    mentionsPrivateChannels: false,
    notEnabled: 'not_enabled',
};

export const DIFFERENCES: Readonly<Record<ServerVersion, Differences>> = {
    '11.6': {
        ...ELEVEN,
        number: '11.6.0',
        cachesFiles: true,
        mentionsPrivateChannels: true,
        notEnabled: 'not_enabled.for_admin',
    },
    '11.1': ELEVEN,
    '5.37': {
        number: '5.37.0',
        propsMaxRunes: 8_000,
        bodyMaxBytes: Number.POSITIVE_INFINITY,
        messageTooLongId: 'model.post.is_valid.msg.app_error',
        deleteTwice: {status: 403, id: 'api.context.permissions.app_error'},
        triggerLifeMs: 3_000,
        parentId: true,
        modernReads: false,
        modernCommands: false,
        pendingLeaks: true,
        hookUrlsShareBody: true,
        keepsConnections: false,
        emptyActionAnswer: false,
        fieldMentions: false,
        strictJson: false,
        publicPostsForTeam: false,
        panicsOnLostTargets: true,
        entitiesMention: true,
        sortsFileIds: false,
        checksEmoji: false,
        clearsCookie: false,
        countsSingle: false,
        unknownRouteType: 'text/plain; charset=utf-8',
        configNeedsFormat: true,
        siteUrlForAll: false,
        collapsedThreads: 'disabled',
        priority: false,
        unsafeLinks: false,
        threadFilesGo: false,
        detachedFilesGo: false,
        cachesFiles: false,
        mentionsPrivateChannels: false,
        notEnabled: 'not_enabled',
    },
};
