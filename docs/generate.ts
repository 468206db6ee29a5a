/** Writes what the documentation says of tables in the code. `node docs/generate.ts`; with `--check` it only compares, and fails on a difference. */
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {CHECKLISTS} from '../bridge/doctor/checklists.ts';
import {FINDINGS, type FindingCode, mendOf} from '../bridge/doctor/findings.ts';
import {ROUND_TRIP_CODES} from '../bridge/doctor/round-trip-report.ts';
import {howToSet, SERVER_SETTINGS, type ServerSetting} from '../bridge/doctor/server-settings.ts';
import {REFUSALS} from '../bridge/errors.ts';
import {currentOpenApi} from '../bridge/openapi.ts';
import {createMetrics} from '../bridge/operations.ts';
import {REASONS} from '../bridge/reasons.ts';
import {SettingsSchema} from '../bridge/settings.ts';

const FOLDER = import.meta.dirname;

/** Text of each generated file, by name. */
export const GENERATED: Record<string, () => string> = {
    'openapi.json': () => `${JSON.stringify(currentOpenApi(), null, 2)}\n`,
    'errors.md': errors,
    'settings.md': settings,
    'metrics.md': metrics,
    'doctor.md': doctor,
};

const note = (source: string) => `<!-- Made from ${source} by docs/generate.ts: change it there. -->\n\n`;

function table(head: string[], rows: string[][]): string {
    const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
    return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

const KINDS: Record<(typeof REASONS)[keyof typeof REASONS]['kind'], string> = {
    ignored: '### Ignored: there is nothing to send, for good',
    waiting: '### Waiting: tried again by itself\n\nThe state stays `queued`; the delivery and those behind it in its conversation wait.',
    admin: '### Waiting for an admin\n\nTried again, further apart; told in `/ready`, `ireserve-bridge status`, the alert channel and the metric `ireserve_notices`.',
    dead: '### Given up\n\nStates `dead` and `discarded`. A delivery also becomes `dead`, with the code of its last try, when it could not be made for `dead_letter_after_hours`.',
    file: '### Files\n\nThe message arrives without the file, and a line in it says why; or before the file, and says that it follows.',
    log: '### Only in the integration log',
};

function errors(): string {
    const refusals = Object.entries(REFUSALS).map(([code, {status, title, next}]) => [
        `\`${code}\``,
        String(status),
        title,
        next.replaceAll('<', '\\<'),
    ]);
    const reasons = Object.entries(KINDS).map(([kind, heading]) => {
        const rows = Object.entries(REASONS).filter(([, reason]) => reason.kind === kind);
        return `${heading}\n\n${table(
            ['code', 'meaning', 'next step'],
            rows.map(([code, {means, next}]) => [`\`${code}\``, means, next]),
        )}`;
    });
    return `${note('bridge/errors.ts and bridge/reasons.ts')}# Errors and reasons

Decide on the code: it is stable. Titles and details are for people and may change.

## Refusals

What a request is refused with, as \`application/problem+json\`; in a batch, the \`problem\` of one event's outcome. A refused
event is not stored; the integration log keeps a line about it. Repeat 503 after \`Retry-After\` seconds, and 500, with the same event id;
anything else will be refused again until it is mended.

${table(['code', 'status', 'meaning', 'next step'], refusals)}
## Reasons

Why an accepted event or reply is not delivered, or not yet: \`reason.code\` in an outcome or a status, and the code in the integration log.

${reasons.join('\n')}`;
}

function doctor(): string {
    const rows = (severity: string) =>
        (Object.keys(FINDINGS) as FindingCode[])
            .filter((code) => FINDINGS[code].severity === severity)
            .map((code) => {
                const {text, settings} = mendOf(code, {});
                return [`\`${code}\``, FINDINGS[code].means, escaped(text) + settings.map(({name}) => ` \`${name}\``).join(',')];
            });
    const severities = [
        ['error', 'Errors: a hop does not work'],
        ['warning', 'Warnings: it works in part, or will stop working'],
        ['info', 'Worth knowing'],
    ] as const;
    const settingRows = (Object.keys(SERVER_SETTINGS) as ServerSetting[]).map((name) => {
        const {console, environment, mmctl} = howToSet(name);
        return [`\`${name}\``, escaped(console) || 'not there', `\`${environment}\``, `\`${mmctl}\``];
    });
    const lists = Object.entries(CHECKLISTS).map(
        ([environment, items]) =>
            `### ${environment === 'test' ? 'Test' : 'Production'}\n\n${items.map(({item, checks}) => `- ☐ ${item}: ${checks.map((check) => `\`${check}\``).join(', ')}`).join('\n')}\n`,
    );
    return `${note('bridge/doctor/')}# The doctor

\`ireserve-bridge doctor [integration]\` examines every hop and says what mends what it finds. It changes nothing and posts nothing; i-Reserve gets one
\`ping\` ([callbacks.md](callbacks.md)). With a system admin's token (\`--admin-token-file\`) it sees what a bot can't; without one, those checks say so.
\`--all\` shows what is in order too, with i-Reserve's checklist; \`--json\` is for scripts; the exit code is 1 when a hop does not work.
\`--round-trip\` sends a visitor's message all the way and an answer back, and takes everything away again.

${severities.map(([severity, heading]) => `## ${heading}\n\n${table(['code', 'meaning', 'how to mend it'], rows(severity))}`).join('\n')}
## A round trip

\`--round-trip\` goes through the running bridge's own API, on a stand-in of the integration that exists for its length only: same server, bot, callback
address and secrets. A thread comes and goes in the mirror channel (or \`--channel ID\`); callbacks carry \`"trial": true\`. With
\`integration set --round-trip-minutes 30\` the bridge makes one by itself; a broken one is the notice \`round_trip_failed\` in \`/ready\`, \`status\`, the
alert channel and the metrics. The hop that is broken has a code of [errors.md](errors.md), or one of these:

${table(
    ['code', 'what to do'],
    Object.entries(ROUND_TRIP_CODES).map(([code, text]) => [`\`${code}\``, text]),
)}
## Settings of the Mattermost server

