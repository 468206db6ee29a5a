/** `export`: all integrations as one YAML document. */
import type {Command} from 'commander';
import {exportIntegrations} from '../../admin/exchange.ts';
import {examples} from '../command.ts';
import {openNamed} from '../integration/show.ts';
import {withStore} from '../open-store.ts';
import {print} from '../output.ts';

export function declare(command: Command): void {
    command.option('--integration <name>', 'only this one').action(writeDocument);
    examples(command, ['ireserve-bridge export > integrations.yaml']);
    command.addHelpText('after', '\nNo secret is in it: each stands there as `keep`.');
}

async function writeDocument({integration: name}: {integration?: string}): Promise<void> {
    await withStore(async (store) => {
        const all = name === undefined ? (await store.integrations()).listed() : [(await openNamed(store, name)).integration];
        print(exportIntegrations(all).trimEnd());
    });
}
