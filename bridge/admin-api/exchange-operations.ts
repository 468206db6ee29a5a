/** Operations that carry all integrations as one YAML document. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
import {ImportReport} from './integration-contract.ts';
import {adminOperation} from './operation.ts';

export type ExchangeOptions = {door: AdminDoor};

const YAML = 'application/yaml';

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function exchangeOperations({door}: ExchangeOptions): Operation[] {
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/export',
            operationId: 'exportIntegrations',
            summary: 'Integrations that are reached as one YAML document; secrets stand in it as `keep`',
            needs: 'read',
            about: 'reached',
            query: z.object({integration: z.string().max(64).optional().meta({description: 'Name or id; default: all that are reached.'})}),
            answers: {200: {description: 'The document.', schema: z.string(), contentType: YAML}},
            refusals: ['no_such_integration'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'post',
            path: '/v1/admin/import',
            operationId: 'importIntegrations',
            summary: 'Bring integrations to what a YAML document says, all or none',
            description:
                // biome-ignore lint/suspicious/noTemplateCurlyInString: what is written in the document.
                'Secrets by reference: `keep` (as it is), or `${env:IRESERVE_IMPORT_…}`, a variable of the bridge’s environment. Other variables ' +
                'and files are only read by the command line. What the document does not name is left alone.',
            needs: 'write',
            about: 'bridge',
            query: z.object({dry_run: z.stringbool().default(false).meta({type: 'boolean', description: 'Only say what would change.'})}),
            body: z.string().meta({description: 'As GET /v1/admin/export gives it.'}),
            bodyType: YAML,
            answers: {200: {description: 'What changed, or would.', schema: ImportReport}},
            refusals: ['invalid_import'],
            handle: later,
        }),
    ];
}
