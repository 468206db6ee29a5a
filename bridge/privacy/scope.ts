/** Whose conversations are meant: one conversation, everything of one visitor, or of one booking. */
import {z} from 'zod';
import {Id} from '../contract.ts';
import type {Database} from '../store/open.ts';

export const Scope = z
    .union([
        z.object({conversation_id: Id}).strict(),
        z.object({visitor_id: Id}).strict(),
        z.object({email: z.email().max(254)}).strict(),
        z.object({booking_id: Id}).strict(),
    ])
    .meta({
        id: 'PrivacyScope',
        description: 'One conversation, or all conversations of a visitor (by id or e-mail address) or of a booking.',
    });
export type Scope = z.infer<typeof Scope>;

export type Meant = {
    conversation_ids: string[];
    /** Addresses by which standalone notifications are found, lower-cased. */
    emails: string[];
};

/** @returns the conversations meant, oldest first; none when nothing is known of them */
export async function conversationsIn(database: Database, integration_id: string, scope: Scope): Promise<Meant> {
    let query = database.read
        .selectFrom('conversation')
        .select(['conversation_id', 'visitor_email', 'facts'])
        .where('integration_id', '=', integration_id)
        .orderBy('created_at');
    if ('conversation_id' in scope) query = query.where('conversation_id', '=', scope.conversation_id);
    if ('visitor_id' in scope) query = query.where('visitor_id', '=', scope.visitor_id);
    if ('email' in scope) query = query.where('visitor_email', '=', scope.email.toLowerCase());
    // The look-up by booking is rare and has no column of its own: what the facts say is compared, not how they are written.
    if ('booking_id' in scope) query = query.where('facts', 'like', '%"booking_id":"%');
    const rows = (await query.execute()).filter(
        ({facts}) => !('booking_id' in scope) || (JSON.parse(facts) as {booking_id: string | null}).booking_id === scope.booking_id,
    );
    const emails = rows.flatMap(({visitor_email}) => (visitor_email ? [visitor_email] : []));
    if ('email' in scope) emails.push(scope.email.toLowerCase());
    return {
        conversation_ids: rows.map(({conversation_id}) => conversation_id),
        // Of one conversation only that is meant, not the bookings of whoever wrote it.
        emails: 'conversation_id' in scope || 'booking_id' in scope ? [] : [...new Set(emails)],
    };
}
