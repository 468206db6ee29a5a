/**
 * Who a Mattermost user is at i-Reserve. E-mail decides once, and then the user is pinned: people can change their own address in Mattermost, so
 * it proves nothing later (mattermost-server.md 9). Without a match an agent speaks under the own display name, never under another person's.
 */
import {AgentList} from '../callbacks.ts';
import type {Integration} from '../integration.ts';
import {parseLeniently} from '../lenient-parse.ts';
import type {Database, Tx} from '../store/open.ts';
import type {AgentRow} from '../store/schema.ts';
import type {Speaker} from './queue.ts';

/** Replaces the list of agents. */
export async function saveAgentList(tx: Tx, integration_id: string, {agents}: AgentList, now: number): Promise<void> {
    await tx.deleteFrom('listed_agent').where('integration_id', '=', integration_id).execute();
    const rows = [...new Map(agents.map((agent) => [agent.id, agent])).values()].map(({id, name, email}) => ({
        integration_id,
        agent_id: id,
        name,
        email,
        updated_at: now,
    }));
    // Databases bound the parameters of one statement.
    for (let from = 0; from < rows.length; from += 500)
        await tx
            .insertInto('listed_agent')
            .values(rows.slice(from, from + 500))
            .execute();
    // A pinned agent's new name is theirs.
    for (const {agent_id, name} of rows) {
        await tx
            .updateTable('agent')
            .set({agent_name: name})
            .where('integration_id', '=', integration_id)
            .where('agent_id', '=', agent_id)
            .where('agent_name', '!=', name)
            .execute();
    }
}

export type Agents = ReturnType<typeof createAgents>;

export type AgentsOptions = {
    database: Database;
    now: () => number;
    /** Fetches the list, signed. @throws when it can't be had */
    fetchList: (integration: Integration) => Promise<unknown>;
    /** The server hides e-mails: nobody can be matched. Told once per integration. */
    onHidden: (integration: Integration) => void;
    onError: (error: unknown) => void;
};

/** A fetched list is asked for again after this long, ms. */
const FETCHED_MS = 3_600_000;
const AFTER_FAILURE_MS = 300_000;

export function createAgents({database, now, fetchList, onHidden, onError}: AgentsOptions) {
    const askAgainAt = new Map<string, number>();
    const hidden = new Set<string>();

    async function refresh(integration: Integration): Promise<void> {
        const {agents_url} = integration.config;
        const key = `${integration.id} ${agents_url}`;
        if (!agents_url || (askAgainAt.get(key) ?? 0) > now()) return;
        askAgainAt.set(key, now() + AFTER_FAILURE_MS);
        try {
            const parsed = parseLeniently(AgentList, await fetchList(integration), {strict: false});
            if (!parsed.ok) throw new Error(`the list of agents is not as described: ${parsed.errors.map(({path}) => path).join(', ')}`);
            const list = parsed.data;
            await database.write((tx) => saveAgentList(tx, integration.id, list, now()));
            askAgainAt.set(key, now() + FETCHED_MS);
        } catch (error) {
            onError(error);
        }
    }

    return {
        /** The pinned agent, or what e-mail says for the first and only time; null: speaks under the own name. */
        async find(
            integration: Integration,
            {user_id, email}: Pick<Speaker, 'user_id' | 'email'>,
        ): Promise<{id: string; name: string} | null> {
            const pinned = await pinOf(database.read, integration.id, user_id);
            if (pinned) return pinned.agent_id ? {id: pinned.agent_id, name: pinned.agent_name ?? ''} : null;
            if (email === '') {
                if (!hidden.has(integration.id)) onHidden(integration);
                hidden.add(integration.id);
                return null;
            }
            await refresh(integration);
            const list = database.read.selectFrom('listed_agent').where('integration_id', '=', integration.id);
            const matches = await list.select(['agent_id', 'name']).where('email', '=', email.trim().toLowerCase()).execute();
            // Nothing was looked up while there is no list to look in.
            if (matches.length === 0 && !(await list.select('agent_id').limit(1).executeTakeFirst())) return null;
            // Two agents of one address: nobody can say which of them it is.
            const match = matches.length === 1 ? matches[0] : undefined;
            const agent = match ? {id: match.agent_id, name: match.name} : null;
            return database.write(async (tx) => {
                const again = await pinOf(tx, integration.id, user_id);
                if (again) return again.agent_id ? {id: again.agent_id, name: again.agent_name ?? ''} : null;
                await pin(tx, integration.id, user_id, agent, match ? 'email' : 'none', now());
                return agent;
            });
        },
    };
}

const pinOf = (tx: Tx, integration_id: string, user_id: string): Promise<AgentRow | undefined> =>
    tx.selectFrom('agent').selectAll().where('integration_id', '=', integration_id).where('user_id', '=', user_id).executeTakeFirst();

/** Decides who a user is; by hand it replaces what was decided before. */
export async function pin(
    tx: Tx,
    integration_id: string,
    user_id: string,
    agent: {id: string; name: string} | null,
    how: AgentRow['how'],
    now: number,
): Promise<void> {
    const set = {agent_id: agent?.id ?? null, agent_name: agent?.name ?? null, how, pinned_at: now};
    await tx
        .insertInto('agent')
        .values({integration_id, user_id, ...set})
        .onConflict((conflict) => conflict.columns(['integration_id', 'user_id']).doUpdateSet(set))
        .execute();
}

/** Forgets who a user is: the next reply is looked up anew. @returns false when nothing was decided */
export async function unpin(tx: Tx, integration_id: string, user_id: string): Promise<boolean> {
    const rows = await tx
        .deleteFrom('agent')
        .where('integration_id', '=', integration_id)
        .where('user_id', '=', user_id)
        .returning('user_id')
        .execute();
    return rows.length > 0;
}
