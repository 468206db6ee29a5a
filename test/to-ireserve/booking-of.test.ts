/** A password of i-Reserve's is rotated: bookings are found by the new one, and by the one before until i-Reserve knows it. */
import {expect, onTestFinished, test} from 'vitest';
import type {Integration} from '../../bridge/integration.ts';
import {createBookingOf} from '../../bridge/ireserve/booking-of.ts';
import {createLog} from '../../bridge/log.ts';
import {startIreserveServer} from './ireserve-server.ts';

const basic = (password: string) => `Basic ${Buffer.from(`api:${password}`).toString('base64')}`;

test('the newest password is tried first, the one before where that is refused', async () => {
    const server = await startIreserveServer();
    onTestFinished(server.stop);
    let accepted = 'old-password';
    server.answer(({headers, path}) =>
        headers.authorization === basic(accepted)
            ? {body: {data: {id: Number(path.split('/').at(-1)), object_desc: 'Kano', status: 'OPEN'}}}
            : {status: 401},
    );
    const integration = {
        config: {ireserve_url: server.url, ireserve_user: 'api', booking_link: ''},
        secrets: {ireserve_passwords: ['new-password', 'old-password']},
    } as unknown as Integration;
    const bookingOf = createBookingOf(Date.now, createLog('silent'));
    expect(await bookingOf(integration, '1')).not.toBeNull();
    expect(server.seen.map(({headers}) => headers.authorization)).toEqual([basic('new-password'), basic('old-password')]);
    accepted = 'new-password';
    expect(await bookingOf(integration, '2')).not.toBeNull();
    expect(server.seen).toHaveLength(3);
    const dropped = {...integration, secrets: {ireserve_passwords: ['wrong-password']}} as unknown as Integration;
    expect(await bookingOf(dropped, '3')).toBeNull();
    expect(server.seen).toHaveLength(4);
});
