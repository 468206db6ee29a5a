/** Whose thread a root post is the root of. */
import type {Integration} from '../integration.ts';
import type {Desk} from './desk.ts';

/** Null: it is no mirrored thread of this integration. One that was moved is looked for, and remembered at its new place. */
export async function conversationOfRoot(desk: Desk, integration: Integration, root_id: string): Promise<string | null> {
    const find = () =>
        desk.database.read
            .selectFrom('thread')
            .select('conversation_id')
            .where('integration_id', '=', integration.id)
            .where('root_id', '=', root_id)
            .executeTakeFirst();
    const known = await find();
    if (known) return known.conversation_id;
    await desk.take.take(integration, root_id, {root_id});
    return (await find())?.conversation_id ?? null;
}
