/** Texts agents send often; shared by all agents of an integration. The client fills the placeholders in, and the agent sees the outcome first. */
import {randomUUID} from 'node:crypto';
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {Database, Tx} from '../store/open.ts';
import type {CannedRow} from '../store/schema.ts';
import type {Access} from './access.ts';
import type {AgentCaller, Authenticate} from './authenticate.ts';
import {CannedInput, CannedList, CannedReply, instant} from './contract.ts';
import {agentOperation, bodyOf} from './operation.ts';

const CannedId = z.object({id: z.string().min(1).max(64)});
const MOST = 1000;

const shown = ({id, title, shortcut, text, updated_at}: CannedRow): z.infer<typeof CannedReply> => ({
    id,
    title,
    shortcut,
    text,
    updated_at: instant(updated_at),
});

export type CannedOptions = {authenticate: Authenticate; database: Database; access: Access; now: () => number};

export function cannedOperations({authenticate, database, access, now}: CannedOptions): Operation[] {
    /** They are for those who answer visitors. @throws BridgeError not_an_agent */
    async function mustAnswer({integration, person}: AgentCaller): Promise<void> {
        const channels = await access.channels(integration, person.user_id);
        if (channels.length === 0) throw new BridgeError('not_an_agent', 'only members of a channel with conversations');
    }

    const rows = (tx: Tx, integration_id: string) => tx.selectFrom('canned').selectAll().where('integration_id', '=', integration_id);

    /** The unique index has the last word; this says it in ours. */
    async function mustBeFree(tx: Tx, integration_id: string, shortcut: string, id: string): Promise<void> {
        const taken = await rows(tx, integration_id).where('shortcut', '=', shortcut).where('id', '!=', id).executeTakeFirst();
        if (taken) throw new BridgeError('shortcut_taken', `“${taken.title}” has it`);
    }

    const save = (caller: AgentCaller, id: string, input: CannedInput, isNew: boolean): Promise<CannedRow> =>
        database.write(async (tx) => {
            const integration_id = caller.integration.id;
            await mustBeFree(tx, integration_id, input.shortcut, id);
            const row = {...input, updated_at: now()};
            if (isNew) {
                const {length} = await rows(tx, integration_id).limit(MOST).execute();
                if (length >= MOST) throw new BridgeError('invalid_request', `at most ${MOST} canned replies`);
                const made = {...row, id, integration_id, created_by: caller.person.user_id};
                await tx.insertInto('canned').values(made).execute();
                return made;
            }
            const changed = await tx
                .updateTable('canned')
                .set(row)
                .where('integration_id', '=', integration_id)
                .where('id', '=', id)
                .returningAll()
                .executeTakeFirst();
            return changed ?? unknown();
        });

    return [
        agentOperation(authenticate, {
            method: 'get',
            path: '/v1/agent/canned',
            operationId: 'listCanned',
            summary: 'All canned replies, by title',
            answers: {200: {description: 'All there are.', schema: CannedList}},
            refusals: [],
            async handle(caller) {
                await mustAnswer(caller);
                const items = await rows(database.read, caller.integration.id).orderBy('title').orderBy('id').execute();
                return {status: 200, body: {items: items.map(shown)}};
            },
        }),
        agentOperation(authenticate, {
            method: 'post',
            path: '/v1/agent/canned',
            operationId: 'addCanned',
            summary: 'Add a canned reply',
            body: CannedInput,
            answers: {201: {description: 'Added.', schema: CannedReply}},
            refusals: ['shortcut_taken'],
            async handle(caller, input) {
                await mustAnswer(caller);
                return {status: 201, body: shown(await save(caller, randomUUID(), await bodyOf(input, CannedInput), true))};
            },
        }),
        agentOperation(authenticate, {
            method: 'put',
            path: '/v1/agent/canned/{id}',
            operationId: 'changeCanned',
            summary: 'Change a canned reply',
            params: CannedId,
            body: CannedInput,
            answers: {200: {description: 'Changed.', schema: CannedReply}},
            refusals: ['unknown_canned', 'shortcut_taken'],
            async handle(caller, input) {
                await mustAnswer(caller);
                return {status: 200, body: shown(await save(caller, String(input.params.id), await bodyOf(input, CannedInput), false))};
            },
        }),
        agentOperation(authenticate, {
            method: 'delete',
            path: '/v1/agent/canned/{id}',
            operationId: 'removeCanned',
            summary: 'Remove a canned reply',
            params: CannedId,
            answers: {204: {description: 'Removed.'}},
            refusals: ['unknown_canned'],
            async handle(caller, {params}) {
                await mustAnswer(caller);
                const gone = await database.write((tx) =>
                    tx
                        .deleteFrom('canned')
                        .where('integration_id', '=', caller.integration.id)
                        .where('id', '=', String(params.id))
                        .returning('id')
                        .executeTakeFirst(),
                );
                return gone ? {status: 204, body: undefined} : unknown();
            },
        }),
    ];
}

function unknown(): never {
    throw new BridgeError('unknown_canned', 'no such canned reply');
}
