/** The bridge's settings: environment variables, every problem reported at once. What belongs to one integration is in the store, not here. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';

const flag = z.stringbool().default(false);
const whole = (from: number, to: number) => z.coerce.number().int().min(from).max(to);

/** Each variable, its default and its meaning; docs/settings.md is made from this. */
export const SettingsSchema = z.object({
    HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
    PORT: whole(0, 65535).default(8090).describe('Port to listen on.'),
    PUBLIC_URL: z
        .url({protocol: /^https?$/})
        .optional()
        .describe('How others reach the bridge; used in status URLs. Default: http://localhost:PORT.'),
    TRUSTED_PROXIES: whole(0, 10)
        .default(0)
        .describe('How many reverse proxies stand in front: rate limits then count the address the outermost one saw.'),
    DATA_DIR: z.string().default('./data').describe('Folder of the SQLite file and the generated key.'),
    DATABASE_URL: z
        .string()
        .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
        .optional()
        .describe('PostgreSQL instead of SQLite; needed for more than one replica.'),
    DATABASE_TIMEOUT_MS: whole(1000, 600_000)
        .default(30_000)
        .describe('Longest wait for PostgreSQL’s answer to one statement; what took longer is answered with 503, or tried again.'),
    IRESERVE_SECRET_KEY: z
        .string()
        .optional()
        .describe('32 bytes in base64: the key of all secrets at rest. Default: DATA_DIR/secret.key, generated.'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Least level written to the log.'),
    METRICS_TOKEN: z.string().min(16).optional().describe('When set, /metrics wants it as a bearer token.'),
    MATTERMOST_TIMEOUT_MS: whole(100, 120_000).default(15_000).describe('Longest wait for an answer from Mattermost.'),
    MATTERMOST_CREATES_IN_FLIGHT: whole(1, 64).default(8).describe('Posts created at once per Mattermost server; more only adds latency.'),
    IRESERVE_TIMEOUT_MS: whole(100, 120_000).default(15_000).describe('Longest wait for i-Reserve’s answer to a callback.'),
    EVENT_REQUESTS_PER_10_SECONDS: whole(0, 10_000_000)
        .default(10_000)
        .describe('Most requests of one integration to the event API within 10 seconds; a batch is one. Beyond it: 429. 0: no limit.'),
    MAX_JSON_BYTES: whole(10_000, 200_000_000)
        .default(8_388_608)
        .describe('Largest request body that is one document; larger files come as parts of multipart/form-data, or by URL.'),
    MAX_REQUEST_BYTES: whole(10_000, 200_000_000).default(33_554_432).describe('Largest request body, with files as parts.'),
    MAX_FILE_BYTES: whole(1, 200_000_000).default(26_214_400).describe('Largest attachment, however it comes.'),
    ATTACHMENT_TIMEOUT_MS: whole(100, 300_000).default(30_000).describe('Longest time to fetch an attachment by URL.'),
    ALLOW_PRIVATE_ATTACHMENT_HOSTS: flag.describe(
        'Lets allow-listed attachment hosts have private addresses. For tests and intranets only.',
    ),
    AUDIT_RETENTION_DAYS: whole(0, 36_500)
        .default(730)
        .describe('How long the audit trail is kept; what is older is deleted every night. 0: for good.'),
    DRAIN_MS: whole(0, 600_000)
        .optional()
        .describe(
            'How long a stop by SIGTERM goes on serving after /ready has begun to say 503, so that a balancer sends the next requests elsewhere. Default: 5000 with PostgreSQL, else 0.',
        ),
    SHUTDOWN_GRACE_MS: whole(0, 120_000).default(10_000).describe('How long a stop waits for what is under way.'),
    MATTERMOST_URL: z
        .url({protocol: /^https?$/})
        .optional()
        .describe('With the next two: makes a first integration named default when there is none.'),
    MATTERMOST_BOT_TOKEN: z.string().optional().describe('Bot token of that first integration.'),
    MATTERMOST_CHANNEL_ID: z.string().optional().describe('Mirror channel of that first integration.'),
});

export type Settings = z.infer<typeof SettingsSchema>;

export class SettingsError extends Error {}

/**
 * Reads the settings. Any variable may be given as `NAME_FILE` instead: the path of a file that holds the value (container secrets).
 *
 * @throws SettingsError naming every problem
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
    const given: Record<string, string> = {};
    const problems: string[] = [];
    for (const name of Object.keys(SettingsSchema.shape)) {
        const file = environment[`${name}_FILE`];
        try {
            const value = file ? readFileSync(file, 'utf8').trim() : environment[name];
            if (value !== undefined && value !== '') given[name] = value;
        } catch (error) {
            problems.push(`${name}_FILE: ${(error as Error).message}`);
        }
    }
    const parsed = SettingsSchema.safeParse(given);
    if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    if (problems.length > 0 || !parsed.success) throw new SettingsError(`Settings are not right:\n  ${problems.join('\n  ')}`);
    return parsed.data;
}

export const databaseOf = (settings: Pick<Settings, 'DATABASE_URL' | 'DATA_DIR'>): string =>
    settings.DATABASE_URL ?? join(settings.DATA_DIR, 'bridge.sqlite');
