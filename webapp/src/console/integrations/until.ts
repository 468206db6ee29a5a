/** A day in the admin's calendar as the bridge takes it: until its end. */
export const untilEndOf = (day: string): string | null => (day ? new Date(`${day}T23:59:59`).toISOString() : null);
