/** Visitors' data on disk is for its owner only, however the bridge was started and whatever was there before. */
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {openDatabase, ownSqlite} from './open.ts';
import {keepPrivate, looseFiles, tightenAtStart} from './private-files.ts';

let base = '';
let mask = 0;
beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'ireserve-files-'));
    mask = process.umask(0);
});
afterEach(() => {
    process.umask(mask);
    rmSync(base, {recursive: true, force: true});
});

const modes = (folder: string): Record<string, string> =>
    Object.fromEntries(['.', ...readdirSync(folder)].sort().map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]));

it('a new store is made for its owner only: folder, database, log, index and lock', async () => {
    const path = join(base, 'a', 'data', 'bridge.sqlite');
    const release = ownSqlite(path);
    const database = await openDatabase(path);
    expect(modes(join(base, 'a', 'data'))).toEqual({
        '.': '700',
        'bridge.sqlite': '600',
        'bridge.sqlite-shm': '600',
        'bridge.sqlite-wal': '600',
        'bridge.sqlite.owner': '600',
        'bridge.sqlite.owner-journal': '600',
    });
    await database.close();
    release?.();
});

function looseFolder(...more: string[]): string {
    const folder = join(base, 'data');
    mkdirSync(folder, {mode: 0o755});
    for (const name of ['bridge.sqlite', 'bridge.sqlite-wal', 'bridge.sqlite.2026-11-01.bak', ...more])
        writeFileSync(join(folder, name), '', {mode: 0o644});
    return folder;
}

it('what was readable before is tightened at the start, backups too, and the log tells which', () => {
    const folder = looseFolder();
    const warn = vi.fn();
    tightenAtStart(join(folder, 'bridge.sqlite'), {warn});
    expect(modes(folder)).toEqual({
        '.': '700',
        'bridge.sqlite': '600',
        'bridge.sqlite-wal': '600',
        'bridge.sqlite.2026-11-01.bak': '600',
    });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0].files).toContain(join(folder, 'bridge.sqlite'));
    tightenAtStart(join(folder, 'bridge.sqlite'), {warn});
    expect(warn).toHaveBeenCalledTimes(1);
});

it('a folder others use too stays theirs, and is told', () => {
    const folder = looseFolder('somebody.else');
    const {tightened, loose} = keepPrivate(join(folder, 'bridge.sqlite'));
    expect(tightened).toHaveLength(3);
    expect(loose).toEqual([folder]);
    expect(modes(folder)['somebody.else']).toBe('644');
});

it('what can’t be changed is told', () => {
    const folder = looseFolder();
    const refused = () => {
        throw Object.assign(new Error('not permitted'), {code: 'EPERM'});
    };
    const {tightened, loose} = keepPrivate(join(folder, 'bridge.sqlite'), refused);
    expect(tightened).toEqual([]);
    expect(loose).toContain(join(folder, 'bridge.sqlite'));
    chmodSync(folder, 0o700);
    expect(looseFiles(join(folder, 'bridge.sqlite'))).not.toContain(folder);
});
