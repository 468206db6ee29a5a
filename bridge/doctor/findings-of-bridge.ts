/** What can be wrong in the bridge itself, its store, or between it and i-Reserve. */
import type {FindingEntry} from './finding-entry.ts';

const SET = 'ireserve-bridge integration set {integration}';
const ADD = 'ireserve-bridge secret add {integration}';

export const BRIDGE_FINDINGS = {
    bridge_not_running: {
        severity: 'error',
        means: 'The bridge’s service does not answer.',
        mend: 'Start it (ireserve-bridge serve); if it runs elsewhere, tell where: --bridge-url URL. Tried: {url}.',
    },
    bridge_not_ready: {
        severity: 'error',
        means: 'The bridge runs but can’t store events.',
        mend: 'Look at its log, its disk and its database.',
    },
    other_bridge: {
        severity: 'error',
        means: 'Another bridge answers there, one with another store: test and production may be mixed up.',
        mend: 'Let {url} lead to the bridge whose store this is: correct PUBLIC_URL, the proxy’s route, or --bridge-url; or set DATA_DIR or DATABASE_URL as for that bridge.',
    },
    integration_not_active: {
        severity: 'warning',
        means: 'The integration is paused or inactive: nothing is delivered.',
        mend: `When it is meant to work: ${SET} --state active`,
    },
    environments_mixed: {
        severity: 'warning',
        means: 'A test and a production integration share a bot, a secret, a channel or an address: test messages could reach visitors.',
        mend: 'Give each environment its own: own bot and token, channels, callback address and secrets.',
    },
    public_url_missing: {
        severity: 'error',
        means: 'PUBLIC_URL is not set: no buttons, no slash command, no files for visitors.',
        mend: 'Start the bridge with PUBLIC_URL=https://…, the address under which Mattermost, browsers and i-Reserve reach it.',
    },
    public_url_unreachable: {
        severity: 'error',
        means: 'Nothing answers at PUBLIC_URL.',
        mend: 'Check {url}: DNS, firewall, certificate and the proxy in front of the bridge.',
    },
    public_url_redirects: {
        severity: 'error',
        means: 'PUBLIC_URL redirects: Mattermost then repeats its calls without their content, and they are lost.',
        mend: 'Set PUBLIC_URL to where it leads: {location}',
    },
    public_url_elsewhere: {
        severity: 'error',
        means: 'Something answers at PUBLIC_URL, but not this bridge.',
        mend: 'Correct PUBLIC_URL ({url}), or the proxy’s route to the bridge.',
    },
    public_url_private: {
        severity: 'warning',
        means: 'PUBLIC_URL is a private address: Mattermost’s Desktop app (6.2.3 and later) cancels the side panel’s requests, and i-Reserve reaches it only from the same network.',
        mend: 'Use an address that is public, or one path of Mattermost’s own address (a reverse proxy that takes cookies away).',
    },
    public_url_not_https: {
        severity: 'error',
        means: 'Mattermost is opened over https and PUBLIC_URL is http: browsers block the side panel’s requests.',
        mend: 'Give the bridge TLS (a proxy in front of it) and set PUBLIC_URL to https://…',
    },
    cors_refused: {
        severity: 'error',
        means: 'Pages of Mattermost’s Site URL may not call the bridge: the side panel stays empty.',
        mend: 'Set Mattermost’s Site URL to the address people have in their browsers, and let no proxy take away or answer the bridge’s CORS headers.',
        settings: ['ServiceSettings.SiteURL'],
    },
    disk_nearly_full: {
        severity: 'error',
        means: 'The disk of DATA_DIR is nearly full: when it is, events are refused.',
        mend: 'Make room on the disk of {file}, or move DATA_DIR.',
    },
    database_unavailable: {
        severity: 'error',
        means: 'The database can’t be written to.',
        mend: 'Check disk, rights and DATABASE_URL; see the bridge’s log.',
    },
    database_slow: {
        severity: 'warning',
        means: 'A write to the database takes long: every event waits for one.',
        mend: 'Look at the disk’s or the database server’s load; DATA_DIR must not be on a network file system.',
    },
    data_readable: {
        severity: 'error',
        means: 'Other users of the machine can read the bridge’s data: visitors’ names, addresses and words.',
        mend: 'As the user the service runs as: chmod 700 {folder} and chmod 600 {file}; a folder that others use too is no place for it: move DATA_DIR. Copies of the database need the same.',
    },
    key_readable: {
        severity: 'error',
        means: 'Others may read the key of all secrets: the bridge will not start again.',
        mend: 'chmod 600 {file}',
    },
    key_missing: {
        severity: 'error',
        means: 'The file with the key of all secrets is gone: at the next start they can’t be read.',
        mend: 'Restore {file} from its copy now, while the bridge still runs. Without a copy, enter all tokens anew after the next start.',
    },
    key_old: {
        severity: 'info',
        means: 'The key of all secrets is older than two years.',
        mend: 'Be sure a copy of {file} is kept apart from the database’s backups, and rotate what it protects: bot token, signing and callback secrets.',
    },
    queue_old: {
        severity: 'error',
        means: 'Something waits to be delivered for more than five minutes.',
        mend: 'See why: ireserve-bridge log {integration} --level warn; and the other findings here.',
    },
    dead_letters: {
        severity: 'warning',
        means: 'Deliveries were given up and wait for a decision.',
        mend: 'ireserve-bridge deliveries list --integration {integration} --state dead, then retry or discard.',
    },
    notice_stands: {
        severity: 'warning',
        means: 'The bridge has told admins of something, and it still stands.',
        mend: 'See docs/errors.md for the code, and: ireserve-bridge status',
    },
    credential_missing: {
        severity: 'error',
        means: 'i-Reserve has nothing to call the bridge with: neither a signing secret nor a live bearer token.',
        mend: `${ADD} signing_secrets --generate, or: ireserve-bridge token create {integration}`,
    },
    secret_expires: {
        severity: 'warning',
        means: 'The date noted for a secret comes within 30 days, or has passed. Nothing stops by it here, but whoever gave the secret may end it.',
        mend: 'Set the next one beside it: ireserve-bridge secret add {integration} {kind} …; once the other side has changed over, drop the old one: ireserve-bridge secret drop. Or note another date: ireserve-bridge secret expires.',
    },
    token_expires: {
        severity: 'warning',
        means: 'All of i-Reserve’s bearer tokens expire within two weeks, and there is no signing secret.',
        mend: 'ireserve-bridge token create {integration}, and give it to i-Reserve before the old one ends.',
    },
    nothing_received: {
        severity: 'info',
        means: 'i-Reserve has not sent anything yet.',
        mend: 'Give i-Reserve the bridge’s address and credential; docs/events.md has a first event to try.',
    },
    url_with_credentials: {
        severity: 'error',
        means: 'An address holds a user name or password: it can’t be called.',
        mend: `Set it without user:password@: ${SET} {option} https://…; i-Reserve knows the bridge by its signature, or by a callback token: ireserve-bridge secret add {integration} callback_tokens --file FILE. Whoever saw the password before: change it.`,
    },
    callback_missing: {
        severity: 'warning',
        means: 'Agents’ answers stay in Mattermost: there is no Callback URL.',
        mend: `${SET} --callback-url https://… --callback-secret generate`,
    },
    callback_unsigned: {
        severity: 'error',
        means: 'There is no secret to sign callbacks with, so answers wait.',
        mend: `${ADD} callback_secrets --generate, and give it to i-Reserve`,
    },
    callback_not_https: {
        severity: 'warning',
        means: 'Visitors’ conversations leave over http: anyone on the way can read and change them.',
        mend: `${SET} --callback-url https://…`,
    },
    callback_unreachable: {
        severity: 'error',
        means: 'i-Reserve’s callback address does not answer.',
        mend: 'Check {url}, DNS and the firewall from the bridge’s machine; then ask i-Reserve.',
    },
    callback_tls: {
        severity: 'error',
        means: 'No secure connection to i-Reserve’s callback address: its certificate is expired, for another name or of an unknown authority; or it speaks no TLS there, or too old a TLS.',
        mend: 'Expired, or for another name: i-Reserve must renew or correct the certificate of {url}. Self-signed, or of a private authority: start the bridge with NODE_EXTRA_CA_CERTS=FILE (its certificate, or the authority’s; and i-Reserve must send its whole chain). No TLS there: the Callback URL begins with http://. Too old: i-Reserve must speak TLS 1.2 or newer.',
    },
    callback_redirects: {
        severity: 'error',
        means: 'i-Reserve’s callback address redirects; callbacks are not sent on.',
        mend: `Set the address it leads to: ${SET} --callback-url {location}`,
    },
    callback_wrong_address: {
        severity: 'error',
        means: 'There is no callback receiver at the address.',
        mend: `Correct it: ${SET} --callback-url https://…`,
    },
    callback_refuses_us: {
        severity: 'error',
        means: 'i-Reserve refuses the bridge’s signature or token.',
        mend: `Both sides need the same secret: ${ADD} callback_secrets --generate (the previous one signs too until it is dropped). A clock that is off has the same effect.`,
    },
    callback_not_verifying: {
        severity: 'error',
        means: 'i-Reserve takes a callback without a signature: anyone who knows the address can speak as an agent.',
        mend: 'i-Reserve’s engineers must verify signatures: docs/callbacks.md, Verifying.',
    },
    callback_failing: {
        severity: 'error',
        means: 'i-Reserve answers the test callback with an error.',
        mend: 'Ask i-Reserve’s engineers: a callback of type ping is answered with 2xx (docs/callbacks.md).',
    },
    callback_gone: {
        severity: 'error',
        means: 'i-Reserve said 410: it wants no more callbacks there.',
        mend: `Ask i-Reserve for the new address: ${SET} --callback-url https://…`,
    },
    clock_skew_ireserve: {
        severity: 'warning',
        means: 'The clocks of the bridge and of i-Reserve differ by more than a minute; beyond five, signatures are refused.',
        mend: 'Switch on time synchronisation (NTP) on the bridge’s machine, and tell i-Reserve.',
    },
    agents_url_failing: {
        severity: 'warning',
        means: 'i-Reserve’s list of agents can’t be fetched: new agents are not recognised.',
        mend: `Check the address with i-Reserve: ${SET} --agents-url https://…, or let i-Reserve push the list.`,
    },
    bookings_unavailable: {
        severity: 'warning',
        means: 'Bookings can’t be looked up in i-Reserve: cards show their number only.',
        mend: `Check address, user and password (a user of its own with API rights, no two-factor log-in): ${SET} --ireserve-url … --ireserve-user … --ireserve-password-file FILE`,
    },
    round_trip_failed: {
        severity: 'error',
        means: 'The last round trip did not get through.',
        mend: 'The broken hop is named; run it again: ireserve-bridge doctor {integration} --round-trip',
    },
    check_timed_out: {
        severity: 'warning',
        means: 'A check took too long and was given up.',
        mend: 'Run the doctor again; if it stays, what the check asks hangs.',
    },
    check_failed: {
        severity: 'warning',
        means: 'A check could not be made.',
        mend: 'Run the doctor again; if it stays, report it with the bridge’s log.',
    },
} as const satisfies Record<string, FindingEntry>;
