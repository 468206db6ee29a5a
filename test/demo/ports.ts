/** Ports of the demo: the usual ones when free, so that addresses can be remembered; else any free one. */
import {once} from 'node:events';
import {createServer} from 'node:net';

/** @param wanted - 0: any free port */
export async function freePort(wanted: number): Promise<number> {
    const server = createServer();
    server.listen(wanted, '127.0.0.1');
    try {
        await once(server, 'listening');
    } catch (error) {
        if (wanted === 0) throw error;
        return freePort(0);
    }
    const address = server.address();
    server.close();
    await once(server, 'close');
    return typeof address === 'object' && address ? address.port : wanted;
}
