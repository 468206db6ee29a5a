/** A way to a server that can be cut, blocked or closed: what a network, or a server that dies, does. */
import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';

export type TcpProxy = {
    readonly port: number;
    /** Ends all connections, as a server that dies. */
    cut(): void;
    /** Swallows what is sent on the connections there are, and takes new ones without a word. */
    block(): void;
    /** As cut, and new connections are ended at once: nobody is there. */
    refuse(): void;
    /** New connections get through again; those that were blocked stay so. */
    open(): void;
    stop(): Promise<void>;
};

export async function startTcpProxy(port: number): Promise<TcpProxy> {
    let isBlocked = false;
    let isRefusing = false;
    const pairs = new Set<{near: Socket; far: Socket}>();
    const server = createServer((near) => {
        near.on('error', () => undefined);
        if (isRefusing) {
            near.destroy();
            return;
        }
        const far = connect(port, '127.0.0.1');
        const pair = {near, far};
        pairs.add(pair);
        for (const [one, other] of [
            [near, far],
            [far, near],
        ] as const) {
            one.on('error', () => undefined);
            one.once('close', () => {
                other.destroy();
                pairs.delete(pair);
            });
        }
        if (isBlocked) near.resume();
        else {
            near.pipe(far);
            far.pipe(near);
        }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const cut = () => {
        for (const {near} of pairs) near.destroy();
    };
    return {
        port: (server.address() as AddressInfo).port,
        cut,
        block() {
            isBlocked = true;
            for (const {near, far} of pairs) {
                near.unpipe(far);
                far.unpipe(near);
                near.resume();
                far.resume();
            }
        },
        refuse() {
            isRefusing = true;
            cut();
        },
        open() {
            isBlocked = false;
            isRefusing = false;
        },
        async stop() {
            cut();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
