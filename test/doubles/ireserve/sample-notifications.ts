/** One notification of each kind a booking brings. The type names are ours, drawn from i-Reserve's documented functions. */
export type SampleNotification = {
    notification_type: string;
    title: string;
    text: string;
    fields: {title: string; value: string}[];
    link: {url: string; title: string};
};

const booking = {
    number: 'IRES3691',
    boat: 'Sloep Zilvermeeuw (8 personen)',
    customer: 'Familie Bakker',
    when: 'za 18-07-2026, 10:00 – 14:00',
    url: 'https://sloepverhuur.example/admin.php?mod=dashboard&context=booking&id=3691',
};

function sample(notification_type: string, title: string, text: string, more: Record<string, string>): SampleNotification {
    const facts = {Boeking: booking.number, Product: booking.boat, Klant: booking.customer, Wanneer: booking.when, ...more};
    return {
        notification_type,
        title: `${title} · ${booking.number}`,
        text,
        fields: Object.entries(facts).map(([name, value]) => ({title: name, value})),
        link: {url: booking.url, title: `Open ${booking.number} in i-Reserve`},
    };
}

/** Status numbers and names are i-Reserve's defaults: 11 NEW, 20 OPEN, 30 PAID, 70 CANCELLED. */
export const SAMPLE_NOTIFICATIONS: Record<string, SampleNotification> = {
    created: sample('booking_created', 'Nieuwe boeking', 'Geboekt via de website.', {Aantal: '6', Prijs: '€ 145,00', Status: '11 NEW'}),
    confirmed: sample('booking_confirmation', 'Boeking bevestigd', 'De klant heeft de bevestiging per e-mail gekregen.', {
        Aantal: '6',
        Prijs: '€ 145,00',
        Status: '20 OPEN',
    }),
    status: sample('status_changed', 'Status gewijzigd', '20 OPEN → 30 PAID', {Betaald: '€ 145,00 (iDEAL)', Status: '30 PAID'}),
    cancelled: sample('booking_cancelled', 'Boeking geannuleerd', 'Reden: windkracht 7 voorspeld.', {
        Status: '70 CANCELLED',
        Terug: '€ 145,00',
    }),
    reminder: sample('booking_reminder', 'Herinnering voor morgen', 'De klant is per sms herinnerd.', {Aantal: '6', Status: '30 PAID'}),
};
