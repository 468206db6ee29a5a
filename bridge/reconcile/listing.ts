/** What i-Reserve says there is: pushed, or fetched page by page; compared with what was accepted here. */
import {z} from 'zod';
import {ConversationStatus, Id} from '../contract.ts';
import {detail, instant} from '../details.ts';
import {parseLeniently} from '../lenient-parse.ts';

const Instant = detail(z.iso.datetime({offset: true}), instant);
const MOST_IDS = 5000;

export const ConversationListing = z
    .object({
        complete_since: Instant.optional().meta({
            description: 'With it, every conversation with activity since then is in the list: what the bridge has besides is reported.',
        }),
        conversations: z
            .array(
                z.object({
                    conversation_id: Id,
                    status: ConversationStatus.optional(),
                    message_ids: z
                        .array(Id)
                        .max(MOST_IDS)
                        .default([])
                        .meta({description: 'Ids of the messages that were, or should have been, pushed; withdrawn ones may be left out.'}),
                    reply_ids: z
                        .array(Id)
                        .max(MOST_IDS)
                        .optional()
                        .meta({description: 'message_id of the callbacks it has taken as messages. Left out: answers are not compared.'}),
                }),
            )
            .max(2000),
        next_cursor: z
            .string()
            .min(1)
            .max(500)
            .optional()
            .meta({description: 'When fetched: there is more; asked for with the query parameter cursor.'}),
    })
    .meta({id: 'ConversationListing', description: 'Conversations with activity in a time, and what was said in them, by id only.'});
export type ConversationListing = z.infer<typeof ConversationListing>;

const MOST_PAGES = 100;

/**
 * All pages of a listing as one.
 *
 * @param fetchPage one signed GET; throws when it can't be had
 * @param since asked for with the query parameter `since`
 * @throws Error when an answer is not a listing, or never ends
 */
export async function fetchListing(
    fetchPage: (url: string) => Promise<unknown>,
    conversations_url: string,
    since: number,
): Promise<ConversationListing> {
    const whole: ConversationListing = {complete_since: new Date(since).toISOString(), conversations: []};
    const url = new URL(conversations_url);
    url.searchParams.set('since', whole.complete_since as string);
    for (let page = 0; page < MOST_PAGES; page++) {
        const parsed = parseLeniently(ConversationListing, await fetchPage(url.href), {strict: false});
        if (!parsed.ok) {
            const where = parsed.errors.map(({path}) => path).slice(0, 5);
            throw new Error(`the list of conversations is not as described: ${where.join(', ')}`);
        }
        whole.conversations.push(...parsed.data.conversations);
        if (!parsed.data.next_cursor) return whole;
        url.searchParams.set('cursor', parsed.data.next_cursor);
    }
    throw new Error(`the list of conversations has more than ${MOST_PAGES} pages`);
}
