/** What i-Reserve says of a conversation's booking, where the integration may ask. */
import type {Log} from '../log.ts';
import type {BookingOf} from '../to-mattermost/step.ts';
import {createBookings} from './booking.ts';

/** @param replicas how many there are */
export function createBookingOf(now: () => number, log: Log, replicas: () => number = () => 1): BookingOf {
    const bookings = createBookings({
        now,
        replicas,
        onRefused: ({base_url, user, detail}) =>
            log.error({base_url, user, detail}, 'i-Reserve refuses the user; not asked for 15 minutes'),
    });
    return async (integration, booking_id) => {
        const {ireserve_url, ireserve_user, booking_link} = integration.config;
        if (!ireserve_url || !ireserve_user) return null;
        const [newest = '', before] = integration.secrets.ireserve_passwords;
        const ask = (password: string) => bookings.find({base_url: ireserve_url, user: ireserve_user, password, booking_link}, booking_id);
        let answer = await ask(newest);
        // i-Reserve may not have the new password yet.
        if (before !== undefined && answer.kind === 'unavailable' && answer.code === 'ireserve_login_refused') answer = await ask(before);
        return answer.kind === 'found' ? answer.booking : null;
    };
}
