/** Tombstones: that a conversation was erased is remembered by a keyed fingerprint, which gives nothing of it back. */
import type {SecretBox} from '../secrets.ts';
import type {Tx} from '../store/open.ts';

const markOf = (box: Pick<SecretBox, 'fingerprint'>, integration_id: string, conversation_id: string): string =>
    box.fingerprint('erased', integration_id, conversation_id);

export async function rememberErased(
    tx: Tx,
    box: Pick<SecretBox, 'fingerprint'>,
    {integration_id, conversation_id, at}: {integration_id: string; conversation_id: string; at: number},
): Promise<void> {
    await tx
        .insertInto('erased')
        .values({integration_id, mark: markOf(box, integration_id, conversation_id), at})
        .onConflict((conflict) => conflict.columns(['integration_id', 'mark']).doNothing())
        .execute();
}

/** Whether events of this conversation are to be ignored: it was erased, and a late or repeated one must not bring it back. */
export async function wasErased(
    tx: Tx,
    box: Pick<SecretBox, 'fingerprint'>,
    integration_id: string,
    conversation_id: string,
): Promise<boolean> {
    const row = await tx
        .selectFrom('erased')
        .select('at')
        .where('integration_id', '=', integration_id)
        .where('mark', '=', markOf(box, integration_id, conversation_id))
        .executeTakeFirst();
    return row !== undefined;
}
