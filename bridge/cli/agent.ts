/** `agent list|pin|unpin`: who a Mattermost user is at i-Reserve. */
import type {Command} from 'commander';
import {writeAudit} from '../admin/audit.ts';
import {pin, unpin} from '../to-ireserve/agents.ts';
import {cliActor} from './actor.ts';
import {anyId, type Common, examples, subCommand, takesAnyId} from './command.ts';
import {CliError, usage} from './failure.ts';
import {withStore} from './open-store.ts';
import {paint, present, screenWidth} from './output.ts';
import {table} from './table.ts';
import {iso, moment} from './times.ts';

const HELP = `
An agent whose e-mail address in Mattermost is exactly one on i-Reserve's agent list is matched at
the first reply, and stays matched when the address changes. Whoever matches nobody answers under
the own name in Mattermost. A user's id: profile picture → ⋯, or System Console → Users.
`;

export function declare(agent: Command): void {
    subCommand(agent, 'list', 'matched Mattermost users, and i-Reserve’s agents').argument('<integration>').action(listAgents);
    const pinned = takesAnyId(subCommand(agent, 'pin', 'say who a Mattermost user is at i-Reserve, whatever the e-mail address says'))
        .argument('<integration>')
        .argument('<user id>', 'of Mattermost, 26 characters')
        .argument('<agent id>', 'of i-Reserve; `none`: nobody, so the own name is used', anyId)
        .option('--name <name>', 'the name visitors see; default: from i-Reserve’s list')
        .action(pinAgent);
    pinned.addHelpText('after', HELP);
    examples(pinned, [
        'ireserve-bridge agent pin aurora 4yzdw8cbqpyqmn1o6k8r3tq5ae A17',
        'ireserve-bridge agent pin aurora 4yzdw8cbqpyqmn1o6k8r3tq5ae none',
    ]);
    subCommand(agent, 'unpin', 'forget who a Mattermost user is; the next reply is looked up anew')
        .argument('<integration>')
        .argument('<user id>')
        .action(unpinAgent);
}

const USER_ID = /^[a-z0-9]{26}$/;

async function listAgents(name: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {id} = await store.named(name);
        const users = await store.database.read
            .selectFrom('agent')
            .selectAll()
            .where('integration_id', '=', id)
            .orderBy('pinned_at')
            .execute();
        const agents = await store.database.read
            .selectFrom('listed_agent')
            .selectAll()
            .where('integration_id', '=', id)
            .orderBy('name')
            .execute();
        const document = {
            users: users.map(({user_id, agent_id, agent_name, how, pinned_at}) => ({
                user_id,
                agent_id,
                agent_name,
                how,
                pinned_at: iso(pinned_at),
            })),
            agents: agents.map(({agent_id, name, email, updated_at}) => ({agent_id, name, email, updated_at: iso(updated_at)})),
        };
        present(json, document, () => [
            ...(users.length === 0
                ? ['No Mattermost user is matched yet: that happens with the first reply.']
                : table(
                      [
                          {title: 'MATTERMOST USER', keep: true},
                          {title: 'AGENT', keep: true},
                          {title: 'NAME'},
                          {title: 'BY'},
                          {title: 'SINCE'},
                      ],
                      users.map((one) => [
                          one.user_id,
                          one.agent_id ?? '– (own name)',
                          one.agent_name ?? '',
                          one.how,
                          moment(one.pinned_at),
                      ]),
                      {width: screenWidth(), paint},
                  )),
            '',
            ...(agents.length === 0
                ? [`i-Reserve has given no list of agents (PUT /v1/agents, or integration set ${name} --agents-url).`]
                : table(
                      [{title: 'AGENT', keep: true}, {title: 'NAME'}, {title: 'E-MAIL'}, {title: 'LISTED'}],
                      agents.map((one) => [one.agent_id, one.name, one.email, moment(one.updated_at)]),
                      {width: screenWidth(), paint},
                  )),
        ]);
    });
}

async function pinAgent(name: string, user_id: string, agent_id: string, {json, name: given}: Common & {name?: string}): Promise<void> {
    if (!USER_ID.test(user_id)) throw usage(`${JSON.stringify(user_id)} is no user id of Mattermost.`, 'It has 26 of a-z 0-9.');
    await withStore(async (store) => {
        const {id} = await store.named(name);
        const listed = await store.database.read
            .selectFrom('listed_agent')
            .select(['agent_id', 'name'])
            .where('integration_id', '=', id)
            .where('agent_id', '=', agent_id)
            .executeTakeFirst();
        const shown = given ?? listed?.name;
        if (agent_id !== 'none' && !shown) {
            throw new CliError(
                'not_found',
                `i-Reserve’s list has no agent ${agent_id}.`,
                'See agent list, or give the name too: --name "Anna Keller".',
            );
        }
        const agent = agent_id === 'none' ? null : {id: agent_id, name: shown ?? ''};
        await store.database.write(async (tx) => {
            await pin(tx, id, user_id, agent, 'hand', store.now());
            const done = {action: 'agent.pinned', subject: user_id, after: {agent}};
            await writeAudit(tx, {at: store.now(), by: cliActor(), integration: {id, name}, ...done});
        });
        present(json, {integration: name, user_id, agent}, () => [
            agent ? `${user_id} answers as ${agent.name} (${agent.id}) from now on.` : `${user_id} answers under the own name from now on.`,
        ]);
    });
}

async function unpinAgent(name: string, user_id: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {id} = await store.named(name);
        const was = await store.database.write(async (tx) => {
            const was = await unpin(tx, id, user_id);
            const done = {action: 'agent.unpinned', subject: user_id};
            if (was) await writeAudit(tx, {at: store.now(), by: cliActor(), integration: {id, name}, ...done});
            return was;
        });
        if (!was) throw new CliError('not_found', `${user_id} was not matched.`, `See ireserve-bridge agent list ${name}.`);
        present(json, {integration: name, user_id, unpinned: true}, () => [`${user_id} is looked up anew at the next reply.`]);
    });
}
