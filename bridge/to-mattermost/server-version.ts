/** What a Mattermost server's version decides, as far as the bridge has to know before it tries. */

/** `Version` of the client configuration, e.g. `11.6.0`. Unknown counts as old: what works there works everywhere. */
const majorOf = (version: string): number => Number(version.split('.')[0]) || 0;

/** Since early 2024 (9.x, mattermost/mattermost#26098). */
export const knowsUnsafeLinks = (version: string): boolean => majorOf(version) >= 10;

/** Whether the files of a thread's replies are deleted with its root (seen on 11.6); on 5.37 only the root's own are. */
export const deletesThreadFiles = (version: string): boolean => majorOf(version) >= 11;

/** Whether files that an edit takes off a post are deleted (seen on 11.6); on 5.37 they stay where they are, and can be downloaded. */
export const deletesDetachedFiles = (version: string): boolean => majorOf(version) >= 11;
