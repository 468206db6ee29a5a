/** Who uses the command line: the user of this machine, for the audit trail. */
import {userInfo} from 'node:os';
import type {Actor} from '../admin/audit.ts';

export function cliActor(): Actor {
    const {SUDO_USER} = process.env;
    let username = '?';
    try {
        ({username} = userInfo());
    } catch {
        // In a container the user may have no name.
    }
    return {kind: 'cli', id: String(process.getuid?.() ?? ''), name: SUDO_USER ? `${username} (sudo by ${SUDO_USER})` : username};
}
