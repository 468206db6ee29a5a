import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {databaseOf, readSettings, SettingsError, SettingsSchema} from './settings.ts';

/** The problems, one a line. */
function problemsOf(environment: Record<string, string>): string[] {
    try {
        readSettings(environment);
    } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        const [first, ...problems] = error.message.split('\n  ');
        expect(first).toBe('Settings are not right:');
        return problems;
    }
    return [];
}

function fileWith(content: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-settings-'));
    onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
    const file = join(folder, 'value');
    writeFileSync(file, content);
    return file;
}

test('without any variable the defaults hold', () => {
    expect(readSettings({})).toEqual({
        HOST: '0.0.0.0',
        PORT: 8090,
        DATA_DIR: './data',
        DATABASE_TIMEOUT_MS: 30_000,
        LOG_LEVEL: 'info',
        MATTERMOST_TIMEOUT_MS: 15_000,
        IRESERVE_TIMEOUT_MS: 15_000,
        TRUSTED_PROXIES: 0,
        MATTERMOST_CREATES_IN_FLIGHT: 8,
        EVENT_REQUESTS_PER_10_SECONDS: 10_000,
        MAX_JSON_BYTES: 8_388_608,
        MAX_REQUEST_BYTES: 33_554_432,
        MAX_FILE_BYTES: 26_214_400,
        ATTACHMENT_TIMEOUT_MS: 30_000,
        ALLOW_PRIVATE_ATTACHMENT_HOSTS: false,
        SHUTDOWN_GRACE_MS: 10_000,
        AUDIT_RETENTION_DAYS: 730,
    });
});

test('variables are read as what they mean; an empty one is one that is not set; others are none of ours', () => {
    expect(
        readSettings({
            PORT: '0',
            LOG_LEVEL: 'debug',
            ALLOW_PRIVATE_ATTACHMENT_HOSTS: 'true',
            HOST: '',
            PUBLIC_URL: '',
            PATH: '/bin',
            PORTS: 'x',
        }),
    ).toMatchObject({PORT: 0, LOG_LEVEL: 'debug', ALLOW_PRIVATE_ATTACHMENT_HOSTS: true, HOST: '0.0.0.0'});
    expect(readSettings({PORTS: 'x'})).not.toHaveProperty('PORTS');
    for (const off of ['false', '0', 'no', 'off'])
        expect(readSettings({ALLOW_PRIVATE_ATTACHMENT_HOSTS: off}).ALLOW_PRIVATE_ATTACHMENT_HOSTS).toBe(false);
});

test('every problem is told at once, each with the name of its variable', () => {
    const problems = problemsOf({
        PORT: '65536',
        PUBLIC_URL: 'bridge.example',
        DATABASE_URL: 'mysql://db',
        LOG_LEVEL: 'loud',
        METRICS_TOKEN: 'short',
        MATTERMOST_CREATES_IN_FLIGHT: '0',
        ALLOW_PRIVATE_ATTACHMENT_HOSTS: 'perhaps',
        MATTERMOST_URL: 'ftp://chat.example',
        IRESERVE_SECRET_KEY_FILE: '/nowhere/key',
    });
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(':'))).toSorted()).toEqual([
        'ALLOW_PRIVATE_ATTACHMENT_HOSTS',
        'DATABASE_URL',
        'IRESERVE_SECRET_KEY_FILE',
        'LOG_LEVEL',
        'MATTERMOST_CREATES_IN_FLIGHT',
        'MATTERMOST_URL',
        'METRICS_TOKEN',
        'PORT',
        'PUBLIC_URL',
    ]);
    expect(problems.find((problem) => problem.startsWith('IRESERVE'))).toContain('/nowhere/key');
    expect(problems).toContain('DATABASE_URL: must start with postgres://');
});

test.each(['eighty', '80.5', '-1', 'NaN', '1e9'])('PORT=%s is refused', (value) => {
    expect(problemsOf({PORT: value})).toHaveLength(1);
});

test('a value may be in a file, with the line end that editors add', () => {
    const file = fileWith('postgres://bridge:secret@db/bridge\n');
    expect(readSettings({DATABASE_URL_FILE: file}).DATABASE_URL).toBe('postgres://bridge:secret@db/bridge');
    expect(readSettings({DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://other'}).DATABASE_URL).toBe(
        'postgres://bridge:secret@db/bridge',
    );
    expect(readSettings({DATABASE_URL_FILE: '', DATABASE_URL: 'postgres://other'}).DATABASE_URL).toBe('postgres://other');
    for (const name of Object.keys(SettingsSchema.shape)) expect(problemsOf({[`${name}_FILE`]: '/nowhere'}), name).toHaveLength(1);
});

test('a value from a file is checked like any other, and a secret is not repeated in the complaint', () => {
    expect(problemsOf({PORT_FILE: fileWith('x')})).toHaveLength(1);
    const secret = 'hunter2';
    expect(problemsOf({METRICS_TOKEN: secret, DATABASE_URL: secret}).join()).not.toContain(secret);
});

test('the database is PostgreSQL when its URL is given, otherwise a file in the data folder', () => {
    expect(databaseOf(readSettings({DATA_DIR: '/var/lib/bridge'}))).toBe('/var/lib/bridge/bridge.sqlite');
    for (const url of ['postgres://db/bridge', 'postgresql://db/bridge'])
        expect(databaseOf(readSettings({DATABASE_URL: url, DATA_DIR: '/x'}))).toBe(url);
});
