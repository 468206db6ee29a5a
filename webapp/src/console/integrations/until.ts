/** A day in the admin's calendar as the bridge takes it: until its end. */
export const untilEndOf = (day: string): string | null => (day ? new Date(`${day}T23:59:59`).toISOString() : null);

/** The same the other way round, for a box with a date. */
export function dayOf(at: number | null): string {
    if (at === null) return '';
    const day = new Date(at);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
