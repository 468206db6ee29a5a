/** Who changed what: written in the transaction of the change itself, so that one is not without the other. */

/** cli: a user of the bridge's machine · token: an admin token · session: a system admin of Mattermost · bridge: the bridge by itself */
export type Actor = {kind: 'cli' | 'token' | 'session' | 'bridge'; id: string; name: string};
