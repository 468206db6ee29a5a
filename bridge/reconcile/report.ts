/** What a comparison found. Lists are cut; counts are not. */
import {z} from 'zod';

/** Findings shown of each kind. */
const MOST_SHOWN = 200;

/**
 * - `message_missing_here`: i-Reserve has it, the bridge never accepted it
 * - `conversation_missing_here`: the same of a whole conversation
 * - `conversation_missing_there`: the bridge has a conversation i-Reserve's complete list does not hold
 * - `reply_missing_there`: i-Reserve took an answer, and does not list it
 * - `status_differs`: open here and closed there, or the other way round
 * - `given_up`: accepted, and a dead letter
 * - `post_missing`: posted once, and not in the thread any more
 * - `thread_missing`: the root was deleted
 * - `doubled`: the same thing stands in the thread more than once
 * - `thread_doubled`: a second thread of the conversation, which the bridge does not know
 * - `not_taken`: an agent's post the bridge has not looked at
 * - `unreadable`: the bot may not read the channel
 */
export const FINDINGS = {
    message_missing_here: 'i-Reserve pushes it again, under a new event id.',
    conversation_missing_here: 'i-Reserve pushes conversation.started and its messages again, under new event ids.',
    conversation_missing_there: 'Look into i-Reserve: it may have been deleted there. Then erase it here, too.',
    reply_missing_there: 'Repair sends the answer again, under the same message id.',
    status_differs: 'Close or reopen it where it is wrong.',
    given_up: 'Mend the reason and replay the dead letter: ireserve-bridge deliveries list.',
    post_missing:
        'Somebody deleted it in Mattermost. Repair forgets it, so that i-Reserve can push the message again under a new event id.',
    thread_missing: 'Somebody deleted the thread. Repair makes a new one, with a link back and a short recap.',
    doubled: 'Repair deletes the copies.',
    thread_doubled:
        'Repair goes on in the thread people wrote in, else in the known one; the other is deleted when it holds nothing of its own, else it points there.',
    not_taken: 'Repair reads the thread: what is for the visitor leaves.',
    unreadable: 'Add the bot to the channel, or unarchive it.',
} as const;
export type FindingKind = keyof typeof FINDINGS;

export const Finding = z
    .object({
        kind: z.enum(Object.keys(FINDINGS) as [FindingKind, ...FindingKind[]]),
        conversation_id: z.string(),
        /** Of the message, reply, post or channel meant. */
        id: z.string().nullable(),
        detail: z.string(),
        repaired: z.boolean(),
    })
    .meta({id: 'ReconcileFinding'});
export type Finding = z.infer<typeof Finding>;

export const ReconcileReport = z
    .object({
        at: z.string(),
        since: z.string().meta({description: 'Conversations with activity since then were compared.'}),
        conversations: z.int(),
        with_ireserve: z.boolean().meta({description: 'Whether a list of i-Reserve’s was compared, too.'}),
        problem: z.string().nullable().meta({description: 'Why a part could not be compared.'}),
        counts: z.record(z.string(), z.int()),
        repaired: z.int(),
        findings: z.array(Finding),
    })
    .meta({id: 'ReconcileReport'});
export type ReconcileReport = z.infer<typeof ReconcileReport>;

export function reportOf(
    found: readonly Finding[],
    more: Pick<ReconcileReport, 'at' | 'since' | 'conversations' | 'with_ireserve' | 'problem'>,
): ReconcileReport {
    const counts: Record<string, number> = {};
    const shown: Finding[] = [];
    for (const finding of found) {
        const count = (counts[finding.kind] ?? 0) + 1;
        counts[finding.kind] = count;
        if (count <= MOST_SHOWN) shown.push(finding);
    }
    return {...more, counts, repaired: found.filter(({repaired}) => repaired).length, findings: shown};
}