Each in three ways; a setting from the environment can't be changed in the console. Those that are not in the console are refused over the network too, whoever
asks, where \`mmctl --local\` is given: config file, environment, or mmctl on the server itself.

${table(['setting', 'System Console', 'environment', 'mmctl'], settingRows)}
## The checklists

i-Reserve's own, each item with the checks that answer it. ☑ in order, ☐ not, ? not known.

${lists.join('\n')}`;
}

const escaped = (text: string): string => text.replaceAll('<', '\\<');

type SettingSchema = {
    default?: unknown;
    description?: string;
    type?: string;
    enum?: string[];
    minimum?: number;
    maximum?: number;
    minLength?: number;
};

function settings(): string {
    const rows = Object.entries(SettingsSchema.shape).map(([name, schema]) => {
        const said = z.toJSONSchema(schema) as SettingSchema;
        return [`\`${name}\``, valuesOf(said), said.default === undefined ? '' : `\`${said.default}\``, said.description ?? ''];
    });
    return `${note('bridge/settings.ts')}# Settings of the bridge

Environment variables. Each may be given as \`NAME_FILE\` instead: the path of a file that holds the value, as container secrets are. An empty
value counts as not set. All that is wrong is reported at once, and the bridge does not start. What belongs to one integration is not here:
\`ireserve-bridge integration set --help\`.

${table(['variable', 'values', 'default', 'meaning'], rows)}`;
}

function valuesOf({type, enum: choices, minimum, maximum, minLength}: SettingSchema): string {
    if (choices) return choices.map((choice) => `\`${choice}\``).join(' ');
    if (type === 'boolean') return '`true` `false`';
    if (type === 'integer') return `${minimum} to ${maximum}`;
    return minLength ? `text, at least ${minLength} characters` : 'text';
}

type Described = {name: string; help: string; type: unknown; labelNames: string[]};

function metrics(): string {
    const all = createMetrics().registry.getMetricsAsArray() as unknown as Described[];
    const own = all.filter(({name}) => name.startsWith('ireserve_'));
    return `${note('bridge/operations.ts')}# Metrics

\`GET /metrics\`, in Prometheus' text format; with \`METRICS_TOKEN\` set, it wants that as a bearer token. No label holds anything about a
visitor. Codes are those of [errors.md](errors.md).

${table(
    ['metric', 'type', 'labels', 'meaning'],
    own.map(({name, type, labelNames, help}) => [`\`${name}\``, String(type), labelNames.map((label) => `\`${label}\``).join(' '), help]),
)}
Beside them, the usual ones of a Node process: \`process_*\` and \`nodejs_*\` (CPU, memory, event-loop lag, garbage collection).

## Worth an alert

| expression | says |
| --- | --- |
| \`ireserve_kill_switch == 1\` | everything is switched off |
| \`ireserve_secret_expires_seconds < 14 * 86400\` | a secret must be renewed |
| \`ireserve_notices > 0\` | something waits for an admin; \`code\` says what |
| \`ireserve_oldest_pending_seconds > 300\` | visitors wait unseen |
| \`max by (integration) (ireserve_listening) == 0\`, for a minute | no replica hears Mattermost; answers are found late, or not before it is back |
| \`ireserve_storage_writable == 0\` | nothing can be stored; \`/ready\` says why |
| \`ireserve_deliveries_dead > 0\` | dead letters: \`ireserve-bridge deliveries list\` |
| \`increase(ireserve_refusals_total{code=~"storage_unavailable\\|internal"}[5m]) > 0\` | the bridge or its database fails |
| \`increase(ireserve_refusals_total{code=~"wrong_signature\\|clock_skew\\|wrong_token"}[15m]) > 0\` | i-Reserve's credential or clock is off |
`;
}

async function main(): Promise<void> {
    const check = process.argv.includes('--check');
    for (const [name, make] of Object.entries(GENERATED)) {
        const path = join(FOLDER, name);
        const text = make();
        if (!check) await writeFile(path, text);
        else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
            process.stderr.write(`docs/${name} is not what the code says; run: node docs/generate.ts\n`);
            process.exitCode = 1;
        }
    }
}

if (import.meta.main) await main();
