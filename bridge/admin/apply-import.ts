/** Carries out what a document wants: all of it, or none. */
import type {Integrations} from '../integrations.ts';
import {type Actor, writeAudit} from './audit.ts';
import type {Planned} from './exchange.ts';

export async function applyImport(
    integrations: Integrations,
    planned: readonly Planned[],
    {by, at}: {by: Actor; at: number},
): Promise<void> {
    const busy = planned.filter(({change}) => change === 'added' || change === 'changed');
    if (busy.length === 0) return;
    await integrations.atOnce(async ({tx, add, change}) => {
        for (const {name, wanted, secretsOf} of busy) {
            if (!wanted) continue;
            const known = integrations.named(name);
            if (!known) await add({name, ...wanted, secrets: secretsOf(null)}, {by});
            else {
                const {state, config} = wanted;
                await change(known.id, ({secrets}) => ({state, config, secrets: secretsOf(secrets)}), {by});
            }
        }
        const names = (kind: Planned['change']) => busy.filter((one) => one.change === kind).map(({name}) => name);
        await writeAudit(tx, {at, by, action: 'import.applied', after: {added: names('added'), changed: names('changed')}});
    });
}
