/** A server of Node's on a free port, and off it again. */
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';

/** @returns its URL */
export async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function close(server: Server): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
}
